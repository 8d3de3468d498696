//! The transport and its builder.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::Response;
use talkspace_core::{Delivery, Exchange, FailureKind, Incoming, Phase, Transport, TransportError};
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::body::Lease;
use crate::connect::{Connector, Origin};
use crate::error::{BuildError, not_sent};
use crate::exchange::run;
use crate::pool::{Pool, PoolLimits};
use crate::runtime::{sleep, timed_out, with_runtime};
use crate::tls::Tls;
use crate::watch::deadline;

/// An async transport over HTTP/1.1, with TLS by rustls.
///
/// It sends each request once and gives back whatever answer comes; it adds
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
/// use talkspace_core::{Body, Exchange, Limits, Transport};
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
/// let transport = HyperTransport::new()?;
/// let request = http::Request::get(url).body(Body::empty())?;
/// let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// runtime.block_on(async {
///     let answer = transport.exchange(Exchange::new(request, Limits::default())).await?;
///     assert_eq!(answer.status(), 200);
///     let mut body = answer.into_body();
///     assert_eq!(body.chunk().await?.as_deref(), Some(&b"1.3.10"[..]));
///     Ok(())
/// })
/// # }
/// ```
#[derive(Clone)]
pub struct HyperTransport {
    shared: Arc<Shared>,
}

struct Shared {
    connector: Connector,
    pool: Arc<Pool>,
}

impl HyperTransport {
    /// A transport that trusts the roots of the platform.
    ///
    /// # Errors
    ///
    /// As [`TransportBuilder::build`].
    pub fn new() -> Result<Self, BuildError> {
        Self::builder().build()
    }

    /// A builder with the defaults.
    pub fn builder() -> TransportBuilder {
        TransportBuilder {
            roots: Vec::new(),
            pool: PoolLimits::default(),
        }
    }

    async fn send(&self, exchange: &Exchange) -> Result<Response<Incoming>, TransportError> {
        let limits = &exchange.limits;
        let now = Instant::now();
        if deadline(limits).is_some_and(|deadline| deadline <= now) {
            return Err(timed_out(TransportError::timeout(Phase::Connect)));
        }
        let runtime = Handle::try_current().map_err(|error| not_sent(FailureKind::Other, error))?;
        let origin = Origin::of(exchange.request.uri(), runtime.id())?;
        loop {
            let idle = self.shared.pool.take(&origin, now);
            let reused = idle.is_some();
            let connection = match idle {
                Some(connection) => connection,
                None => {
                    let connector = &self.shared.connector;
                    let connect = connector.connect(origin.clone(), runtime.clone(), limits);
                    // Most exchanges do without, and have no room for it.
                    let connect = Box::pin(with_runtime(connect, |lacks| {
                        not_sent(FailureKind::Other, lacks)
                    }));
                    connect.await.map_err(timed_out)?
                }
            };
            let lease = Lease {
                connection,
                pool: self.shared.pool.clone(),
                reusable: false,
                accepted: false,
                idle_limit: Duration::MAX,
            };
            match run(lease, reused, exchange).await {
                // It ended while it was idle. Nothing was written, so taking
                // the next one sends the request for the first time.
                Err(error) if reused && found_dead(&error) => {}
                outcome => return outcome,
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
    async fn exchange(&self, exchange: Exchange) -> Result<Response<Incoming>, TransportError> {
        self.send(&exchange).await
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration).await;
    }
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport")
            .field("pool", &self.shared.pool)
            .finish_non_exhaustive()
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
#[derive(Clone)]
#[must_use = "a builder does nothing until it builds"]
pub struct TransportBuilder {
    roots: Vec<Vec<u8>>,
    pool: PoolLimits,
}

impl TransportBuilder {
    /// Trusts the certificates in `pem`, and no longer those of the platform.
    /// Called several times, it trusts them all.
    pub fn root_certificates_pem(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.roots.push(pem.as_ref().to_vec());
        self
    }

    /// How long a connection may be idle before it is closed. Default 4 s.
    ///
    /// Keep it below the server's own limit: the two closing and sending at
    /// the same time is what makes a request's fate unknown. A server that
    /// says its limit (`Keep-Alive: timeout=5`) is believed, less a second,
    /// where that is shorter; one second or less means that the connection is
    /// not used again. Zero closes every connection after its exchange.
    pub fn pool_idle_timeout(mut self, limit: Duration) -> Self {
        self.pool.idle_timeout = limit;
        self
    }

    /// How many connections may be idle, for each scheme, host and port.
    /// Default 1,024: in practice the idle time is what bounds them. Beyond
    /// it the one that has been idle longest is closed. Zero closes every
    /// connection after its exchange.
    pub fn pool_max_idle_per_host(mut self, count: usize) -> Self {
        self.pool.max_idle_per_host = count;
        self
    }

    /// How old a connection may be when an exchange begins on it. Default 60 s.
    ///
    /// A connection in steady use is never idle, and would never learn that
    /// the host's name leads elsewhere now.
    pub fn pool_max_age(mut self, limit: Duration) -> Self {
        self.pool.max_age = limit;
        self
    }

    /// Builds the transport.
    ///
    /// # Errors
    ///
    /// When a root certificate that was given is not valid PEM or not a
    /// certificate. The platform's roots are loaded for the first connection
    /// over TLS, once in the life of the process; that they cannot be is the
    /// failure of that connection, of the kind [`FailureKind::Tls`].
    pub fn build(self) -> Result<HyperTransport, BuildError> {
        let tls = Tls::new(&self.roots)?;
        Ok(HyperTransport {
            shared: Arc::new(Shared {
                connector: Connector::new(tls),
                pool: Arc::new(Pool::new(self.pool)),
            }),
        })
    }
}

impl fmt::Debug for TransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportBuilder")
            .field("roots", &self.roots.len())
            .field("pool", &self.pool)
            .finish()
    }
}
