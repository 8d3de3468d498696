//! A token that ends a blocking exchange from another thread.

use std::fmt;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use crate::transport::sync::{Arc, Condvar, Mutex, MutexGuard};

#[cfg(test)]
mod tests;

/// Cancels blocking requests from another thread. Clones share one state.
///
/// ```
/// use std::time::Duration;
/// use talkspace_core::CancelToken;
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
    actions: Vec<(u64, Box<dyn FnOnce() + Send>)>,
}

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
        // No deadline when the sum is out of range: then only a cancellation ends the wait.
        let until = Instant::now().checked_add(duration);
        let mut state = self.lock();
        while !state.cancelled {
            state = match until {
                None => self
                    .shared
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return;
                    }
                    self.shared
                        .changed
                        .wait_timeout(state, left)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
            };
        }
    }

    /// Registers an action that ends work in progress, such as shutting a socket
    /// down.
    ///
    /// The action runs on the thread that cancels, or at once when the token
    /// is cancelled already. Dropping the guard takes it back, unless a cancellation
    /// runs at that moment: then it may still run, once.
    pub fn on_cancel(&self, action: impl FnOnce() + Send + 'static) -> CancelGuard {
        let mut state = self.lock();
        if state.cancelled {
            drop(state);
            action();
            return CancelGuard { registered: None };
        }
        let id = state.next_id;
        state.next_id += 1;
        state.actions.push((id, Box::new(action)));
        CancelGuard {
            registered: Some((self.clone(), id)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
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
    registered: Option<(CancelToken, u64)>,
}

impl Drop for CancelGuard {
    fn drop(&mut self) {
        if let Some((cancel, id)) = self.registered.take() {
            cancel.lock().actions.retain(|(other, _)| *other != id);
        }
    }
}
