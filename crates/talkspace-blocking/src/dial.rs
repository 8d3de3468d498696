//! From a host to a socket: its addresses, and attempts to connect to them that
//! overlap (RFC 8305).

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use talkspace_core::transport::{CancelGuard, TransportError};
use talkspace_core::{Delivery, FailureKind, Phase};
use talkspace_net::Target;
use talkspace_net::dial::{AT_ONCE, STAGGER, TURN, by_turns, set_port, unreached};
use talkspace_net::error::not_sent;
use talkspace_net::pool::FOREVER;
use talkspace_net::resolve::Found;
use talkspace_net::socket::Sockets;

use crate::connector::{Connector, Stream};
use crate::watch::Watch;

/// The system waits for whole milliseconds, and rounds down: without one more, an
/// attempt could end before the limit that it is to keep. The caller waits exactly.
const WHOLE: Duration = Duration::from_millis(1);
/// The system rejects a very large connect timeout.
const LONGEST_TRY: Duration = Duration::from_secs(60 * 60);

/// What the caller, who cannot be held by a system call, is told.
enum Event {
    Found(Found),
    Tried(io::Result<Arc<dyn Stream>>),
    Cancelled,
}

/// A host on its way to be a socket.
pub(crate) struct Dial<'a> {
    watch: &'a Watch,
    sockets: &'a Sockets,
    begin: Instant,
    tell: Sender<Event>,
    events: Receiver<Event>,
}

impl<'a> Dial<'a> {
    pub(crate) fn new(watch: &'a Watch, sockets: &'a Sockets, begin: Instant) -> Self {
        let (tell, events) = mpsc::channel();
        Self {
            watch,
            sockets,
            begin,
            tell,
            events,
        }
    }

    /// Resolves the host and connects to the first of its addresses that takes
    /// the connection.
    ///
    /// # Errors
    ///
    /// All of them with [`Delivery::NotSent`].
    pub(crate) fn run(&self, host: &str, port: u16) -> Result<Arc<dyn Stream>, TransportError> {
        let _on_cancel = self.wakes_on_cancel();
        let addresses = self.find(host, port)?;
        self.first_of(self.sockets.reachable(addresses)?)
    }

