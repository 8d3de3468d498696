//! How a connection is made, and how a cancel ends it.

use std::io;
use std::net::{IpAddr, Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use http::Uri;
use http::uri::Authority;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use talkspace_core::{Cancel, Delivery, FailureKind, OnCancel, Phase, TransportError};

use crate::error::{is_wait, not_sent};
use crate::watch::Watch;
use crate::wire::Wire;

/// The system refuses to connect within no time at all, or within ages.
const SHORTEST_TRY: Duration = Duration::from_millis(1);
const LONGEST_TRY: Duration = Duration::from_secs(60 * 60);

/// Where a connection leads to. Connections are shared within an origin only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    is_tls: bool,
    /// As the URI has it: it is compared for each exchange, and taken apart for
    /// each connection. Case makes no difference.
    authority: Authority,
}

impl Origin {
    /// The origin of an absolute URI.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Other`] when the URI is not absolute, or when its scheme is
    /// neither `http` nor `https`.
    pub(crate) fn of(uri: &Uri) -> Result<Self, TransportError> {
        let is_tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(refuse("the URL starts with neither http: nor https:")),
        };
        match uri.authority().cloned() {
            Some(authority) => Ok(Self { is_tls, authority }),
            None => Err(refuse("the URL has no host")),
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
    /// in a URL, and the port.
    fn address(&self) -> Result<(String, u16), TransportError> {
        let host = self.authority.host();
        let port = match self.authority.port_u16() {
            Some(port) => port,
            // What is too large for a port must not lead to the usual one.
            None if !self.host_field().trim_end_matches(':').ends_with(host) => {
                return Err(refuse("the URL's port is not a port"));
            }
            None if self.is_tls => 443,
            None => 80,
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.is_empty() {
            true => Err(refuse("the URL has no host")),
            false => Ok((bare.to_ascii_lowercase(), port)),
        }
    }
}

fn refuse(reason: &'static str) -> TransportError {
    let error = io::Error::new(io::ErrorKind::InvalidInput, reason);
    not_sent(FailureKind::Other, error)
}

/// A connection on which nothing is under way.
pub(crate) struct Connection {
    pub(crate) origin: Origin,
    pub(crate) wire: Wire,
}

/// A connection in use. A cancel shuts its socket down; dropping it closes it.
pub(crate) struct Lease {
    connection: Connection,
    fuse: Fuse,
    _on_cancel: OnCancel,
}

/// The socket that a cancel shuts down, until it is taken out.
type Fuse = Arc<Mutex<Option<Arc<TcpStream>>>>;

impl Lease {
    pub(crate) fn new(connection: Connection, cancel: &Cancel) -> Self {
        let fuse = Fuse::new(Mutex::new(Some(connection.wire.stream().clone())));
        let on_cancel = cancel.on_cancel({
            let fuse = fuse.clone();
            move || shut_down(&fuse)
        });
        Self {
            connection,
            fuse,
            _on_cancel: on_cancel,
        }
    }

    pub(crate) fn wire(&mut self) -> &mut Wire {
        &mut self.connection.wire
    }

    /// The connection, out of reach of the token; `None` when a cancel came first.
    pub(crate) fn release(self) -> Option<Connection> {
        // Taken under the lock: a cancel that is running at this moment either
        // has shut the socket down by now, or will not find it any more.
        self.fuse
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .map(|_| self.connection)
    }
}

fn shut_down(fuse: &Fuse) {
    let mut socket = fuse.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(socket) = socket.take() {
        // It fails when the peer has closed already, which is as good.
        let _ = socket.shutdown(Shutdown::Both);
    }
}

/// Makes a connection within the limit for it.
///
/// # Errors
///
/// All of them with [`Delivery::NotSent`].
pub(crate) fn connect(
    origin: Origin,
    tls: &Arc<ClientConfig>,
    watch: &Watch,
) -> Result<Lease, TransportError> {
    let begin = Instant::now();
    let (host, port) = origin.address()?;
    let stream = dial(host.clone(), port, watch, begin, resolve)?;
    let failed = |error| not_sent(FailureKind::Connect, error);
    // The head and the body are written at once where they are small.
    stream.set_nodelay(true).map_err(failed)?;
    let is_tls = origin.is_tls;
    let wire = Wire::new(Arc::new(stream));
    let mut lease = Lease::new(Connection { origin, wire }, &watch.cancel);
    if is_tls {
        handshake(&mut lease, host, tls, watch, begin).map_err(|error| {
            let error = watch.explain(error);
            error.with_delivery(Delivery::NotSent)
        })?;
    }
    Ok(lease)
}

fn handshake(
    lease: &mut Lease,
    host: String,
    tls: &Arc<ClientConfig>,
    watch: &Watch,
    begin: Instant,
) -> Result<(), TransportError> {
    let name = ServerName::try_from(host).map_err(|error| not_sent(FailureKind::Tls, error))?;
    let tls = ClientConnection::new(tls.clone(), name)
        .map_err(|error| not_sent(FailureKind::Tls, error))?;
    lease.wire().start_tls(tls);
    loop {
        let wait = watch.patience(Phase::Connect, begin, watch.limits.connect)?;
        match lease.wire().handshake(wait) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) if is_wait(&error) => {}
            Err(error) => return Err(not_sent(FailureKind::Tls, error)),
        }
    }
}

