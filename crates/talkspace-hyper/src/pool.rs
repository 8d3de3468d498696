//! Connections that wait for their next exchange.
//!
//! `hyper_util::client::pool::cache` is not used: it takes a connection back
//! whenever its guard is dropped, where this transport must close every one
//! that was not proven clean, and it hands such a connection to a waiting
//! caller in place of the one that caller is making under its own limits. Nor
//! has it an idle limit, or a type that could be named in a field.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task;
use tokio::time::{Instant, sleep_until};

use crate::connect::{Connection, Origin, Task};
use crate::watch::later;

/// Idle connections of all origins, the one that was used last at the end.
#[derive(Debug)]
pub(crate) struct Pool {
    idle: Mutex<Vec<Idle>>,
    limit: Duration,
    max_idle: usize,
}

struct Idle {
    connection: Box<Connection>,
    since: Instant,
}

impl std::fmt::Debug for Idle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Idle")
            .field("since", &self.since)
            .finish_non_exhaustive()
    }
}

impl Pool {
    pub(crate) fn new(limit: Duration, max_idle: usize) -> Self {
        Self {
            idle: Mutex::default(),
            limit,
            max_idle,
        }
    }

    /// Takes the connection to `origin` that was used last, if any is left.
    pub(crate) fn take(&self, origin: &Origin, now: Instant) -> Option<Box<Connection>> {
        let mut idle = self.lock();
        loop {
            let place = idle
                .iter()
                .rposition(|idle| idle.connection.origin == *origin)?;
            let Idle { connection, since } = idle.remove(place);
            // A runtime that stood still has not run the expiry either.
            if !connection.is_closed() && now < later(since, self.limit) {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection that has had nothing under way since then.
    pub(crate) fn put(self: &Arc<Self>, mut connection: Box<Connection>, since: Instant) {
        if self.max_idle == 0 || self.limit.is_zero() || connection.is_closed() {
            return;
        }
        if connection.expiry.is_none() {
            connection.expiry = Some(self.watch_over(&connection));
        }
        let mut idle = self.lock();
        // What ended while it waited leaves here, whatever its origin: the
        // expiry of a connection ends with its runtime.
        idle.retain(|idle| !idle.connection.is_closed());
        let same = |idle: &Idle| idle.connection.origin == connection.origin;
        if idle.iter().filter(|idle| same(idle)).count() >= self.max_idle {
            if let Some(oldest) = idle.iter().position(same) {
                idle.remove(oldest);
            }
        }
        idle.push(Idle { connection, since });
    }

    /// Closes the connection once it has been idle for too long. One task does
    /// for all its exchanges, with a timer that is set once in that time.
    fn watch_over(self: &Arc<Self>, connection: &Connection) -> Task {
        let pool = Arc::downgrade(self);
        let id = connection.id();
        let mut due = later(Instant::now(), self.limit);
        Task::new(connection.runtime.spawn(async move {
            loop {
                sleep_until(due).await;
                let next = pool.upgrade().and_then(|pool| pool.expire(id));
                match next {
                    Some(next) => due = next,
                    None => return,
                }
            }
        }))
    }

    /// Closes the connection if its time is over, or says when it may be.
    fn expire(&self, id: task::Id) -> Option<Instant> {
        let mut idle = self.lock();
        let now = Instant::now();
        let place = idle.iter().position(|idle| idle.connection.id() == id);
        let since = place
            .and_then(|place| idle.get(place))
            .map(|idle| idle.since);
        // One that is in use now begins to be idle later.
        let due = later(since.unwrap_or(now), self.limit);
        match place {
            Some(place) if due <= now => {
                idle.remove(place);
                None
            }
            _ => Some(due),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
