//! The opening of a tunnel, step by step.

use std::fmt;
use std::io;

use talkspace_core::Phase;
use talkspace_core::transport::TransportError;

use super::error::Reason;
use super::http_connect::HttpConnect;
use super::socks5::Socks5;
use super::step::Step;
use super::{Destination, Protocol, Proxy};

/// A tunnel that is being opened. Nothing of a request is sent before it is
/// [`Done`](Step::Done), so all its failures are
/// [`NotSent`](talkspace_core::Delivery::NotSent).
///
/// ```
/// use talkspace_net::Proxy;
/// use talkspace_net::proxy::{Destination, Step, Tunnel};
///
/// let proxy = Proxy::new("http://proxy.example:3128")?;
/// let destination = Destination::new("api.example", 443);
/// let mut tunnel = Tunnel::new(&proxy, &destination)?;
/// let connect = "CONNECT api.example:443 HTTP/1.1\r\nhost: api.example:443\r\n\r\n";
/// assert_eq!(tunnel.next(), Step::Send(connect.into()));
/// assert_eq!(tunnel.next(), Step::Receive);
/// tunnel.received(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
/// assert_eq!(tunnel.next(), Step::Done);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Tunnel<'a> {
    proxy: &'a Proxy,
    dialogue: Dialogue,
}

enum Dialogue {
    Http(HttpConnect),
    Socks5(Socks5),
}

impl<'a> Tunnel<'a> {
    /// One through `proxy` to `destination`.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Proxy`](talkspace_core::FailureKind::Proxy) when a name is
    /// too long for SOCKS.
    pub fn new(proxy: &'a Proxy, destination: &Destination) -> Result<Self, TransportError> {
        let dialogue = match proxy.protocol {
            Protocol::Http => Dialogue::Http(HttpConnect::new(proxy, destination)),
            Protocol::Socks5 { .. } => {
                let socks = Socks5::new(proxy.credentials.clone(), destination);
                Dialogue::Socks5(socks.map_err(|reason| proxy.failed(reason))?)
            }
        };
        Ok(Self { proxy, dialogue })
    }

    /// What to do next.
    #[expect(clippy::should_implement_trait, reason = "it goes on after `Done`")]
    pub fn next(&mut self) -> Step {
        match &mut self.dialogue {
            Dialogue::Http(http) => http.next(),
            Dialogue::Socks5(socks) => socks.next(),
        }
    }

    /// What the proxy has sent. Nothing at all means that it has closed.
    ///
    /// # Errors
    ///
    /// What the proxy said, if it is no tunnel that it opens. `Connect` where it
    /// may come to open one, as after a 502, and `Proxy` where that is decided,
    /// as after a 407.
    pub fn received(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        let outcome = match &mut self.dialogue {
            _ if bytes.is_empty() => Err(Reason::Closed),
            Dialogue::Http(http) => http.received(bytes),
            Dialogue::Socks5(socks) => socks.received(bytes),
        };
        outcome.map_err(|reason| self.proxy.failed(reason))
    }

    /// The connection to the proxy gave an error.
    #[must_use]
    pub fn broken(&self, error: io::Error) -> TransportError {
        self.proxy.failed(Reason::Broken(error))
    }

    /// The time for it is over.
    #[must_use]
    pub fn timed_out(&self) -> TransportError {
        let error = TransportError::timeout(Phase::Connect);
        self.proxy.explain(error, Reason::Silent)
    }
}

/// Without what it sends, which has the credentials in it.
impl fmt::Debug for Tunnel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tunnel")
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}
