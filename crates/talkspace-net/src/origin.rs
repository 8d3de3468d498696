//! Where a connection leads to.

use std::io;

use http::Uri;
use http::uri::Authority;
use talkspace_core::FailureKind;
use talkspace_core::transport::TransportError;

use crate::error::not_sent;

#[cfg(test)]
mod tests;

/// A scheme, a host and a port. Connections are shared within an origin only.
#[derive(Clone, Debug)]
pub struct Origin {
    is_tls: bool,
    /// As the URL has it: it is compared for each exchange, and taken apart for
    /// each connection. Case makes no difference.
    authority: Authority,
}

impl PartialEq for Origin {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        let (ours, theirs) = (&self.authority, &other.authority);
        // Case makes no difference, and most often there is none: which costs a
        // tenth to find out.
        let is_same = ours.as_str() == theirs.as_str() || ours == theirs;
        self.is_tls == other.is_tls && is_same
    }
}

impl Origin {
    /// The origin of an absolute URL.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Other`] when the URL is not absolute, or when its scheme is
    /// neither `http` nor `https`.
    pub fn of(url: &Uri) -> Result<Self, TransportError> {
        let is_tls = match url.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(invalid("the URL starts with neither http: nor https:")),
        };
        match url.authority().cloned() {
            Some(authority) => Ok(Self { is_tls, authority }),
            None => Err(invalid("the URL has no host")),
        }
    }

    /// Whether connections to it use TLS.
    #[inline]
    pub fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The host as the URL has it: an address of IPv6 in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// The value of `Host`: no user information, and the default port omitted.
    pub fn host_field(&self) -> &str {
        let authority = self.authority.as_str();
        let usual_port = if self.is_tls { ":443" } else { ":80" };
        let named = match authority.rsplit_once('@') {
            Some((_user, named)) => named,
            None => authority,
        };
        named.strip_suffix(usual_port).unwrap_or(named)
    }

    /// The host in lower case, without the brackets that an address of IPv6 has
    /// in a URL, and the port.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Other`] when the URL has no host, or when its port is none.
    pub fn address(&self) -> Result<(String, u16), TransportError> {
        let host = self.authority.host();
        let port = match self.authority.port_u16() {
            Some(port) => port,
            // What is too large for a port must not lead to the usual one.
            None if !self.host_field().trim_end_matches(':').ends_with(host) => {
                return Err(invalid("the URL's port is not a port"));
            }
            None if self.is_tls => 443,
            None => 80,
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.is_empty() {
            true => Err(invalid("the URL has no host")),
            false => Ok((bare.to_ascii_lowercase(), port)),
        }
    }
}

fn invalid(reason: &'static str) -> TransportError {
    let error = io::Error::new(io::ErrorKind::InvalidInput, reason);
    not_sent(FailureKind::Other, error)
}
