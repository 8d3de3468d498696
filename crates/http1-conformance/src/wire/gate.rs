//! A meeting point of a case and its peer, in place of a sleep.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A closed gate in a script: the peer waits there until the case opens it.
///
/// Clones are the same gate.
///
/// ```
/// use std::time::Duration;
/// use http1_conformance::wire::Gate;
///
/// let gate = Gate::new("second half");
/// assert!(!gate.reached(Duration::ZERO), "no peer stands here yet");
/// gate.open();
/// ```
#[derive(Clone)]
pub struct Gate {
    shared: Arc<Shared>,
}

struct Shared {
    name: &'static str,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    reached: bool,
    open: bool,
}

impl Gate {
    /// A closed gate; its name appears in transcripts.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            shared: Arc::new(Shared {
                name,
                state: Mutex::default(),
                changed: Condvar::new(),
            }),
        }
    }

    /// Lets the peer pass, now and later.
    pub fn open(&self) {
        self.lock().open = true;
        self.shared.changed.notify_all();
    }

    /// Waits until a peer stands at the gate; `false` when none came in time.
    #[must_use]
    pub fn reached(&self, within: Duration) -> bool {
        self.shared
            .changed
            .wait_timeout_while(self.lock(), within, |state| !state.reached)
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .reached
    }

    /// Waits, as the peer, until the gate is open. [`Peer::stop`](super::Peer::stop)
    /// opens the gates of its plan, so this ends.
    pub(super) fn pass(&self) {
        let mut state = self.lock();
        state.reached = true;
        self.shared.changed.notify_all();
        while !state.open {
            state = self
                .shared
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn name(&self) -> &'static str {
        self.shared.name
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gate({:?})", self.shared.name)
    }
}
