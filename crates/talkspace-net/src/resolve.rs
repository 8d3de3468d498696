//! From a name to its addresses.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(test)]
mod tests;

/// After this time a look-up is taken to be stuck, and another one may begin.
/// A resolver with three servers that are silent takes as long.
const STUCK: Duration = Duration::from_secs(30);

/// The addresses of a name, or why there are none.
pub type Found = Result<Vec<SocketAddr>, Arc<io::Error>>;
type Ask = dyn Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync;
/// Is told what was found. It must not block.
type Waiter = Box<dyn FnOnce(Found) + Send>;

/// Asks the system for the addresses of a name.
///
/// The system can be neither interrupted nor given a limit, so it is
/// asked on threads of their own: they end when it returns, or with the
/// process. However many callers want a name at once, one thread asks for it,
/// so that a resolver that hangs holds few threads.
pub struct Resolver {
    ask: Box<Ask>,
    under_way: Mutex<HashMap<String, LookUp>>,
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver").finish_non_exhaustive()
    }
}

/// A look-up that was begun, and who waits for it.
struct LookUp {
    since: Instant,
    waiters: Vec<Waiter>,
}

impl Resolver {
    /// A resolver over another source of addresses.
    pub fn new(
        ask: impl Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            ask: Box::new(ask),
            under_way: Mutex::default(),
        })
    }

    /// The system's, which is one for the whole process.
    pub fn system() -> &'static Arc<Self> {
        static SYSTEM: LazyLock<Arc<Resolver>> = LazyLock::new(|| {
            Resolver::new(|host| (host, 0).to_socket_addrs().map(Iterator::collect))
        });
        &SYSTEM
    }

    /// Has `waiter` told the addresses of `host`, with port 0 for whichever is wanted.
    pub fn look_up(self: &Arc<Self>, host: &str, waiter: impl FnOnce(Found) + Send + 'static) {
        if !self.joins(host, Box::new(waiter)) {
            return;
        }
        let (resolver, name) = (self.clone(), host.to_owned());
        let thread = thread::Builder::new()
            .name("talkspace-resolve".into())
            .spawn(move || {
                // Nothing of this process is left half done but what it itself holds.
                let found = catch_unwind(AssertUnwindSafe(|| (resolver.ask)(&name)));
                let panicked = || Err(io::Error::other("the resolver panicked"));
                resolver.tell(&name, found.unwrap_or_else(|_| panicked()));
            });
        if let Err(error) = thread {
            self.tell(host, Err(error));
        }
    }

    /// Lets `waiter` wait for `host`, and says whether a look-up must begin.
    fn joins(&self, host: &str, waiter: Waiter) -> bool {
        let now = Instant::now();
        let mut under_way = self.lock();
        match under_way.get_mut(host) {
            Some(look_up) => {
                look_up.waiters.push(waiter);
                let is_stuck = now.saturating_duration_since(look_up.since) >= STUCK;
                if is_stuck {
                    look_up.since = now;
                }
                is_stuck
            }
            None => {
                let look_up = LookUp {
                    since: now,
                    waiters: vec![waiter],
                };
                under_way.insert(host.to_owned(), look_up);
                true
            }
        }
    }

    /// Tells all who wait for `host`.
    fn tell(&self, host: &str, found: io::Result<Vec<SocketAddr>>) {
        let look_up = self.lock().remove(host);
        let found = found.map_err(Arc::new);
        for waiter in look_up.into_iter().flat_map(|look_up| look_up.waiters) {
            waiter(found.clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, LookUp>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
