//! Polling, since the service sends no events: overall timeout and backoff.

use std::time::{Duration, Instant};

#[cfg(test)]
mod tests;

/// How long, and how often, a client polls.
///
/// ```
/// use std::time::Duration;
/// use talkspace_core::PollOptions;
///
/// let brief = PollOptions::default().timeout(Duration::from_secs(5));
/// assert_eq!(brief.max_backoff, PollOptions::default().max_backoff);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct PollOptions {
    /// How long to poll in all. Default 60 s.
    pub timeout: Duration,
    /// The pause after the first poll. Default 200 ms.
    pub first_backoff: Duration,
    /// The longest pause; pauses grow by half. Default 2 s.
    pub max_backoff: Duration,
}

impl Default for PollOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(60),
            first_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(2),
        }
    }
}

impl PollOptions {
    /// How long to poll in all. Default 60 s.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The pause after the first poll, and the longest one: pauses grow by half.
    /// Default 200 ms and 2 s.
    pub const fn backoff(mut self, first: Duration, max: Duration) -> Self {
        self.first_backoff = first;
        self.max_backoff = max;
        self
    }

    /// Begins to poll.
    pub(crate) fn begin(self, now: Instant) -> Pauses {
        Pauses {
            until: now.checked_add(self.timeout),
            next: self.first_backoff.min(self.max_backoff),
            longest: self.max_backoff,
        }
    }
}

/// The pauses between polls.
#[derive(Debug)]
pub(crate) struct Pauses {
    until: Option<Instant>,
    next: Duration,
    longest: Duration,
}

impl Pauses {
    /// The next pause, or `None` when the timeout comes before its end.
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
