//! Connections between exchanges, and in use.
//!
//! `hyper_util::client::pool::cache` is not used: it takes a connection back
//! whenever its guard is dropped, where this transport must close every one
//! that was not proven clean, and it hands such a connection to a waiting
//! caller in place of the one that caller is making under its own limits. Nor
//! has it an idle limit, or a type that could be named in a field.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use talkspace_net::pool::PoolLimits;
use tokio::time::{Instant, sleep_until};

use crate::connection::{Connection, Route, Task};
use crate::meter::Progress;
use crate::watch::later;

/// Idle connections of all routes.
pub(crate) struct Pool {
    shelves: Mutex<Vec<Shelf>>,
    limits: PoolLimits,
}

/// Those of one route, the one that was used last at the end.
struct Shelf {
    route: Route,
    idle: VecDeque<Idle>,
    /// While some of them wait.
    expiry: Option<Expiry>,
}

/// Closes those of a route that were idle for too long. One task does for all
/// that are on the shelf: there can be a thousand.
struct Expiry {
    /// When it looks next: no later than the first of them is due.
    due: Instant,
    _task: Task,
}

struct Idle {
    connection: Box<Connection>,
    until: Instant,
}

impl Pool {
    pub(crate) fn new(limits: PoolLimits) -> Self {
        Self {
            shelves: Mutex::default(),
            limits,
        }
    }

    /// Takes the connection on `route` that was used last, if any is left.
    pub(crate) fn take(&self, route: &Route, now: Instant) -> Option<Box<Connection>> {
        let mut shelves = self.lock();
        let shelf = shelves.iter_mut().find(|shelf| shelf.route == *route)?;
        while let Some(Idle { connection, until }) = shelf.idle.pop_back() {
            // A runtime that stood still has not run the expiry either.
            if !connection.is_closed() && now < until {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection that has had nothing under way since then, and whose
    /// peer lets it be idle for `limit`.
    pub(crate) fn put(
        self: &Arc<Self>,
        connection: Box<Connection>,
        since: Instant,
        limit: Duration,
    ) {
        let limit = self.limits.idle_timeout.min(limit);
        if self.limits.max_idle_per_host == 0 || limit.is_zero() || connection.is_closed() {
            return;
        }
        let until = later(since, limit).min(later(connection.born, self.limits.max_age));
        let mut shelves = self.lock();
        let found = shelves
            .iter_mut()
            .find(|shelf| shelf.route == connection.route);
        if let Some(shelf) = found {
            self.keep(shelf, connection, until);
            return;
        }
        // What ended while it waited leaves here, whatever its route: the expiry of
        // a shelf ends with its runtime.
        shelves.retain_mut(|shelf| {
            shelf.idle.retain(|idle| !idle.connection.is_closed());
            !shelf.idle.is_empty()
        });
        let mut shelf = Shelf {
            route: connection.route.clone(),
            idle: VecDeque::new(),
            expiry: None,
        };
        self.keep(&mut shelf, connection, until);
        shelves.push(shelf);
    }

    fn keep(self: &Arc<Self>, shelf: &mut Shelf, connection: Box<Connection>, until: Instant) {
        let expiry = shelf.expiry.as_ref();
        if expiry.is_none_or(|expiry| until < expiry.due) {
            shelf.expiry = Some(self.watch_over(&connection, until));
        }
        if shelf.idle.len() >= self.limits.max_idle_per_host {
            shelf.idle.pop_front();
        }
        shelf.idle.push_back(Idle { connection, until });
    }

    fn watch_over(self: &Arc<Self>, connection: &Connection, mut due: Instant) -> Expiry {
        let (pool, route) = (Arc::downgrade(self), connection.route.clone());
        let task = async move {
            loop {
                sleep_until(due).await;
                let pool = pool.upgrade();
                match pool.and_then(|pool| pool.expire(&route, due)) {
                    Some(next) => due = next,
                    None => return,
                }
            }
        };
        Expiry {
            due,
            _task: Task::new(connection.runtime.spawn(task)),
        }
    }

    /// Closes the connections whose time is over, and says when that of the next
    /// one is; `None` ends the expiry that was `due`.
    fn expire(&self, route: &Route, due: Instant) -> Option<Instant> {
        let now = Instant::now();
        let mut shelves = self.lock();
        let shelf = shelves.iter_mut().find(|shelf| shelf.route == *route)?;
        // Another one, which was due before, may have taken its place.
        let expiry = shelf.expiry.as_mut().filter(|expiry| expiry.due == due)?;
        shelf.idle.retain(|idle| now < idle.until);
        let next = shelf.idle.iter().map(|idle| idle.until).min();
        match next {
            Some(next) => expiry.due = next,
            None => shelf.expiry = None,
        }
        next
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Shelf>> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let idle: usize = self.lock().iter().map(|shelf| shelf.idle.len()).sum();
        f.debug_struct("Pool")
            .field("idle", &idle)
            .field("limits", &self.limits)
            .finish()
    }
}

/// A connection in use, and where it goes afterwards. Dropping it closes it.
pub(crate) struct Lease {
    pub(crate) connection: Box<Connection>,
    pub(crate) pool: Arc<Pool>,
    /// Whether the response allows another exchange.
    pub(crate) reusable: bool,
    /// Whether the peer accepts the request; then it gets all of it, though its
    /// response be whole before.
    pub(crate) accepted: bool,
    /// How long it may be idle, by what the peer said.
    pub(crate) idle_limit: Duration,
}

impl Lease {
    /// The response is whole: keeps the connection if the request is, too.
    pub(crate) fn finish(self, progress: &Progress) {
        if self.reusable && progress.sent {
            // To the peer it is idle since then, however late it is read.
            let since = progress.moved_at;
            self.pool.put(self.connection, since, self.idle_limit);
        }
    }
}
