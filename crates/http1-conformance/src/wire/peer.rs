//! A listener of its own for each case, and a thread for each connection.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use socket2::{Domain, SockRef, Socket, Type};

use super::gate::Gate;
use super::log::{Log, What};
use super::player::Player;
use super::script::{Plan, Script, Step};
use super::table::{State, Table};

/// What the kernel may hold for a peer that does not read; Linux doubles it. So an upload
/// stalls soon. It is more than two segments of the loopback interface, since a window below
/// one moves by timers.
const RECEIVE_BUFFER: usize = 128 * 1024;

/// How often the table of sockets is polled.
const POLL_INTERVAL: Duration = Duration::from_millis(1);

/// Where there is no table: long enough for a segment to cross the loopback interface.
const UNSEEN: Duration = Duration::from_millis(100);

/// A peer at work. Dropping it [stops](Self::stop) it.
///
/// ```
/// use http1_conformance::wire::{Peer, Script};
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
    read_on: Gate,
    connections: Mutex<Vec<Connection>>,
    /// The peer's own connections to itself.
    fences: Mutex<Vec<SocketAddr>>,
}

struct Connection {
    client: SocketAddr,
    /// It stays here so that a hung case can be freed from outside.
    socket: Option<Arc<TcpStream>>,
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
            read_on: Gate::new("read on"),
            connections: Mutex::default(),
            fences: Mutex::default(),
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

    /// Waits until every connection that there is by now has been accepted; `false` when that
    /// takes too long.
    ///
    /// Connections are accepted in the order in which they were made. So the peer connects
    /// to itself, and knows its own.
    #[must_use]
    pub fn accepted_all(&self, within: Duration) -> bool {
        let before = self.log().transcript().fences;
        let connected = || -> io::Result<Socket> {
            let fence = Socket::new(Domain::for_address(self.shared.address), Type::STREAM, None)?;
            fence.bind(&SocketAddr::new(self.shared.address.ip(), 0).into())?;
            let own = fence.local_addr()?.as_socket();
            self.shared.fences().extend(own);
            fence.connect(&self.shared.address.into())?;
            Ok(fence)
        };
        connected().is_ok() && self.log().wait(within, |seen| seen.fences > before)
    }

    /// Has peers that [stopped reading](super::Step::StopReading) go on, so that the log shows
    /// how the client ends.
    pub fn read_on(&self) {
        self.shared.read_on.open();
    }

    /// Waits until all that the peer has sent on a connection so far, an end or a reset too,
    /// is with the client's system; `false` when it is not in time.
    ///
    /// The system's table of sockets tells, so it is seen and not guessed. Where there is
    /// none, which is not on Linux, it is guessed after a moment.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use http1_conformance::wire::{Peer, Script, What};
    ///
    /// let peer = Peer::start(Script::accept().half_close())?;
    /// let client = std::net::TcpStream::connect(peer.address())?;
    /// let far = Duration::from_secs(10);
    /// let ended = |seen: &http1_conformance::wire::Transcript| {
    ///     seen.events().iter().any(|event| event.what == What::HalfClosed)
    /// };
    /// assert!(peer.log().wait(far, ended) && peer.arrived(0, far));
    /// client.set_nonblocking(true)?;
    /// assert_eq!(client.peek(&mut [0])?, 0, "the end is there");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn arrived(&self, connection: usize, within: Duration) -> bool {
        let connections = self.shared.connections();
        let Some(client) = connections.get(connection).map(|one| one.client) else {
            return false;
        };
        drop(connections);
        let begin = Instant::now();
        while begin.elapsed() < within {
            let Some(table) = Table::read() else {
                thread::sleep(UNSEEN);
                return true;
            };
            let here = table.socket(self.shared.address, client);
            let there = table.socket(client, self.shared.address);
            let arrived = match (here, there) {
                (Some(here), _) => here.unacknowledged == 0,
                // A reset leaves nothing behind here.
                (None, Some(there)) => there.state != State::Established,
                (None, None) => true,
            };
            if arrived {
                return true;
            }
            thread::sleep(POLL_INTERVAL);
        }
        false
    }

    /// Opens the gates, resets what is still connected and stops listening.
    pub fn stop(&self) {
        if self.shared.stopping.swap(true, Ordering::SeqCst) {
            return;
        }
        for gate in self.shared.plan.gates() {
            gate.open();
        }
        self.read_on();
        // Shutting down wakes the threads that read or write; the linger of zero
        // turns the close that follows into a reset.
        for connection in self.shared.connections().iter_mut() {
            let Some(socket) = connection.socket.take() else {
                continue;
            };
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
    fn fences(&self) -> MutexGuard<'_, Vec<SocketAddr>> {
        self.fences.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connections(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, number: usize, stream: Arc<TcpStream>, script: &Script) {
        let tls = self.plan.tls.as_ref();
        Player::new(&stream, &self.log, number, &self.read_on, tls).play(script.steps());
        // The last handle closes the socket, so the registry's goes first.
        if let Some(connection) = self.connections().get_mut(number) {
            connection.socket = None;
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
    // Before listen: the window is agreed upon in the handshake.
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    socket.bind(&address.into())?;
    socket.listen(128)?;
    Ok(socket.into())
}

fn accept_all(listener: &TcpListener, shared: &Arc<Shared>) {
    let unplanned = Script::accept().step(Step::ReadHead).step(Step::Close);
    let mut scripts = shared.plan.queue.iter();
    let mut threads = Vec::new();
    let mut connection = 0;
    while let Ok((stream, client)) = listener.accept() {
        if shared.fences().contains(&client) {
            shared.log.fence();
            continue;
        }
        let stream = Arc::new(stream);
        {
            let mut connections = shared.connections();
            if shared.stopping.load(Ordering::SeqCst) {
                break;
            }
            connections.push(Connection {
                client,
                socket: Some(Arc::clone(&stream)),
            });
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
        connection += 1;
    }
    for thread in threads {
        let _ = thread.join();
    }
}
