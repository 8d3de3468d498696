//! A token that ends an exchange from another thread.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Cancels an exchange from another thread. Clones share one state.
///
/// ```
/// use std::time::Duration;
/// use http1_conformance::client::CancelToken;
///
/// let cancel = CancelToken::new();
/// let other = cancel.clone();
/// std::thread::spawn(move || other.cancel());
/// cancel.wait(Duration::from_secs(60));
/// assert!(cancel.is_cancelled());
/// ```
#[derive(Clone, Default)]
pub struct CancelToken {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    cancelled: bool,
    next_id: u64,
    actions: Vec<(u64, Action)>,
}

type Action = Box<dyn FnOnce() + Send>;

impl CancelToken {
    /// A token that has not been cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels: wakes every wait and runs every registered action, once.
    /// Calling it again does nothing.
    pub fn cancel(&self) {
        let actions = {
            let mut state = self.lock();
            state.cancelled = true;
            std::mem::take(&mut state.actions)
        };
        self.shared.changed.notify_all();
        for (_, action) in actions {
            action();
        }
    }

    /// Whether [`cancel`](Self::cancel) was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Waits for `duration`, or until cancelled.
    pub fn wait(&self, duration: Duration) {
        let since = Instant::now();
        let mut state = self.lock();
        while !state.cancelled {
            let left = duration.saturating_sub(since.elapsed());
            if left.is_zero() {
                return;
            }
            let woken = self.shared.changed.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Registers an action that ends work in progress, such as shutting a socket down.
    ///
    /// The action runs on the thread that cancels, or at once when the token is cancelled
    /// already. Dropping the guard takes it back, unless a cancellation runs at that moment:
    /// then it may still run, once.
    pub fn on_cancel(&self, action: impl FnOnce() + Send + 'static) -> CancelGuard {
        let mut state = self.lock();
        let id = state.next_id;
        state.next_id += 1;
        if state.cancelled {
            drop(state);
            action();
        } else {
            state.actions.push((id, Box::new(action)));
        }
        CancelGuard {
            token: self.clone(),
            id,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        let state = self.shared.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelToken")
            .field("cancelled", &self.is_cancelled())
            .finish_non_exhaustive()
    }
}

/// Keeps an action registered with [`CancelToken::on_cancel`] until it is dropped.
#[derive(Debug)]
#[must_use = "the action is taken back when the guard is dropped"]
pub struct CancelGuard {
    token: CancelToken,
    id: u64,
}

impl Drop for CancelGuard {
    fn drop(&mut self) {
        let mut state = self.token.lock();
        let place = state.actions.iter().position(|(id, _)| *id == self.id);
        let taken_back = place.map(|place| state.actions.remove(place));
        // Without the lock: what the action holds may need it.
        drop(state);
        drop(taken_back);
    }
}