/// Resolves the host and connects, on a thread of its own: neither can be
/// interrupted, and the caller must be.
pub(crate) fn dial(
    host: String,
    port: u16,
    watch: &Watch,
    begin: Instant,
    resolve: impl FnOnce(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + 'static,
) -> Result<TcpStream, TransportError> {
    let (done, result) = mpsc::channel();
    let _on_cancel = watch.cancel.on_cancel({
        let done = done.clone();
        move || {
            let cancelled = TransportError::new(FailureKind::Cancelled, Delivery::NotSent);
            // Nobody waits any more when the connection was made first.
            let _ = done.send(Err(cancelled));
        }
    });
    let dialer = Dialer {
        host,
        port,
        watch: watch.clone(),
        begin,
    };
    thread::Builder::new()
        .name("talkspace-connect".into())
        .spawn(move || {
            // The connection is closed here when nobody waits for it any more.
            let _ = done.send(dialer.dial(resolve));
        })
        .map_err(|error| not_sent(FailureKind::Connect, error))?;
    loop {
        let wait = watch
            .patience(Phase::Connect, begin, watch.limits.connect)
            .map_err(|error| error.with_delivery(Delivery::NotSent))?;
        match result.recv_timeout(wait) {
            Ok(outcome) => return outcome,
            Err(RecvTimeoutError::Timeout) => {}
            Err(error @ RecvTimeoutError::Disconnected) => {
                return Err(not_sent(FailureKind::Connect, error));
            }
        }
    }
}

struct Dialer {
    host: String,
    port: u16,
    watch: Watch,
    begin: Instant,
}

impl Dialer {
    /// Tries the addresses in the order the system gives them, each for an
    /// equal share of the time that is left.
    fn dial(
        &self,
        resolve: impl FnOnce(&str, u16) -> io::Result<Vec<SocketAddr>>,
    ) -> Result<TcpStream, TransportError> {
        let addresses = resolve(&self.host, self.port)
            .map_err(|error| not_sent(FailureKind::Resolve, error))?;
        let mut failure = TransportError::new(FailureKind::Resolve, Delivery::NotSent);
        for (tried, address) in addresses.iter().enumerate() {
            let limit = self.watch.limits.connect;
            let left = self.watch.time_left(Phase::Connect, self.begin, limit)?;
            let shares = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
            let share = (left / shares).clamp(SHORTEST_TRY, LONGEST_TRY);
            failure = match TcpStream::connect_timeout(address, share) {
                Ok(stream) => return Ok(stream),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    TransportError::timeout(Phase::Connect).with_source(error)
                }
                Err(error) => not_sent(FailureKind::Connect, error),
            };
        }
        Err(failure)
    }
}

/// Asks the system for the addresses of a host.
fn resolve(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    (host, port).to_socket_addrs().map(Iterator::collect)
}
