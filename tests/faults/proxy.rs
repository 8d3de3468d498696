//! A proxy on the loopback interface, between a client and a sandbox, that
//! lets one [`Fault`] happen in each exchange.
//!
//! It knows the truth that errors are held against: how many bytes of the
//! request it has read, and how many whole requests it has forwarded. A byte
//! counts as arrived once it was read from the socket. What the kernel holds
//! is read before a connection is reset or dropped, so that it counts too; a
//! byte that comes in the moment after that is missed, which errs on the side
//! of the client.

use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, mpsc};
use std::task::Context;
use std::time::{Duration, Instant};

use bytes::Bytes;
use socket2::{Domain, SockRef, Socket, Type};
use talkspace_conformance::wire::BlackHole;
use talkspace_core::Delivery;
use talkspace_core::transport::TransportError;
use talkspace_sandbox::Sandbox;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::{oneshot, watch};

use crate::fault::{Fault, Idle, spin};
use connection::{Order, serve};

mod connection;
mod table;

/// What the kernel may hold for a proxy that does not read.
const RECEIVE_BUFFER: usize = 16 * 1024;
/// The longest time in which a client lets go of what it has given up.
const TIMEOUT: Duration = Duration::from_secs(60);

/// All proxies run here, apart from the clients.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
});

/// What is known of one exchange.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) fault: Fault,
    /// Bytes of the request that were read.
    pub(crate) arrived: usize,
    /// The lines of the whole requests that the sandbox was given.
    pub(crate) forwarded: Vec<String>,
    /// Whether there were bytes after a request that do not belong to it.
    pub(crate) beyond: bool,
    /// What the transport says of the request, if the exchange failed.
    pub(crate) claimed: Option<Delivery>,
    /// The error's own account.
    pub(crate) error: String,
}

/// The proxy. Dropping it resets whatever is connected.
pub(crate) struct Proxy {
    shared: Arc<Shared>,
}

struct Shared {
    address: SocketAddr,
    sandbox: Mutex<Option<(SocketAddr, Sandbox)>>,
    state: Mutex<State>,
    changed: Condvar,
    /// The number of the exchange. A stall lasts until it changes.
    number: watch::Sender<u64>,
    /// Keeps the port while it is closed.
    _reserved: Socket,
}

#[derive(Default)]
struct State {
    script: VecDeque<Fault>,
    /// The fault that no connection has taken yet.
    fault: Option<Fault>,
    /// The number of the exchange that it is for.
    armed_for: u64,
    error_body: Option<fn(u16) -> Bytes>,
    exchanges: Vec<Exchange>,
    /// Requests that are still on their way.
    late: Vec<Bytes>,
    door: Option<Door>,
    /// In place of the open port, while no connection is accepted.
    black_hole: Option<BlackHole>,
    connections: BTreeMap<u64, Connection>,
    accepted: u64,
}

/// The open port.
struct Door {
    listener: TcpListener,
    stop: oneshot::Sender<()>,
    stopped: mpsc::Receiver<()>,
}

struct Connection {
    stream: Arc<TcpStream>,
    /// Whether an exchange or an order is under way.
    busy: bool,
    orders: tokio::sync::mpsc::UnboundedSender<Order>,
}

