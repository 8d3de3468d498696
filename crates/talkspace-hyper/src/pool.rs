//! Connections that wait for their next exchange.
//!
//! `hyper_util::client::pool::cache` is not used: it takes a connection back
//! whenever its guard is dropped, where this transport must close every one
//! that was not proven clean, and it hands such a connection to a waiting
//! caller in place of the one that caller is making under its own limits. Nor
//! has it an idle limit, or a type that could be named in a field.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task;
use tokio::time::{Instant, sleep};

use crate::connect::{Connection, Origin, Task};

/// Idle connections by origin, the one that was used last at the end.
#[derive(Debug)]
pub(crate) struct Pool {
    idle: Mutex<HashMap<Origin, Vec<Idle>>>,
    limit: Duration,
    max_idle: usize,
}

struct Idle {
    connection: Connection,
    since: Instant,
    /// Closes the connection when its time is over.
    _expiry: Task,
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
    pub(crate) fn take(&self, origin: &Origin) -> Option<Connection> {
        let mut idle = self.lock();
        let connections = idle.get_mut(origin)?;
        let mut found = None;
        while let Some(candidate) = connections.pop() {
            // A runtime that stood still has not run the expiry either.
            if !candidate.connection.is_closed() && candidate.since.elapsed() < self.limit {
                found = Some(candidate.connection);
                break;
            }
        }
        if connections.is_empty() {
            idle.remove(origin);
        }
        found
    }

    /// Keeps a connection that has nothing under way.
    pub(crate) fn put(self: &Arc<Self>, origin: Origin, connection: Connection) {
        if self.max_idle == 0 || connection.is_closed() {
            return;
        }
        let expiry = connection.runtime.spawn({
            let pool = Arc::downgrade(self);
            let (origin, id, limit) = (origin.clone(), connection.id(), self.limit);
            async move {
                sleep(limit).await;
                if let Some(pool) = pool.upgrade() {
                    pool.remove(&origin, id);
                }
            }
        });
        let mut idle = self.lock();
        // What ended while it waited leaves here, whatever its origin: the
        // expiry of a connection ends with its runtime.
        idle.retain(|_, connections| {
            connections.retain(|idle| !idle.connection.is_closed());
            !connections.is_empty()
        });
        let connections = idle.entry(origin).or_default();
        if connections.len() >= self.max_idle {
            connections.remove(0);
        }
        connections.push(Idle {
            connection,
            since: Instant::now(),
            _expiry: Task::new(expiry),
        });
    }

    fn remove(&self, origin: &Origin, id: task::Id) {
        let mut idle = self.lock();
        if let Some(connections) = idle.get_mut(origin) {
            connections.retain(|idle| idle.connection.id() != id);
            if connections.is_empty() {
                idle.remove(origin);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Origin, Vec<Idle>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
