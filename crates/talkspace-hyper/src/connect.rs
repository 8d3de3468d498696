//! From an origin to a connection: resolve, connect, shake hands.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use socket2::SockRef;
use talkspace_core::{FailureKind, Limits, Phase, TransportError};
use talkspace_net::backlog;
use talkspace_net::error::not_sent;
use talkspace_net::origin::Origin;
use talkspace_net::resolve::Resolver;
use talkspace_net::tls::Tls;
use tokio::runtime::{self, Handle};
use tokio::task::{self, JoinHandle};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use crate::body::Upload;
use crate::dial::dial;
use crate::meter::Meter;
use crate::tls::config;
use crate::watch::{Watch, deadline, later};
use crate::wire::{Io, Socket, Wire};

/// What the engine may hold in memory, in either direction, on top of what the
/// limits allow. It bounds how far a request's body is read ahead, and any head,
/// whatever the limits.
const BUFFER_SIZE: usize = 64 * 1024;

/// Where a connection leads to, and who drives it. Connections are shared within
/// a route only: one is driven by a task on the runtime that made it, and does
/// not move when that runtime stands still.
#[derive(Clone, PartialEq)]
pub(crate) struct Route {
    pub(crate) origin: Origin,
    pub(crate) runtime: runtime::Id,
}

/// A task that ends when its handle is dropped.
pub(crate) struct Task(JoinHandle<()>);

impl Task {
    pub(crate) fn new(handle: JoinHandle<()>) -> Self {
        Self(handle)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Tells the account of a connection that the connection is over.
struct Ends(Arc<Meter>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.connection_ended();
    }
}

/// A connection. Dropping it closes it, whatever is under way.
///
/// It is kept in a box, since it changes hands four times in each exchange.
pub(crate) struct Connection {
    pub(crate) sender: http1::SendRequest<Box<Upload>>,
    pub(crate) meter: Arc<Meter>,
    pub(crate) watch: Watch,
    pub(crate) route: Route,
    /// What `Host` says to its peer.
    pub(crate) host_field: HeaderValue,
    pub(crate) runtime: Handle,
    pub(crate) born: Instant,
    /// From the first time that it is idle.
    pub(crate) expiry: Option<Expiry>,
    driver: Task,
}

/// Closes a connection that was idle for too long.
pub(crate) struct Expiry {
    /// How long it may be idle for this to be in time.
    pub(crate) limit: Duration,
    pub(crate) _task: Task,
}

impl Connection {
    /// Tells this connection from every other one that lives.
    pub(crate) fn id(&self) -> task::Id {
        self.driver.0.id()
    }

    /// Whether the peer, an error, or the end of its runtime ended it.
    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }
}

/// Makes connections.
pub(crate) struct Connector {
    tls: Tls,
}

impl Connector {
    pub(crate) fn new(tls: Tls) -> Self {
        Self { tls }
    }

    /// Connects to the origin, on the current runtime.
    pub(crate) async fn connect(
        &self,
        route: Route,
        runtime: Handle,
        limits: &Limits,
    ) -> Result<Box<Connection>, TransportError> {
        let due = later(Instant::now(), limits.connect);
        let until = deadline(limits).map_or(due, |deadline| deadline.min(due));
        let origin = &route.origin;
        let (host, port) = origin.address()?;
        let host_field = HeaderValue::from_str(origin.host_field())
            .map_err(|error| not_sent(FailureKind::Other, error))?;
        let socket = dial(&host, port, Resolver::system(), until).await?;
        // Without delay a small last segment does not wait for the peer's ACK.
        socket
            .set_nodelay(true)
            .map_err(|error| not_sent(FailureKind::Connect, error))?;
        let ends = socket.local_addr().ok().zip(socket.peer_addr().ok());
        backlog::prepare(SockRef::from(&socket), ends);
        let socket = Socket(socket);
        let io: Box<dyn Io> = if origin.is_tls() {
            timeout_at(until, self.secure(&host, socket))
                .await
                .map_err(|_elapsed| TransportError::timeout(Phase::Connect))??
        } else {
            Box::new(socket)
        };

        let meter = Arc::new(Meter::new());
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(BUFFER_SIZE)
            .handshake(TokioIo::new(Wire::new(io, meter.clone())))
            .await
            .map_err(|error| not_sent(FailureKind::Other, error))?;
        let tells_end = Ends(meter.clone());
        let driver = Task::new(runtime.spawn(async move {
            // Dropped after the connection, however that ends.
            let _tells_end = tells_end;
            // Whoever waits for the answer is told of the failure by the engine.
            let _ = connection.await;
        }));
        Ok(Box::new(Connection {
            sender,
            watch: Watch::new(meter.clone(), limits, runtime.clone(), ends),
            meter,
            route,
            host_field,
            runtime,
            born: Instant::now(),
            expiry: None,
            driver,
        }))
    }

    async fn secure(&self, host: &str, socket: Socket) -> Result<Box<dyn Io>, TransportError> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| not_sent(FailureKind::Tls, io::Error::other(error)))?;
        let stream = TlsConnector::from(config(&self.tls).await?)
            .connect(name, socket)
            .await
            .map_err(|error| not_sent(FailureKind::Tls, error))?;
        Ok(Box::new(stream))
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}