impl Proxy {
    pub(crate) fn new() -> Self {
        let reserved = bound(SocketAddr::from((own_address(), 0)));
        let address = reserved.local_addr().unwrap().as_socket().unwrap();
        let proxy = Self {
            shared: Arc::new(Shared {
                address,
                sandbox: Mutex::default(),
                state: Mutex::default(),
                changed: Condvar::new(),
                number: watch::Sender::new(0),
                _reserved: reserved,
            }),
        };
        proxy.open();
        proxy
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    /// Forwards to this sandbox from now on.
    pub(crate) fn forward_to(&self, address: SocketAddr, sandbox: Sandbox) {
        *self.shared.sandbox.lock().unwrap() = Some((address, sandbox));
    }

    /// Sets the faults of the next exchanges; those beyond pass. `error_body`
    /// writes the service's own error responses.
    pub(crate) fn script(
        &self,
        faults: impl IntoIterator<Item = Fault>,
        error_body: fn(u16) -> Bytes,
    ) {
        let mut state = self.shared.lock();
        state.script = faults.into_iter().collect();
        state.error_body = Some(error_body);
    }

    /// An exchange begins: the one before it is over, down to its last byte.
    pub(crate) fn begin(&self) {
        self.settle();
        self.open();
        let fault = {
            let mut state = self.shared.lock();
            let fault = state.script.pop_front().unwrap_or(Fault::Pass);
            state.exchanges.push(Exchange {
                fault: fault.clone(),
                arrived: 0,
                forwarded: Vec::new(),
                beyond: false,
                claimed: None,
                error: String::new(),
            });
            state.fault = Some(fault.clone());
            state.armed_for = *self.shared.number.borrow();
            fault
        };
        if let Some((_, sandbox)) = &*self.shared.sandbox.lock().unwrap() {
            sandbox.set_outage(fault == Fault::Outage);
        }
        match fault {
            Fault::Refuse => {
                self.close();
                self.order(Idle::Close);
            }
            Fault::NeverAccept => {
                self.close();
                self.order(Idle::Close);
                self.shared.lock().black_hole = Some(BlackHole::at(self.shared.address).unwrap());
            }
            Fault::ResetOnAccept => self.order(Idle::Reset),
            Fault::Idle(idle) => self.order(idle),
            _ => {}
        }
    }

    /// The requests that are still on their way arrive.
    pub(crate) fn arrive(&self) {
        let address = self.shared.sandbox.lock().unwrap().as_ref().unwrap().0;
        let late = std::mem::take(&mut self.shared.lock().late);
        for request in late {
            connection::forward(address, &request).unwrap();
        }
    }

    /// An exchange failed, and the transport says this of its request.
    pub(crate) fn claim(&self, error: &TransportError) {
        self.shared.note(|exchange| {
            exchange.claimed = Some(error.delivery());
            exchange.error = format!("{error:?}");
        });
    }

    /// The request is over: all of its exchanges.
    pub(crate) fn end(&self) -> Vec<Exchange> {
        self.settle();
        self.open();
        self.arrive();
        let mut state = self.shared.lock();
        state.script.clear();
        state.fault = None;
        std::mem::take(&mut state.exchanges)
    }

    /// Waits until every byte that was sent is read, every request that was
    /// read whole is applied or [late](Fault::Late), and every connection either
    /// waits or is gone.
    pub(crate) fn settle(&self) {
        self.shared.number.send_modify(|number| *number += 1);
        let until = Instant::now() + TIMEOUT;
        let mut state = self.shared.lock();
        loop {
            state.accept_waiting(&self.shared);
            let moving = |connection: &Connection| connection.busy || connection.has_bytes();
            if !state.connections.values().any(moving) {
                return;
            }
            if Instant::now() > until {
                let fault = state
                    .exchanges
                    .last()
                    .map(|exchange| exchange.fault.clone());
                drop(state);
                panic!("the client keeps a connection that it has given up after {fault:?}");
            }
            // Nothing announces bytes that came.
            let moment = Duration::from_micros(200);
            state = self.shared.changed.wait_timeout(state, moment).unwrap().0;
        }
    }

    /// Has something happen to every connection that waits. Garbage is at the
    /// client then, which sees it when it polls the connection. A client that does
    /// not see an end yet is in a race, as it may be anyway.
    fn order(&self, idle: Idle) {
        let mut state = self.shared.lock();
        let mut clients = Vec::new();
        for connection in state.connections.values_mut() {
            clients.extend(connection.stream.peer_addr());
            connection.busy = true;
            let _ = connection.orders.send(Order(idle));
        }
        if let Idle::Race { begin, .. } = idle {
            drop(state);
            return spin(begin);
        }
        drop(
            self.shared
                .changed
                .wait_while(state, |state| state.connections.values().any(|it| it.busy))
                .unwrap(),
        );
        if idle == Idle::Garbage && !clients.is_empty() {
            let proxy = self.shared.address;
            table::wait_until("the garbage is there", |table| {
                clients
                    .iter()
                    .all(|client| table::has_come(table, proxy, *client))
            });
        }
    }

    /// Listens, unless it does already.
    fn open(&self) {
        let mut state = self.shared.lock();
        if state.door.is_some() {
            return;
        }
        state.black_hole = None;
        let listener = bound(self.shared.address);
        listener.listen(128).unwrap();
        listener.set_nonblocking(true).unwrap();
        let listener = TcpListener::from(listener);
        let (stop, mut stops) = oneshot::channel();
        let (stopping, stopped) = mpsc::channel();
        let entered = RUNTIME.enter();
        let accepting = tokio::net::TcpListener::from_std(listener.try_clone().unwrap()).unwrap();
        drop(entered);
        let shared = Arc::clone(&self.shared);
        RUNTIME.spawn(async move {
            // Dropped after the listener, which tells that the port is closed.
            let _stopping = stopping;
            let accepting = accepting;
            // Accepted and known in one step: nothing settles in between.
            let accept = |cx: &mut Context<'_>| {
                let mut state = shared.lock();
                accepting.poll_accept(cx).map(|accepted| {
                    if let Ok((stream, _)) = accepted {
                        state.accept(stream, &shared);
                    }
                })
            };
            loop {
                tokio::select! {
                    biased;
                    _ = &mut stops => return,
                    () = poll_fn(accept) => {}
                }
            }
        });
        state.door = Some(Door {
            listener,
            stop,
            stopped,
        });
    }

