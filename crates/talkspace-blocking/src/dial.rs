//! From a host to a socket: its addresses, and attempts to connect to them that
//! overlap (RFC 8305).

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use socket2::Socket;
use talkspace_core::transport::TransportError;
use talkspace_core::{Delivery, FailureKind, Phase};
use talkspace_net::dial::{AT_ONCE, STAGGER, TURN, by_turns, set_port};
use talkspace_net::error::not_sent;
use talkspace_net::resolve::Found;
use talkspace_net::socket::Sockets;

use crate::watch::Watch;

/// The system rejects a connect timeout of zero, and a very large one.
const SHORTEST_TRY: Duration = Duration::from_millis(1);
const LONGEST_TRY: Duration = Duration::from_secs(60 * 60);

/// What the caller, who cannot be held by a system call, is told.
enum Event {
    Found(Found),
    Tried(io::Result<TcpStream>),
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
    pub(crate) fn run(&self, host: &str, port: u16) -> Result<TcpStream, TransportError> {
        let tell = self.tell.clone();
        let _on_cancel = self.watch.cancel.on_cancel(move || {
            // The receiver is gone when the connection was made first.
            let _ = tell.send(Event::Cancelled);
        });
        let mut addresses = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => self.resolve(host)?,
        };
        set_port(&mut addresses, port);
        self.first_of(self.sockets.reachable(addresses)?)
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
    pub(crate) fn first_of(&self, addresses: Vec<SocketAddr>) -> Result<TcpStream, TransportError> {
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
        let limit = left.map_err(unsent)?.clamp(SHORTEST_TRY, turn);
        let (socket, tell) = (self.sockets.open(&address), self.tell.clone());
        thread::Builder::new()
            .name("talkspace-connect".into())
            .spawn(move || {
                let connect = |socket: Socket| {
                    socket.connect_timeout(&address.into(), limit)?;
                    Ok(socket.into())
                };
                // The connection is closed here when the caller is gone.
                let _ = tell.send(Event::Tried(socket.and_then(connect)));
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
            let timeout = self
                .watch
                .step_timeout(
                    Phase::Connect,
                    self.begin,
                    self.watch.limits.connect_timeout,
                )
                .map_err(unsent)?;
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
