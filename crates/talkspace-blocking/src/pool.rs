//! Connections that wait for their next exchange.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::connect::{Connection, Origin};

/// Idle connections of all origins, the one that was used last at the end.
///
/// No thread watches them: those whose time is over are closed when the pool
/// is next used.
pub(crate) struct Pool {
    idle: Mutex<Vec<Idle>>,
    limit: Duration,
    max_idle: usize,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Pool {
    pub(crate) fn new(limit: Duration, max_idle: usize) -> Self {
        Self {
            idle: Mutex::default(),
            limit,
            max_idle,
        }
    }

    /// Takes the connection to `origin` that was used last, if one is left that
    /// the peer has neither closed nor written to.
    pub(crate) fn take(&self, origin: &Origin) -> Option<Connection> {
        loop {
            let mut connection = {
                let mut idle = self.lock();
                let found = idle
                    .iter()
                    .rposition(|idle| idle.connection.origin == *origin)?;
                idle.remove(found).connection
            };
            if connection.wire.is_quiet() {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection that has nothing under way.
    pub(crate) fn put(&self, connection: Connection) {
        let mut idle = self.lock();
        let same = |idle: &Idle| idle.connection.origin == connection.origin;
        if idle.iter().filter(|idle| same(idle)).count() >= self.max_idle {
            match idle.iter().position(same) {
                Some(oldest) => drop(idle.remove(oldest)),
                None => return,
            }
        }
        idle.push(Idle {
            connection,
            since: Instant::now(),
        });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Idle>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|idle| idle.since.elapsed() < self.limit);
        idle
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("idle", &self.lock().len())
            .field("limit", &self.limit)
            .field("max_idle", &self.max_idle)
            .finish()
    }
}
