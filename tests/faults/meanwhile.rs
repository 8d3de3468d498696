//! What happens around a client while it sends: before an exchange, and while it
//! waits for the next.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

/// Something that happens.
pub(crate) type Event = Box<dyn FnOnce() + Send>;

/// A wait of at least this long takes no time: it is a backoff between polls.
const LONG: Duration = Duration::from_secs(1);

/// The events to come, and the time that was skipped.
#[derive(Default)]
pub(crate) struct Meanwhile(Mutex<State>);

#[derive(Default)]
struct State {
    /// Those before each exchange.
    before: VecDeque<Vec<Event>>,
    skipped: Duration,
    /// What happens in each wait that is skipped.
    waiting: Option<Box<dyn Fn() + Send>>,
}

impl Meanwhile {
    /// From now on, these events happen before the next exchanges, one entry for
    /// each, and `waiting` happens in each wait that is skipped.
    pub(crate) fn script(&self, before: Vec<Vec<Event>>, waiting: impl Fn() + Send + 'static) {
        let mut state = self.0.lock().unwrap();
        state.before = before.into();
        state.waiting = Some(Box::new(waiting));
    }

    /// Nothing more happens.
    pub(crate) fn end(&self) {
        let mut state = self.0.lock().unwrap();
        state.before.clear();
        state.waiting = None;
    }

    /// An exchange begins.
    pub(crate) fn exchange(&self) {
        let events = self.0.lock().unwrap().before.pop_front();
        for event in events.into_iter().flatten() {
            event();
        }
    }

    /// Skips a wait, if it is long.
    pub(crate) fn skips(&self, wait: Duration) -> bool {
        let mut state = self.0.lock().unwrap();
        if wait < LONG {
            return false;
        }
        state.skipped += wait;
        if let Some(waiting) = &state.waiting {
            waiting();
        }
        true
    }

    pub(crate) fn skipped(&self) -> Duration {
        self.0.lock().unwrap().skipped
    }
}
