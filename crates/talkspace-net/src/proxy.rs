//! Proxies: which one a connection goes through, and how it is opened there.
//!
//! No byte is read or written here: [`Tunnel`] says what to send, and is told
//! what came. So both engines speak the same, each in its own way of waiting.

use std::ffi::OsString;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::HeaderValue;
use http::uri::Authority;
use http::{StatusCode, Uri};
use percent_encoding::percent_decode_str;
use talkspace_core::FailureKind;
use talkspace_core::transport::TransportError;

use crate::error::BuildError;
use crate::origin::Origin;

mod environment;
mod error;
mod http_connect;
mod no_proxy;
mod socks5;
mod step;
mod tunnel;

#[cfg(test)]
mod tests;

pub use error::ProxyError;
use error::Reason;
use no_proxy::{NoProxy, is_loopback};
pub use step::Step;
pub use tunnel::Tunnel;

/// The port of a proxy whose URL has none, as with curl.
const DEFAULT_PORT: u16 = 1080;

/// A proxy that connections go through.
///
/// | URL | what it speaks |
/// |---|---|
/// | `http://proxy:3128` | HTTP: a tunnel by `CONNECT` for `https` targets; for `http` targets the proxy is sent the request itself (RFC 9112 §3.2.2), since proxies seldom let `CONNECT` to port 80 pass |
/// | `socks5h://proxy:1080` | SOCKS5 (RFC 1928); the proxy resolves the host name |
/// | `socks5://proxy:1080` | the same; the host name is resolved here |
///
/// A user and a password may stand before the host, percent-encoded:
/// `http://user:p%40ss@proxy:3128`. An HTTP proxy gets them in
/// `Proxy-Authorization` (RFC 7617), a SOCKS proxy by RFC 1929. They are shown
/// neither by `Debug` nor by `Display`, nor by any error.
///
/// ```
/// use talkspace_net::Proxy;
///
/// let proxy = Proxy::new("http://eta:secret@proxy.example:3128")?;
/// assert_eq!(proxy.to_string(), "http://proxy.example:3128");
/// assert!(!format!("{proxy:?}").contains("secret"));
///
/// let error = Proxy::new("ftp://proxy.example").unwrap_err();
/// assert_eq!(error.to_string(), "the URL of a proxy starts with http://, socks5h:// or socks5://");
/// # Ok::<(), talkspace_net::BuildError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    protocol: Protocol,
    /// In lower case, without brackets.
    host: String,
    port: u16,
    credentials: Option<Credentials>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Http,
    Socks5 { resolves_names: bool },
}

#[derive(Clone, PartialEq, Eq)]
struct Credentials {
    user: Vec<u8>,
    password: Vec<u8>,
}

impl Proxy {
    /// The proxy at `url`. Without a scheme it is taken for `http://`, without a
    /// port it is 1080, both as with curl.
    ///
    /// # Errors
    ///
    /// When it is not a URL, its scheme is another one, it has no host, it has
    /// more than a host, a port and credentials, or the credentials are such as
    /// the protocol has no room for. The error does not show the URL.
    pub fn new(url: &str) -> Result<Self, BuildError> {
        let url: Uri = url.trim().parse().map_err(|_| {
            BuildError::new(
                "the proxy is not given as a URL, such as http://user:password@proxy:3128, in \
                 which signs other than letters and digits are percent-encoded",
            )
        })?;
        let protocol = match url.scheme_str() {
            None | Some("http") => Protocol::Http,
            Some("socks5h") => Protocol::Socks5 {
                resolves_names: true,
            },
            Some("socks5") => Protocol::Socks5 {
                resolves_names: false,
            },
            Some(_) => {
                return Err(BuildError::new(
                    "the URL of a proxy starts with http://, socks5h:// or socks5://",
                ));
            }
        };
        if url.path_and_query().is_some_and(|rest| *rest != "/") {
            return Err(BuildError::new(
                "the URL of a proxy ends with the host and the port",
            ));
        }
        let authority = url.authority();
        let authority = authority.ok_or_else(|| BuildError::new("the proxy's URL has no host"))?;
        let (host, port) = host_and_port(authority)?;
        let credentials = match authority.as_str().rsplit_once('@') {
            Some((user_info, _)) => Some(Credentials::new(user_info, protocol)?),
            None => None,
        };
        Ok(Self {
            protocol,
            host,
            port,
            credentials,
        })
    }

    /// Its host, without brackets, and its port.
    #[must_use]
    pub fn address(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// Whether it is sent the requests for an origin themselves, in absolute
    /// form (RFC 9112 §3.2.2), and no tunnel is opened.
    #[must_use]
    pub fn forwards(&self, origin: &Origin) -> bool {
        self.protocol == Protocol::Http && !origin.is_tls()
    }

    /// Whether the name of the target is resolved before the proxy is told of it.
    #[must_use]
    pub fn wants_address(&self) -> bool {
        matches!(
            self.protocol,
            Protocol::Socks5 {
                resolves_names: false
            }
        )
    }

    /// What `Proxy-Authorization` says to it (RFC 7617).
    #[must_use]
    pub fn authorization(&self) -> Option<HeaderValue> {
        let Credentials { user, password } = self.credentials.as_ref()?;
        let pair = [user, &b":"[..], password].concat();
        let mut value =
            HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(&pair))).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// What a response to a request in absolute form says of the proxy itself:
    /// after a 407 (RFC 9110 §15.5.8) it has not passed the request on.
    #[must_use]
    pub fn rejection(&self, status: StatusCode) -> Option<TransportError> {
        let is_its_own = status == StatusCode::PROXY_AUTHENTICATION_REQUIRED;
        is_its_own.then(|| self.failed(Reason::Status(status)))
    }

