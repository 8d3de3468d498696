//! From an origin to a connection: resolve, connect, shake hands.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::uri::Authority;
use http::{HeaderValue, Uri};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use socket2::SockRef;
use talkspace_core::{FailureKind, Limits, Phase, TransportError};
use tokio::runtime::{self, Handle};
use tokio::task::{self, JoinHandle};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use crate::backlog;
use crate::body::Upload;
use crate::dial::dial;
use crate::error::not_sent;
use crate::meter::Meter;
use crate::resolve::Resolver;
use crate::tls::Tls;
use crate::watch::{Watch, deadline, later};
use crate::wire::{Io, Socket, Wire};

/// What the engine may hold in memory, in either direction, on top of what the
/// limits allow. It bounds how far a request's body is read ahead, and any head,
/// whatever the limits.
const BUFFER_SIZE: usize = 64 * 1024;

/// Where a connection leads to, and who drives it.
///
/// The runtime is part of it: a connection is driven by a task on the runtime
/// that made it, and does not move when that runtime stands still.
#[derive(Clone)]
pub(crate) struct Origin {
    is_tls: bool,
    /// As the URI has it: it is compared for each exchange, and taken apart for
    /// each connection. Case makes no difference.
    authority: Authority,
    runtime: runtime::Id,
}

impl PartialEq for Origin {
    fn eq(&self, other: &Self) -> bool {
        let (ours, theirs) = (&self.authority, &other.authority);
        // Case makes no difference, and most often there is none: which costs a
        // tenth to find out.
        let is_same = ours.as_str() == theirs.as_str() || ours == theirs;
        self.is_tls == other.is_tls && is_same && self.runtime == other.runtime
    }
}

impl Origin {
    /// The origin of an absolute URI.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Other`] when the URI is not absolute, or when its scheme is
    /// neither `http` nor `https`.
    pub(crate) fn of(uri: &Uri, runtime: runtime::Id) -> Result<Self, TransportError> {
        let is_tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(refuse("the URI's scheme is neither http nor https")),
        };
        match uri.authority().cloned() {
            Some(authority) => Ok(Self {
                is_tls,
                authority,
                runtime,
            }),
            None => Err(refuse("the URI has no host")),
        }
    }

    /// What `Host` says: no user information, and no port that goes without saying.
    pub(crate) fn host_field(&self) -> &str {
        let authority = self.authority.as_str();
        let usual_port = if self.is_tls { ":443" } else { ":80" };
        let named = match authority.rsplit_once('@') {
            Some((_user, named)) => named,
            None => authority,
        };
        named.strip_suffix(usual_port).unwrap_or(named)
    }

    /// The host in lower case, without the brackets that an address of IPv6 has
    /// in a URI, and the port.
    fn address(&self) -> Result<(String, u16), TransportError> {
        let host = self.authority.host();
        let port = match self.authority.port_u16() {
            Some(port) => port,
            // What is too large for a port must not lead to the usual one.
            None if !self.host_field().trim_end_matches(':').ends_with(host) => {
                return Err(refuse("the URI's port is not a port"));
            }
            None if self.is_tls => 443,
            None => 80,
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.is_empty() {
            true => Err(refuse("the URI has no host")),
            false => Ok((bare.to_ascii_lowercase(), port)),
        }
    }
}

fn refuse(reason: &'static str) -> TransportError {
    not_sent(
        FailureKind::Other,
        io::Error::new(io::ErrorKind::InvalidInput, reason),
    )
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
    pub(crate) origin: Origin,
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
    tls: Arc<Tls>,
}

impl Connector {
    pub(crate) fn new(tls: Tls) -> Self {
        Self { tls: Arc::new(tls) }
    }

    /// Connects to `origin`, on the current runtime.
    pub(crate) async fn connect(
        &self,
        origin: Origin,
        runtime: Handle,
        limits: &Limits,
    ) -> Result<Box<Connection>, TransportError> {
        let due = later(Instant::now(), limits.connect);
        let until = deadline(limits).map_or(due, |deadline| deadline.min(due));
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
        let io: Box<dyn Io> = if origin.is_tls {
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
            origin,
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
        let stream = TlsConnector::from(self.tls.ready().await?)
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
