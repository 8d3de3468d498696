//! What will happen later, in the order of its time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use talkspace_core::{ConferenceId, NetworkId};

/// A phone that stops ringing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Due {
    pub(crate) at: Duration,
    /// Which call of the person this is; an older one no longer counts.
    pub(crate) call: u64,
    pub(crate) app: usize,
    pub(crate) conference: ConferenceId,
    pub(crate) person: NetworkId,
    pub(crate) joins: bool,
}

/// Everything that is to happen.
#[derive(Debug, Default)]
pub(crate) struct Timers(BinaryHeap<Reverse<Due>>);

impl Timers {
    pub(crate) fn push(&mut self, due: Due) {
        self.0.push(Reverse(due));
    }

    /// The next thing whose time has come.
    pub(crate) fn next_due(&mut self, now: Duration) -> Option<Due> {
        if self.0.peek().is_some_and(|Reverse(due)| due.at <= now) {
            self.0.pop().map(|Reverse(due)| due)
        } else {
            None
        }
    }
}
