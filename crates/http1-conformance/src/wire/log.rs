//! What happened at a peer: every byte, both ways, with times and offsets.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};

use super::message::Request;

/// Something that happened on a connection of a peer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// When, counted from the peer's start.
    pub at: Duration,
    /// On which connection, counted from zero in the order of accepting.
    pub connection: usize,
    /// What.
    pub what: What,
}

/// The kinds of [`Event`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// The client connected.
    Accepted,
    /// The client connected although the plan has no script for it.
    Unplanned,
    /// Bytes from the client.
    Received(Bytes),
    /// Bytes to the client.
    Sent(Bytes),
    /// The client closed its direction.
    ClientClosed,
    /// The client reset the connection, or it broke.
    ClientReset,
    /// The peer closed its direction.
    HalfClosed,
    /// The peer closed the connection.
    Closed,
    /// The peer reset the connection.
    Reset,
    /// The peer sent this fatal alert of TLS.
    Alerted(u8),
    /// The peer stopped reading.
    StoppedReading,
    /// The peer waits at a gate.
    AtGate(&'static str),
    /// The gate was opened.
    PassedGate(&'static str),
    /// An expectation in the script did not come true.
    Unmet(String),
}

/// The growing record of a peer. Clones are the same log.
///
/// ```
/// use std::time::Duration;
/// use http1_conformance::wire::{Peer, Script};
///
/// let peer = Peer::start(Script::accept())?;
/// drop(std::net::TcpStream::connect(peer.address())?);
/// assert!(peer.log().wait(Duration::from_secs(5), |seen| seen.client_closed(0)));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Log {
    shared: Arc<Shared>,
}

struct Shared {
    start: Instant,
    state: Mutex<Transcript>,
    changed: Condvar,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            shared: Arc::new(Shared {
                start: Instant::now(),
                state: Mutex::default(),
                changed: Condvar::new(),
            }),
        }
    }

    pub(super) fn record(&self, connection: usize, what: What) {
        let at = self.shared.start.elapsed();
        self.lock().events.push(Event {
            at,
            connection,
            what,
        });
        self.shared.changed.notify_all();
    }

    /// Notes that no more will happen on a connection.
    pub(super) fn settle(&self) {
        self.lock().settled += 1;
        self.shared.changed.notify_all();
    }

    /// Notes that a connection of the peer to itself was accepted.
    pub(super) fn fence(&self) {
        self.lock().fences += 1;
        self.shared.changed.notify_all();
    }

    /// What happened so far.
    #[must_use]
    pub fn transcript(&self) -> Transcript {
        self.lock().clone()
    }

    /// Waits until `condition` holds; `false` when it does not in time.
    #[must_use]
    pub fn wait(&self, within: Duration, condition: impl Fn(&Transcript) -> bool) -> bool {
        let state = self
            .shared
            .changed
            .wait_timeout_while(self.lock(), within, |seen| !condition(seen))
            .unwrap_or_else(PoisonError::into_inner)
            .0;
        condition(&state)
    }

    fn lock(&self) -> MutexGuard<'_, Transcript> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lock().fmt(f)
    }
}

/// The events of a peer in the order of time.
///
/// ```
/// use http1_conformance::wire::{Peer, Script};
///
/// let peer = Peer::start(Script::accept())?;
/// assert_eq!(peer.log().transcript().connections(), 0);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    events: Vec<Event>,
    settled: usize,
    pub(super) fences: usize,
}

impl Transcript {
    /// All events.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// How many connections were accepted.
    #[must_use]
    pub fn connections(&self) -> usize {
        let accepted = |event: &&Event| matches!(event.what, What::Accepted | What::Unplanned);
        self.events.iter().filter(accepted).count()
    }

    /// Whether nothing more will come: every connection has ended.
    #[must_use]
    pub fn settled(&self) -> bool {
        self.settled >= self.connections()
    }

    /// All bytes that came on a connection.
    #[must_use]
    pub fn received(&self, connection: usize) -> Bytes {
        let mut all = BytesMut::new();
        for event in self.events_of(connection) {
            if let What::Received(bytes) = &event.what {
                all.extend_from_slice(bytes);
            }
        }
        all.freeze()
    }

    /// How many bytes were sent over all connections.
    #[must_use]
    pub fn sent(&self) -> usize {
        let length = |event: &Event| match &event.what {
            What::Sent(bytes) => bytes.len(),
            _ => 0,
        };
        self.events.iter().map(length).sum()
    }

    /// Whether the client has ended a connection.
    #[must_use]
    pub fn client_closed(&self, connection: usize) -> bool {
        self.events.iter().any(|event| {
            event.connection == connection
                && matches!(event.what, What::ClientClosed | What::ClientReset)
        })
    }

    /// The requests on all connections, in the order of their first bytes.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        let mut requests = Vec::new();
        for connection in 0..self.connections() {
            let all = self.received(connection);
            // A TLS handshake that was not decrypted, RFC 8446 §5.1, is no request.
            if all.starts_with(b"\x16\x03") {
                continue;
            }
            let mut start = 0;
            while start < all.len() {
                let (request, taken) = Request::parse(&all.slice(start..));
                requests.push(Request {
                    connection,
                    at: self.time_of(connection, start),
                    ..request
                });
                start += taken;
            }
        }
        requests.sort_by_key(|request| request.at);
        requests
    }

    /// What the scripts expected of the client and did not see.
    pub fn unmet(&self) -> impl Iterator<Item = &str> {
        self.events.iter().filter_map(|event| match &event.what {
            What::Unmet(expectation) => Some(expectation.as_str()),
            _ => None,
        })
    }

    fn events_of(&self, connection: usize) -> impl Iterator<Item = &Event> {
        let events = self.events.iter();
        events.filter(move |event| event.connection == connection)
    }

    fn time_of(&self, connection: usize, offset: usize) -> Duration {
        let mut received = 0;
        for event in self.events_of(connection) {
            if let What::Received(bytes) = &event.what {
                received += bytes.len();
                if received > offset {
                    return event.at;
                }
            }
        }
        Duration::MAX
    }
}
