//! The transport and its builder.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::Response;
use talkspace_core::transport::{Exchange, ResponseBody, Transport, TransportError};
use talkspace_core::{Delivery, FailureKind, Phase};
use talkspace_net::error::not_sent;
use talkspace_net::origin::Origin;
use talkspace_net::{Engine, Settings};
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::connect::connect;
use crate::connection::Route;
use crate::connector::Connector;
use crate::exchange::run;
use crate::pool::{Lease, Pool};
use crate::runtime::{sleep, timed_out, with_runtime};
use crate::watch::deadline;

/// An async transport over HTTP/1.1, with TLS by rustls.
///
/// It sends each request once and gives back whatever response comes; it adds
/// `Host` and `Content-Length` and nothing else. Clones share one pool of idle
/// connections.
///
/// It is used inside a tokio runtime with I/O and time enabled, of either
/// flavour, whose clock runs: under `tokio::time::pause` no limit could be kept.
/// Where something of that is missing, the exchange fails and says what. A
/// connection belongs to the runtime that made it, and is closed with it; another
/// runtime gets connections of its own.
///
/// The body of a response may be read elsewhere: on another runtime, which then
/// keeps its limits, or on none, where the runtime of the connection does. If
/// that has no threads of its own, it may stand still, so that fails at once.
///
/// ```
/// use std::io::{Read, Write};
/// use talkspace_core::Limits;
/// use talkspace_core::transport::{Body, Exchange, Transport};
/// use talkspace_hyper::HyperTransport;
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
/// let transport = HyperTransport::new();
/// let request = http::Request::get(url).body(Body::empty())?;
/// let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// runtime.block_on(async {
///     let response = transport.exchange(Exchange::new(request, Limits::default())).await?;
///     assert_eq!(response.status(), 200);
///     let mut body = response.into_body();
///     assert_eq!(body.chunk().await?.as_deref(), Some(&b"1.3.10"[..]));
///     Ok(())
/// })
/// # }
/// ```
#[derive(Clone)]
pub struct HyperTransport {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) settings: Settings<Connector>,
    pub(crate) pool: Arc<Pool>,
}

impl HyperTransport {
    /// A transport with the defaults: it trusts the roots of the platform.
    #[must_use]
    pub fn new() -> Self {
        Self::from(Settings::default())
    }

    /// A builder with the defaults.
    pub fn builder() -> TransportBuilder {
        TransportBuilder::default()
    }

    async fn send(&self, exchange: &Exchange) -> Result<Response<ResponseBody>, TransportError> {
        let limits = exchange.limits();
        let now = Instant::now();
        if deadline(limits).is_some_and(|deadline| deadline <= now) {
            return Err(timed_out(TransportError::timeout(Phase::Connect)));
        }
        let runtime = Handle::try_current().map_err(|error| not_sent(FailureKind::Other, error))?;
        let Shared { settings, pool } = &*self.shared;
        loop {
            let route = Route {
                origin: Origin::of(exchange.request().uri())?,
                runtime: runtime.id(),
            };
            let proxy = settings.proxies.of(&route.origin);
            let forward = proxy.filter(|proxy| proxy.forwards(&route.origin));
            let idle = pool.take(&route, now);
            let reused = idle.is_some();
            let connection = match idle {
                Some(connection) => connection,
                None => {
                    let connect = connect(route, runtime.clone(), settings, limits);
                    // Most exchanges do without, and have no room for it.
                    let connect = Box::pin(connect);
                    let lacks = |lacks| not_sent(FailureKind::Other, lacks);
                    with_runtime(connect, lacks).await.map_err(timed_out)?
                }
            };
            let lease = Lease {
                connection,
                pool: pool.clone(),
                reusable: false,
                accepted: false,
                idle_limit: Duration::MAX,
            };
            match run(lease, reused, exchange, forward).await {
                // It ended while it was idle. Nothing was written, so taking
                // the next one sends the request for the first time.
                Err(error) if reused && found_dead(&error) => {}
                outcome => return outcome.map_err(|error| error.with_reused(reused)),
            }
        }
    }
}

fn found_dead(error: &TransportError) -> bool {
    error.delivery() == Delivery::NotSent
        && !matches!(error.kind(), FailureKind::Timeout | FailureKind::BodySource)
}

#[async_trait]
impl Transport for HyperTransport {
    /// Not an `async fn`, of which the macro makes a future that has room for the
    /// exchange twice.
    fn exchange<'s, 'f>(
        &'s self,
        exchange: Exchange,
    ) -> Pin<Box<dyn Future<Output = Result<Response<ResponseBody>, TransportError>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.send(&exchange).await })
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration).await;
    }
}

impl Default for HyperTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport")
            .field("pool", &self.shared.pool)
            .finish_non_exhaustive()
    }
}

impl Engine for HyperTransport {
    type Connector = Connector;
}

impl From<Settings<Connector>> for HyperTransport {
    fn from(settings: Settings<Connector>) -> Self {
        Self {
            shared: Arc::new(Shared {
                pool: Arc::new(Pool::new(settings.pool)),
                settings,
            }),
        }
    }
}

/// Builds a [`HyperTransport`].
///
/// ```
/// use std::time::Duration;
/// use talkspace_hyper::HyperTransport;
///
/// # fn main() -> Result<(), talkspace_hyper::BuildError> {
/// let transport = HyperTransport::builder()
///     .pool_idle_timeout(Duration::from_secs(2))
///     .pool_max_idle_per_host(8)
///     .pool_max_age(Duration::from_secs(300))
///     .build()?;
/// # Ok(())
/// # }
/// ```
pub type TransportBuilder = talkspace_net::TransportBuilder<HyperTransport>;
