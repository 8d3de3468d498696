//! A listener of its own for each case, and a thread for each connection.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

use super::log::{Log, What};
use super::player::{After, Player};
use super::script::{Plan, Script, Step};

/// What the kernel may hold for a peer that does not read. Linux doubles it.
const SMALL_BUFFER: usize = 16 * 1024;

/// A peer at work. Dropping it [stops](Self::stop) it.
///
/// ```
/// use talkspace_conformance::wire::{Peer, Script};
///
/// let peer = Peer::start(Script::serve("HTTP/1.1 204 No Content\r\n\r\n"))?;
/// assert!(peer.authority().starts_with("127.0.0.1:"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Peer {
    shared: Arc<Shared>,
    acceptor: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    plan: Plan,
    address: SocketAddr,
    log: Log,
    stopping: AtomicBool,
    /// The sockets stay here so that a hung case can be freed from outside.
    sockets: Mutex<Vec<Option<Arc<TcpStream>>>>,
}

impl Peer {
    /// Listens on a free port of the loopback interface and plays `plan`.
    ///
    /// # Errors
    ///
    /// When the port cannot be had, for instance where there is no IPv6.
    pub fn start(plan: impl Into<Plan>) -> io::Result<Self> {
        let plan = plan.into();
        let listener = listen(&plan)?;
        let shared = Arc::new(Shared {
            address: listener.local_addr()?,
            plan,
            log: Log::new(),
            stopping: AtomicBool::new(false),
            sockets: Mutex::default(),
        });
        let acceptor = thread::Builder::new().name("peer".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || accept_all(&listener, &shared)
        })?;
        Ok(Self {
            shared,
            acceptor: Mutex::new(Some(acceptor)),
        })
    }

    /// Where the peer listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// Host and port as in a URI.
    #[must_use]
    pub fn authority(&self) -> String {
        self.shared.address.to_string()
    }

    /// What happened so far.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.shared.log
    }

    /// Opens the gates, resets what is still connected and stops listening.
    pub fn stop(&self) {
        if self.shared.stopping.swap(true, Ordering::SeqCst) {
            return;
        }
        for gate in self.shared.plan.gates() {
            gate.open();
        }
        // Shutting down wakes whoever reads or writes; the linger of zero
        // turns the close that follows into a reset.
        for socket in self.shared.sockets().drain(..).flatten() {
            let _ = SockRef::from(&*socket).set_linger(Some(Duration::ZERO));
            let _ = socket.shutdown(Shutdown::Both);
        }
        // A connection of our own wakes the acceptor.
        let _ = TcpStream::connect(self.shared.address);
        let acceptor = self
            .acceptor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(acceptor) = acceptor {
            let _ = acceptor.join();
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stop();
    }
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Peer")
            .field("address", &self.shared.address)
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn sockets(&self) -> MutexGuard<'_, Vec<Option<Arc<TcpStream>>>> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, connection: usize, stream: Arc<TcpStream>, script: &Script) {
        let after = Player::new(&stream, &self.log, connection, self.plan.tls.as_ref())
            .play(script.steps());
        // The last handle closes the socket, so the registry's goes first.
        if after == After::Close
            && let Some(slot) = self.sockets().get_mut(connection)
        {
            *slot = None;
        }
        drop(stream);
        self.log.settle();
    }
}

fn listen(plan: &Plan) -> io::Result<TcpListener> {
    let (domain, address) = if plan.ipv6 {
        (Domain::IPV6, SocketAddr::from((Ipv6Addr::LOCALHOST, 0)))
    } else {
        (Domain::IPV4, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    };
    let socket = Socket::new(domain, Type::STREAM, None)?;
    if plan.stops_reading() {
        // Before listen: the window is agreed upon in the handshake.
        socket.set_recv_buffer_size(SMALL_BUFFER)?;
    }
    socket.bind(&address.into())?;
    socket.listen(128)?;
    Ok(socket.into())
}

fn accept_all(listener: &TcpListener, shared: &Arc<Shared>) {
    let unplanned = Script::accept().step(Step::ReadHead).step(Step::Close);
    let mut scripts = shared.plan.queue.iter();
    let mut threads = Vec::new();
    for connection in 0.. {
        let Ok((stream, _)) = listener.accept() else {
            break;
        };
        let stream = Arc::new(stream);
        {
            let mut sockets = shared.sockets();
            if shared.stopping.load(Ordering::SeqCst) {
                break;
            }
            sockets.push(Some(Arc::clone(&stream)));
        }
        let _ = stream.set_nodelay(true);
        let planned = scripts.next().or(shared.plan.otherwise.as_ref());
        shared.log.record(
            connection,
            planned.map_or(What::Unplanned, |_| What::Accepted),
        );
        let script = planned.unwrap_or(&unplanned).clone();
        let shared = Arc::clone(shared);
        threads.push(thread::spawn(move || {
            shared.serve(connection, stream, &script);
        }));
    }
    for thread in threads {
        let _ = thread.join();
    }
}
