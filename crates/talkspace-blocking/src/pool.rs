//! Connections between exchanges, and in use.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use talkspace_core::CancelToken;
use talkspace_core::transport::CancelGuard;
use talkspace_net::origin::Origin;
use talkspace_net::pool::{FOREVER, PoolLimits};

use crate::connection::Connection;
use crate::connector::Stream;
use crate::wire::Wire;

/// How often idle connections are looked at, for those that the peer closed.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Idle connections of all origins.
///
/// While there are any, a thread closes those whose time is over, and those that
/// the peer closed.
pub(crate) struct Pool {
    state: Mutex<State>,
    limits: PoolLimits,
}

#[derive(Default)]
struct State {
    shelves: Vec<Shelf>,
    keeper: Option<Thread>,
}

/// Those of one origin, the one that was used last at the end.
struct Shelf {
    origin: Origin,
    idle: VecDeque<Idle>,
}

struct Idle {
    connection: Box<Connection>,
    until: Instant,
}

impl Pool {
    pub(crate) fn new(limits: PoolLimits) -> Self {
        Self {
            state: Mutex::default(),
            limits,
        }
    }

    /// Takes the connection to `origin` that was used last, if one is left that
    /// the peer has neither closed nor written to.
    pub(crate) fn take(&self, origin: &Origin, now: Instant) -> Option<Box<Connection>> {
        loop {
            let mut connection = {
                let mut state = self.lock();
                let shelves = &mut state.shelves;
                let shelf = shelves.iter_mut().find(|shelf| shelf.origin == *origin)?;
                let Idle { connection, until } = shelf.idle.pop_back()?;
                if until <= now {
                    continue;
                }
                connection
            };
            if connection.wire.is_quiet() {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection that has nothing under way, and whose peer lets it be
    /// idle for `limit`.
    pub(crate) fn put(self: &Arc<Self>, connection: Box<Connection>, limit: Duration) {
        let limit = self.limits.idle_timeout.min(limit);
        if self.limits.max_idle_per_host == 0 || limit.is_zero() {
            return;
        }
        // To the peer it is idle since then, however late it is read.
        let since = connection.wire.read_at();
        let until = later(since, limit).min(later(connection.born, self.limits.max_age));
        let mut state = self.lock();
        // One that no thread would watch over is closed.
        if !self.is_kept(&mut state) {
            return;
        }
        let found = state
            .shelves
            .iter_mut()
            .find(|shelf| shelf.origin == connection.origin);
        let Some(shelf) = found else {
            state.shelves.push(Shelf {
                origin: connection.origin.clone(),
                idle: VecDeque::from([Idle { connection, until }]),
            });
            return;
        };
        if shelf.idle.len() >= self.limits.max_idle_per_host {
            shelf.idle.pop_front();
        }
        shelf.idle.push_back(Idle { connection, until });
    }

    /// Sees to it that a thread watches over the connections.
    fn is_kept(self: &Arc<Self>, state: &mut State) -> bool {
        if state.keeper.is_none() {
            let pool = Arc::downgrade(self);
            let first = self.limits.idle_timeout.min(LOOK_INTERVAL);
            let keeper = thread::Builder::new()
                .name("talkspace-idle".into())
                .spawn(move || keep(&pool, first));
            state.keeper = keeper.ok().map(|keeper| keeper.thread().clone());
        }
        state.keeper.is_some()
    }

    /// Closes what is over, and says when to check again; not at all when
    /// nothing is idle.
    fn sweep(&self) -> Option<Duration> {
        let now = Instant::now();
        let mut state = self.lock();
        state.shelves.retain_mut(|shelf| {
            shelf
                .idle
                .retain_mut(|idle| now < idle.until && idle.connection.wire.is_quiet());
            !shelf.idle.is_empty()
        });
        let left = state.shelves.iter().flat_map(|shelf| &shelf.idle);
        let next = left.map(|idle| idle.until.saturating_duration_since(now));
        let next = next.min().map(|next| next.min(LOOK_INTERVAL));
        if next.is_none() {
            state.keeper = None;
        }
        next
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches over a pool until nothing in it is idle, or it is gone.
fn keep(pool: &Weak<Pool>, first: Duration) {
    let mut next = Some(first);
    while let Some(wait) = next {
        thread::park_timeout(wait);
        next = pool.upgrade().and_then(|pool| pool.sweep());
    }
}

fn later(from: Instant, limit: Duration) -> Instant {
    from + limit.min(FOREVER)
}

impl Drop for Pool {
    fn drop(&mut self) {
        let state = self.state.get_mut();
        let state = state.unwrap_or_else(PoisonError::into_inner);
        if let Some(keeper) = &state.keeper {
            keeper.unpark();
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shelves = &self.lock().shelves;
        let idle: usize = shelves.iter().map(|shelf| shelf.idle.len()).sum();
        f.debug_struct("Pool")
            .field("idle", &idle)
            .field("limits", &self.limits)
            .finish()
    }
}

/// A connection in use. A cancellation shuts its stream down; dropping it closes it.
pub(crate) struct Lease {
    connection: Box<Connection>,
    fuse: Fuse,
    _on_cancel: CancelGuard,
}

/// The stream that a cancellation shuts down, until it is taken out.
type Fuse = Arc<Mutex<Option<Arc<dyn Stream>>>>;

impl Lease {
    pub(crate) fn new(connection: Box<Connection>, cancel: &CancelToken) -> Self {
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

    /// The connection, out of reach of the token; `None` when a cancellation came first.
    pub(crate) fn release(self) -> Option<Box<Connection>> {
        // Taken under the lock: a cancellation that is running at this moment either
        // has shut the socket down by now, or will not find it any more.
        self.fuse
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .map(|_| self.connection)
    }
}

fn shut_down(fuse: &Fuse) {
    let mut stream = fuse.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(stream) = stream.take() {
        stream.shut_down();
    }
}

/// Gives a connection back after an exchange, or closes it.
pub(crate) struct Return {
    pub(crate) pool: Arc<Pool>,
    /// Whether the peer and the request let it be used again.
    pub(crate) allowed: bool,
    /// How long it may be idle, by what the peer said.
    pub(crate) idle_limit: Duration,
}

impl Return {
    /// To be called when the response is over.
    pub(crate) fn give_back(&self, mut lease: Lease) {
        // Bytes beyond the response would be taken for the next one.
        if self.allowed && lease.wire().input.is_empty() {
            if let Some(connection) = lease.release() {
                self.pool.put(connection, self.idle_limit);
            }
        }
    }
}
