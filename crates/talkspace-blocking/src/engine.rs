//! The transport and its builder.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use http::Response;
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, TransportError,
};
use talkspace_core::{CancelToken, Delivery, FailureKind, Phase};
use talkspace_net::origin::Origin;
use talkspace_net::{Engine, Settings};

use crate::connect::connect;
use crate::connector::Connector;
use crate::exchange::{Request, run};
use crate::pool::{Lease, Pool};
use crate::watch::Watch;

/// A blocking transport over HTTP/1.1, with TLS by rustls.
///
/// It sends each request once and gives back whatever response comes; it adds
/// `Host` and `Content-Length` and nothing else. Clones share one pool of idle
/// connections. It has no runtime and needs none, and may be used from within
/// one, where it blocks like any other blocking function.
///
/// ```
/// use std::io::{Read, Write};
/// use talkspace_blocking::HttpTransport;
/// use talkspace_core::{CancelToken, Limits};
/// use talkspace_core::transport::{BlockingTransport, Body, Exchange};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let peer = std::net::TcpListener::bind("127.0.0.1:0")?;
/// let url = format!("http://{}/version", peer.local_addr()?);
/// std::thread::spawn(move || {
///     let (mut socket, _) = peer.accept()?;
///     socket.read(&mut [0; 1024])?;
///     socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n1.3.10")
/// });
///
/// let transport = HttpTransport::new();
/// let request = http::Request::get(url).body(Body::empty())?;
/// let response = transport.exchange(Exchange::new(request, Limits::default()), &CancelToken::new())?;
/// assert_eq!(response.status(), 200);
/// let mut body = response.into_body();
/// assert_eq!(body.chunk()?.as_deref(), Some(&b"1.3.10"[..]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HttpTransport {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) settings: Settings<Connector>,
    pub(crate) pool: Arc<Pool>,
}

impl HttpTransport {
    /// A transport with the defaults: it trusts the roots of the platform.
    #[must_use]
    pub fn new() -> Self {
        Self::from(Settings::default())
    }

    /// A builder with the defaults.
    pub fn builder() -> TransportBuilder {
        TransportBuilder::default()
    }
}

impl BlockingTransport for HttpTransport {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        let Shared { settings, pool } = &*self.shared;
        let watch = Watch {
            limits: *exchange.limits(),
            cancel: cancel.clone(),
        };
        let now = Instant::now();
        watch
            .check(Phase::Connect, now)
            .map_err(|error| error.with_delivery(Delivery::NotSent))?;
        let origin = Origin::of(exchange.request().uri())?;
        let proxy = settings.proxies.of(&origin);
        let forward = proxy.filter(|proxy| proxy.forwards(&origin));
        let request = Request::new(exchange.into_parts().0, &origin, forward)?;
        while let Some(idle) = pool.take(&origin, now) {
            match run(Lease::new(idle, cancel), true, &request, &watch, pool, now) {
                // The peer closed it just now. Not a byte was written, so the
                // next one sends the request for the first time.
                Err(error)
                    if error.kind() == FailureKind::Closed
                        && error.delivery() == Delivery::NotSent => {}
                outcome => return outcome.map_err(|error| error.with_reused(true)),
            }
        }
        let lease = connect(origin, settings, &watch)?;
        let outcome = run(lease, false, &request, &watch, pool, Instant::now());
        outcome.map_err(|error| error.with_reused(false))
    }
}

impl Default for HttpTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("pool", &self.shared.pool)
            .finish_non_exhaustive()
    }
}

impl Engine for HttpTransport {
    type Connector = Connector;
}

impl From<Settings<Connector>> for HttpTransport {
    fn from(settings: Settings<Connector>) -> Self {
        Self {
            shared: Arc::new(Shared {
                pool: Arc::new(Pool::new(settings.pool)),
                settings,
            }),
        }
    }
}

/// Builds a [`HttpTransport`].
///
/// ```
/// use std::time::Duration;
/// use talkspace_blocking::HttpTransport;
///
/// # fn main() -> Result<(), talkspace_blocking::BuildError> {
/// let transport = HttpTransport::builder()
///     .pool_idle_timeout(Duration::from_secs(2))
///     .pool_max_idle_per_host(8)
///     .pool_max_age(Duration::from_secs(300))
///     .build()?;
/// # Ok(())
/// # }
/// ```
pub type TransportBuilder = talkspace_net::TransportBuilder<HttpTransport>;
