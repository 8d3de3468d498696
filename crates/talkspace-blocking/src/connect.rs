//! How a connection is made, and how a cancel ends it.

use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rustls::ClientConnection;
use rustls::pki_types::ServerName;
use socket2::SockRef;
use talkspace_core::{Cancel, Delivery, FailureKind, OnCancel, Phase, TransportError};
use talkspace_net::backlog;
use talkspace_net::error::not_sent;
use talkspace_net::origin::Origin;
use talkspace_net::resolve::Resolver;
use talkspace_net::tls::Tls;

use crate::dial::Dial;
use crate::error::is_wait;
use crate::watch::Watch;
use crate::wire::Wire;

/// A connection on which nothing is under way.
pub(crate) struct Connection {
    pub(crate) origin: Origin,
    pub(crate) wire: Wire,
    pub(crate) born: Instant,
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
pub(crate) fn connect(origin: Origin, tls: &Tls, watch: &Watch) -> Result<Lease, TransportError> {
    let begin = Instant::now();
    let (host, port) = origin.address()?;
    let stream = Dial::new(watch, begin).run(&host, port, Resolver::system())?;
    let failed = |error| not_sent(FailureKind::Connect, error);
    // The head and the body are written at once where they are small.
    stream.set_nodelay(true).map_err(failed)?;
    let is_tls = origin.is_tls();
    let wire = Wire::new(Arc::new(stream));
    backlog::prepare(SockRef::from(wire.stream()), wire.ends());
    let connection = Connection {
        origin,
        wire,
        born: Instant::now(),
    };
    let mut lease = Lease::new(connection, &watch.cancel);
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
    tls: &Tls,
    watch: &Watch,
    begin: Instant,
) -> Result<(), TransportError> {
    let name = ServerName::try_from(host).map_err(|error| not_sent(FailureKind::Tls, error))?;
    let tls = ClientConnection::new(tls.config()?, name)
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
