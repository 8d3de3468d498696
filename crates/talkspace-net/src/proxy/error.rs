//! What went wrong on the way through a proxy.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use http::StatusCode;
use talkspace_core::FailureKind;
use talkspace_core::transport::TransportError;

use super::Proxy;

/// Why a proxy gave no connection. It is the source of a
/// [`TransportError`], within an [`io::Error`].
///
/// It names the proxy, and never its credentials.
#[derive(Debug)]
pub struct ProxyError {
    /// Its URL, without credentials.
    proxy: String,
    has_credentials: bool,
    reason: Reason,
}

#[derive(Debug)]
pub(super) enum Reason {
    /// There was no connection to it.
    Unreachable(TransportError),
    /// The connection to it broke before the tunnel was open.
    Broken(io::Error),
    /// The time was over before the tunnel was open.
    Silent,
    /// It closed before the tunnel was open.
    Closed,
    /// It responded to `CONNECT`, or to a request in absolute form.
    Status(StatusCode),
    /// The SOCKS proxy takes neither of the ways to authenticate, or not the
    /// credentials.
    Credentials,
    /// The reply of a SOCKS proxy (RFC 1928 §6).
    Reply(u8),
    /// What it said is not the protocol of its URL, or more than is read.
    Protocol(&'static str),
    /// The target cannot be told to it.
    Target(&'static str),
}

impl ProxyError {
    pub(super) fn new(proxy: &Proxy, reason: Reason) -> Self {
        Self {
            proxy: proxy.to_string(),
            has_credentials: proxy.credentials.is_some(),
            reason,
        }
    }

    pub(super) fn into_io(self) -> io::Error {
        let kind = match &self.reason {
            Reason::Broken(error) => error.kind(),
            Reason::Silent => io::ErrorKind::TimedOut,
            Reason::Closed => io::ErrorKind::UnexpectedEof,
            Reason::Protocol(_) => io::ErrorKind::InvalidData,
            Reason::Target(_) => io::ErrorKind::InvalidInput,
            Reason::Status(_) | Reason::Credentials | Reason::Reply(_) => {
                io::ErrorKind::ConnectionRefused
            }
            Reason::Unreachable(_) => io::ErrorKind::NotConnected,
        };
        io::Error::new(kind, self)
    }

    /// The status with which an HTTP proxy rejected the connection.
    ///
    /// ```
    /// use talkspace_net::Proxy;
    ///
    /// let proxy = Proxy::new("http://proxy.example:3128")?;
    /// let error = proxy.rejection(http::StatusCode::PROXY_AUTHENTICATION_REQUIRED).unwrap();
    /// let error = talkspace_net::proxy::ProxyError::of(&error).unwrap();
    /// assert_eq!(error.status().unwrap(), 407);
    /// assert_eq!(error.to_string(), "the proxy http://proxy.example:3128 wants credentials (status 407)");
    /// # Ok::<(), talkspace_net::BuildError>(())
    /// ```
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self.reason {
            Reason::Status(status) => Some(status),
            _ => None,
        }
    }

    /// The one in the chain of `error`'s sources, if a proxy was the cause.
    #[must_use]
    pub fn of<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Self> {
        let mut cause = error.source();
        while let Some(error) = cause {
            let inner = error
                .downcast_ref::<io::Error>()
                .and_then(io::Error::get_ref);
            if let Some(found) = inner.and_then(|inner| inner.downcast_ref()) {
                return Some(found);
            }
            cause = error.source();
        }
        None
    }
}

impl Reason {
    /// What an attempt may mend is [`FailureKind::Connect`]; what the proxy has
    /// decided is [`FailureKind::Proxy`], and stays so.
    pub(super) fn kind(&self) -> FailureKind {
        match self {
            Self::Unreachable(error) => error.kind(),
            Self::Broken(_) | Self::Closed => FailureKind::Connect,
            Self::Silent => FailureKind::Timeout,
            Self::Status(status) if status.is_server_error() => FailureKind::Connect,
            Self::Status(StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS) => {
                FailureKind::Connect
            }
            // RFC 1928 §6: a general failure, and what keeps it from the target.
            Self::Reply(1 | 3..=6) => FailureKind::Connect,
            Self::Status(_)
            | Self::Credentials
            | Self::Reply(_)
            | Self::Protocol(_)
            | Self::Target(_) => FailureKind::Proxy,
        }
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {} ", self.proxy)?;
        let credentials = match self.has_credentials {
            true => "did not accept the credentials",
            false => "wants credentials",
        };
        match &self.reason {
            Reason::Unreachable(_) => f.write_str("could not be reached"),
            Reason::Broken(_) => f.write_str("broke the connection off"),
            Reason::Silent => f.write_str("did not open the connection in time"),
            Reason::Closed => f.write_str("closed before it had opened the connection"),
            // tinyproxy says 401 where it should say 407.
            Reason::Status(status) if matches!(status.as_u16(), 401 | 407) => {
                write!(f, "{credentials} (status {})", status.as_str())
            }
            Reason::Status(status) => write!(f, "responded with {status}"),
            Reason::Credentials => f.write_str(credentials),
            Reason::Reply(code) => {
                let meaning = match code {
                    1 => "it failed",
                    2 => "its rules do not allow it",
                    3 => "the network is unreachable",
                    4 => "the host is unreachable",
                    5 => "the connection was refused",
                    6 => "the time to live has expired",
                    7 => "it does not know the command",
                    8 => "it does not know this type of address",
                    _ => "it cannot connect",
                };
                write!(f, "replied that {meaning} (reply {code})")
            }
            Reason::Protocol(what) | Reason::Target(what) => f.write_str(what),
        }
    }
}

impl StdError for ProxyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.reason {
            // What the error itself would say is said already.
            Reason::Unreachable(error) => error.source(),
            Reason::Broken(error) => Some(error),
            _ => None,
        }
    }
}