    /// The failure to connect to the proxy, told as such.
    #[must_use]
    pub fn unreachable(&self, error: TransportError) -> TransportError {
        if error.kind() == FailureKind::Cancelled {
            return error;
        }
        let told = match error.phase() {
            Some(phase) => TransportError::timeout(phase),
            None => TransportError::new(error.kind(), error.delivery()),
        };
        let delivery = error.delivery();
        self.explain(told, Reason::Unreachable(error))
            .with_delivery(delivery)
    }

    fn failed(&self, reason: Reason) -> TransportError {
        self.explain(TransportError::not_sent(reason.kind()), reason)
    }

    fn explain(&self, error: TransportError, reason: Reason) -> TransportError {
        error.with_source(ProxyError::new(self, reason).into_io())
    }
}

/// As a URL, without credentials.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.protocol {
            Protocol::Http => "http",
            Protocol::Socks5 {
                resolves_names: true,
            } => "socks5h",
            Protocol::Socks5 {
                resolves_names: false,
            } => "socks5",
        };
        write!(f, "{scheme}://{}", named(&self.host, self.port))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("url", &self.to_string())
            .field("has_credentials", &self.credentials.is_some())
            .finish()
    }
}

impl Credentials {
    fn new(user_info: &str, protocol: Protocol) -> Result<Self, BuildError> {
        let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
        let decoded = |text| percent_decode_str(text).collect::<Vec<u8>>();
        let (user, password) = (decoded(user), decoded(password));
        match protocol {
            Protocol::Http if user.contains(&b':') => Err(BuildError::new(
                "a user with a colon cannot be told to an HTTP proxy",
            )),
            Protocol::Socks5 { .. } if user.is_empty() || user.len().max(password.len()) > 255 => {
                Err(BuildError::new(
                    "the user of a SOCKS proxy has 1 to 255 bytes, and the password at most 255",
                ))
            }
            _ => Ok(Self { user, password }),
        }
    }
}

fn host_and_port(authority: &Authority) -> Result<(String, u16), BuildError> {
    let host = authority.host();
    let named = authority.as_str().rsplit('@').next().unwrap_or_default();
    let port = match (authority.port_u16(), named.strip_prefix(host)) {
        (Some(port), _) => port,
        (None, Some("" | ":")) => DEFAULT_PORT,
        (None, _) => return Err(BuildError::new("the proxy's port is not a port")),
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.is_empty() {
        true => Err(BuildError::new("the proxy's URL has no host")),
        false => Ok((bare.to_ascii_lowercase(), port)),
    }
}

/// A host and a port as a URL has them.
fn named(host: &str, port: u16) -> String {
    match host.contains(':') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    }
}

/// What a tunnel is to lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A name that the proxy resolves, in lower case, and a port.
    Name(String, u16),
    /// An address.
    Address(SocketAddr),
}

impl Destination {
    /// A host, which is a name or an address without brackets, and a port.
    #[must_use]
    pub fn new(host: &str, port: u16) -> Self {
        match host.parse::<IpAddr>() {
            Ok(address) => Self::Address(SocketAddr::new(address, port)),
            Err(_) => Self::Name(host.to_owned(), port),
        }
    }
}

/// Which proxy is for which origin. The default is none for any.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    except: NoProxy,
}

impl Proxies {
    /// One proxy for all origins.
    #[must_use]
    pub fn all(proxy: Proxy) -> Self {
        Self {
            http: Some(proxy.clone()),
            https: Some(proxy),
            except: NoProxy::default(),
        }
    }

    /// Those that the environment of the process names.
    ///
    /// # Errors
    ///
    /// As [`Proxy::new`], with the name of the variable.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(|name| std::env::var_os(name))
    }

    /// Those that such an environment names.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    pub fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, BuildError> {
        environment::proxies(variable)
    }

    /// The proxy for `origin`, if it is not reached without.
    ///
    /// `localhost`, what is below it, and the addresses of the loopback interface are
    /// this machine. To a proxy on another machine they are its own, and a plain
    /// `http` request would cross the network on the way there: so only a proxy that
    /// is itself at such a host is used for them.
    #[inline]
    #[must_use]
    pub fn of(&self, origin: &Origin) -> Option<&Proxy> {
        let proxy = match origin.is_tls() {
            true => self.https.as_ref(),
            false => self.http.as_ref(),
        };
        proxy.filter(|proxy| {
            let host = origin.host();
            let is_elsewhere = is_loopback(host) && !is_loopback(&proxy.host);
            !is_elsewhere && !self.except.contains(host)
        })
    }
}
