//! A token that ends a blocking exchange from another thread.

use std::fmt;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use crate::transport::sync::{Arc, Condvar, Mutex, MutexGuard};

#[cfg(test)]
mod tests;

/// Cancels blocking requests from another thread. Clones share one state; a
/// [child](Self::child) can be cancelled alone.
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
#[derive(Clone)]
pub struct CancelToken {
    /// Without it nobody can cancel, and nothing is registered.
    shared: Option<Arc<Shared>>,
    /// What has the parent cancel this one, as long as any clone of it lives.
    _parent: Option<Arc<CancelGuard>>,
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
    /// In the order of their numbers.
    actions: Vec<(u64, Action)>,
}

type Action = Box<dyn FnOnce() + Send>;

impl CancelToken {
    /// A token that has not been cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self {
            shared: Some(Arc::default()),
            _parent: None,
        }
    }

    /// That of a client without one: to hold it costs nothing.
    pub(crate) const fn never() -> Self {
        Self {
            shared: None,
            _parent: None,
        }
    }

    /// A token that is cancelled when this one is, and can be cancelled without
    /// it: one for each request or task of a program that ends as a whole.
    ///
    /// ```
    /// use talkspace_core::CancelToken;
    ///
    /// let (program, other) = (CancelToken::new(), CancelToken::new());
    /// let (one, two) = (program.child(), program.child());
    /// one.cancel();
    /// assert!(one.is_cancelled() && !two.is_cancelled() && !program.is_cancelled());
    /// program.cancel();
    /// assert!(two.is_cancelled() && !other.is_cancelled());
    /// ```
    #[must_use]
    pub fn child(&self) -> Self {
        let shared = Arc::new(Shared::default());
        // The state alone: a parent that held the token would keep it for ever.
        let of_child = Arc::clone(&shared);
        let guard = self.on_cancel(move || of_child.cancel());
        Self {
            shared: Some(shared),
            _parent: Some(Arc::new(guard)),
        }
    }

    /// Cancels: wakes every wait and runs every registered action, once.
    /// Calling it again does nothing.
    pub fn cancel(&self) {
        if let Some(shared) = &self.shared {
            shared.cancel();
        }
    }

    /// Whether [`cancel`](Self::cancel) was called, on this one or on what it is
    /// a child of.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        let shared = self.shared.as_ref();
        shared.is_some_and(|shared| shared.lock().cancelled)
    }

    /// Waits for `duration`, or until cancelled.
    pub fn wait(&self, duration: Duration) {
        match &self.shared {
            Some(shared) => shared.wait(duration),
            None => std::thread::sleep(duration),
        }
    }

    /// Registers an action that ends work in progress, such as shutting a socket
    /// down.
    ///
    /// The action runs on the thread that cancels, or at once when the token
    /// is cancelled already. Dropping the guard takes it back, unless a cancellation
    /// runs at that moment: then it may still run, once.
    pub fn on_cancel(&self, action: impl FnOnce() + Send + 'static) -> CancelGuard {
        let Some(shared) = &self.shared else {
            return CancelGuard { registered: None };
        };
        let mut state = shared.lock();
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
}

impl Default for CancelToken {
    fn default() -> Self {
        Self::new()
    }
}

impl Shared {
    fn cancel(&self) {
        let actions = {
            let mut state = self.lock();
            state.cancelled = true;
            std::mem::take(&mut state.actions)
        };
        self.changed.notify_all();
        for (_, action) in actions {
            action();
        }
    }

    fn wait(&self, duration: Duration) {
        // No deadline when the sum is out of range: then only a cancellation ends the wait.
        let until = Instant::now().checked_add(duration);
        let mut state = self.lock();
        while !state.cancelled {
            state = match until {
                None => self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return;
                    }
                    self.changed
                        .wait_timeout(state, left)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
            };
        }
    }

    /// Takes an action back. The caller drops it without the lock: what it holds
    /// may be the last of a child, which takes its own back from here.
    fn take_back(&self, id: u64) -> Option<Action> {
        let mut state = self.lock();
        let place = state.actions.binary_search_by_key(&id, |(id, _)| *id);
        place.ok().map(|place| state.actions.remove(place).1)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
            let taken_back = cancel.shared.as_ref().map(|shared| shared.take_back(id));
            drop(taken_back);
        }
    }
}