    /// Closes the port. Connections in its queue are reset.
    fn close(&self) {
        let door = self.shared.lock().door.take();
        if let Some(door) = door {
            drop(door.listener);
            let _ = door.stop.send(());
            let _ = door.stopped.recv();
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.close();
        self.shared.number.send_modify(|number| *number += 1);
        // A reset leaves no address in use behind.
        for connection in self.shared.lock().connections.values() {
            let _ = SockRef::from(&*connection.stream).set_linger(Some(Duration::ZERO));
            let _ = connection.orders.send(Order(Idle::Reset));
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Takes the fault, with the number of the exchange that it is for.
    fn take_fault(&self) -> (Fault, u64) {
        let mut state = self.lock();
        let fault = state.fault.take().unwrap_or(Fault::Pass);
        (fault, state.armed_for)
    }

    /// Changes what is known of the exchange under way.
    fn note(&self, change: impl FnOnce(&mut Exchange)) {
        if let Some(exchange) = self.lock().exchanges.last_mut() {
            change(exchange);
        }
    }

    fn is_free(&self, id: u64) {
        if let Some(connection) = self.lock().connections.get_mut(&id) {
            connection.busy = false;
        }
        self.changed.notify_all();
    }
}

impl State {
    /// Accepts what the acceptor has not come to yet.
    fn accept_waiting(&mut self, shared: &Arc<Shared>) {
        while let Some(Ok((stream, _))) = self.door.as_ref().map(|door| door.listener.accept()) {
            let _entered = RUNTIME.enter();
            stream.set_nonblocking(true).unwrap();
            self.accept(TcpStream::from_std(stream).unwrap(), shared);
        }
    }

    fn accept(&mut self, stream: TcpStream, shared: &Arc<Shared>) {
        if self.fault == Some(Fault::ResetOnAccept) {
            self.fault = None;
            let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
            return;
        }
        let _ = stream.set_nodelay(true);
        let id = self.accepted;
        self.accepted += 1;
        let stream = Arc::new(stream);
        let (orders, ordered) = tokio::sync::mpsc::unbounded_channel();
        self.connections.insert(
            id,
            Connection {
                stream: Arc::clone(&stream),
                busy: false,
                orders,
            },
        );
        RUNTIME.spawn(serve(Arc::clone(shared), id, stream, ordered));
    }
}

impl Connection {
    /// Whether the client has sent what is not read yet.
    fn has_bytes(&self) -> bool {
        let mut byte = [MaybeUninit::uninit()];
        matches!(SockRef::from(&*self.stream).peek(&mut byte), Ok(1..))
    }
}

/// An address of this machine that only this process uses, where the system
/// has so many. A client of another process that tries a port which is gone, as
/// tests do, must not find it here.
pub(crate) fn own_address() -> Ipv4Addr {
    if cfg!(target_os = "linux") {
        let [_, high, middle, low] = std::process::id().to_be_bytes();
        Ipv4Addr::new(127, 1 + high % 250, middle, low)
    } else {
        Ipv4Addr::LOCALHOST
    }
}

/// A socket with this address, which others may have too until one listens.
fn bound(address: SocketAddr) -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    // Before listening: the window is agreed upon in the handshake.
    socket.set_recv_buffer_size(RECEIVE_BUFFER).unwrap();
    socket.bind(&address.into()).unwrap();
    socket
}