    /// Has `connector` connect to the host and port.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub(crate) fn run_with(
        &self,
        connector: &Connector,
        host: &str,
        port: u16,
    ) -> Result<Arc<dyn Stream>, TransportError> {
        let _on_cancel = self.wakes_on_cancel();
        let limit = self.watch.limits.connect_timeout;
        let left = self.watch.time_left(Phase::Connect, self.begin, limit);
        let left = left.map_err(unsent)?.min(FOREVER);
        let target = Target::new(host, port, Instant::now() + left);
        let connector = connector.clone();
        self.spawn(move || connector.connect(target))?;
        loop {
            if let Some(Event::Tried(outcome)) = self.wait(Duration::MAX)? {
                return outcome.map_err(|error| not_sent(FailureKind::Connect, error));
            }
        }
    }

    /// The addresses of the host, in the order of the system.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub(crate) fn addresses(
        &self,
        host: &str,
        port: u16,
    ) -> Result<Vec<SocketAddr>, TransportError> {
        let _on_cancel = self.wakes_on_cancel();
        self.find(host, port)
    }

    fn find(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, TransportError> {
        let mut addresses = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => self.resolve(host)?,
        };
        set_port(&mut addresses, port);
        Ok(addresses)
    }

    /// How long the next step may wait.
    ///
    /// # Errors
    ///
    /// As [`Watch::step_timeout`].
    pub(crate) fn step_timeout(&self) -> Result<Duration, TransportError> {
        let limit = self.watch.limits.connect_timeout;
        self.watch.step_timeout(Phase::Connect, self.begin, limit)
    }

    fn wakes_on_cancel(&self) -> CancelGuard {
        let tell = self.tell.clone();
        self.watch.cancel.on_cancel(move || {
            // The receiver is gone when the connection was made first.
            let _ = tell.send(Event::Cancelled);
        })
    }

    fn resolve(&self, host: &str) -> Result<Vec<SocketAddr>, TransportError> {
        let tell = self.tell.clone();
        self.sockets.resolver().look_up(host, move |found| {
            let _ = tell.send(Event::Found(found));
        });
        loop {
            if let Some(Event::Found(found)) = self.wait(Duration::MAX)? {
                return found.map_err(|error| {
                    not_sent(FailureKind::Resolve, io::Error::new(error.kind(), error))
                });
            }
        }
    }

    /// Tries the addresses, the next one when the last has failed or has had
    /// its time alone. What connects later than another is closed.
    pub(crate) fn first_of(
        &self,
        addresses: Vec<SocketAddr>,
    ) -> Result<Arc<dyn Stream>, TransportError> {
        let mut failure = not_sent(
            FailureKind::Resolve,
            io::Error::new(io::ErrorKind::NotFound, "the host has no address"),
        );
        let mut waiting = by_turns(addresses).into_iter();
        let mut under_way = 0;
        loop {
            if under_way < AT_ONCE {
                if let Some(address) = waiting.next() {
                    self.start(address, waiting.len())?;
                    under_way += 1;
                }
            }
            if under_way == 0 {
                return Err(failure);
            }
            let alone = if waiting.len() > 0 && under_way < AT_ONCE {
                STAGGER
            } else {
                Duration::MAX
            };
            match self.wait(alone)? {
                Some(Event::Tried(Ok(stream))) => return Ok(stream),
                Some(Event::Tried(Err(error))) => {
                    under_way -= 1;
                    failure = match error.kind() {
                        io::ErrorKind::TimedOut => {
                            TransportError::timeout(Phase::Connect).with_source(error)
                        }
                        _ => not_sent(FailureKind::Connect, error),
                    };
                }
                _ => {}
            }
        }
    }

    /// Begins an attempt, on a thread of its own: it cannot be interrupted, and
    /// the caller must be.
    fn start(&self, address: SocketAddr, waiting: usize) -> Result<(), TransportError> {
        let limit = self.watch.limits.connect_timeout;
        let left = self.watch.time_left(Phase::Connect, self.begin, limit);
        let turn = if waiting < AT_ONCE { LONGEST_TRY } else { TURN };
        let limit = left.map_err(unsent)?.saturating_add(WHOLE).min(turn);
        let socket = self.sockets.open(&address);
        self.spawn(move || {
            let socket = socket?;
            let connected = socket.connect_timeout(&address.into(), limit);
            connected.map_err(|error| unreached(address, error))?;
            Ok(Arc::new(TcpStream::from(socket)) as Arc<dyn Stream>)
        })
    }

    /// Runs `attempt` on a thread of its own, which is told of when it is over.
    fn spawn(
        &self,
        attempt: impl FnOnce() -> io::Result<Arc<dyn Stream>> + Send + 'static,
    ) -> Result<(), TransportError> {
        let tell = self.tell.clone();
        thread::Builder::new()
            .name("talkspace-connect".into())
            .spawn(move || {
                // The connection is closed here when the caller is gone.
                let _ = tell.send(Event::Tried(attempt()));
            })
            .map_err(|error| not_sent(FailureKind::Connect, error))?;
        Ok(())
    }

    /// Waits for an event, and not for longer than `limit`.
    ///
    /// # Errors
    ///
    /// When a limit of the exchange is over, or it was cancelled.
    fn wait(&self, limit: Duration) -> Result<Option<Event>, TransportError> {
        let begin = Instant::now();
        loop {
            let timeout = self.step_timeout().map_err(unsent)?;
            let left = limit.saturating_sub(begin.elapsed());
            match self.events.recv_timeout(timeout.min(left)) {
                Ok(Event::Cancelled) => {
                    let cancelled = FailureKind::Cancelled;
                    return Err(TransportError::new(cancelled, Delivery::NotSent));
                }
                Ok(event) => return Ok(Some(event)),
                Err(RecvTimeoutError::Timeout) if left <= timeout => return Ok(None),
                Err(_) => {}
            }
        }
    }
}

/// Nothing of a request is sent before there is a connection.
fn unsent(error: TransportError) -> TransportError {
    error.with_delivery(Delivery::NotSent)
}
