//! Waiting for something to become so, since the service sends no events.

use std::time::{Duration, Instant};

#[cfg(test)]
mod tests;

/// How long, and how often, a waiting helper asks.
///
/// ```
/// use std::time::Duration;
/// use talkspace_core::Patience;
///
/// let brief = Patience::default().at_most(Duration::from_secs(5));
/// assert_ne!(brief, Patience::default());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Patience {
    at_most: Duration,
    first: Duration,
    longest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            at_most: Duration::from_secs(60),
            first: Duration::from_millis(200),
            longest: Duration::from_secs(2),
        }
    }
}

impl Patience {
    /// How long to wait in all. Default 60 s.
    pub const fn at_most(mut self, at_most: Duration) -> Self {
        self.at_most = at_most;
        self
    }

    /// The pause after the first question, and the longest one: pauses grow by
    /// half. Default 200 ms and 2 s.
    pub const fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.first = first;
        self.longest = longest;
        self
    }

    /// Begins to wait.
    pub(crate) fn begin(self, now: Instant) -> Pauses {
        Pauses {
            until: now.checked_add(self.at_most),
            next: self.first.min(self.longest),
            longest: self.longest,
        }
    }
}

/// The pauses of one wait.
#[derive(Debug)]
pub(crate) struct Pauses {
    until: Option<Instant>,
    next: Duration,
    longest: Duration,
}

impl Pauses {
    /// The next pause, or `None` when patience ends before it would.
    pub(crate) fn next(&mut self, now: Instant) -> Option<Duration> {
        let pause = self.next;
        self.next = pause.saturating_mul(3).min(self.longest.saturating_mul(2)) / 2;
        match (self.until, now.checked_add(pause)) {
            (None, _) => Some(pause),
            (Some(until), Some(then)) if then <= until => Some(pause),
            _ => None,
        }
    }
}
