//! Polling, since the service sends no events: overall timeout and backoff.

use std::time::{Duration, Instant};

use crate::send::RequestOptions;

#[cfg(test)]
mod tests;

/// How long, and how often, a client polls. How each poll is sent is said by the
/// [options](crate::Client::with_options) of the client; whatever they say, a poll
/// has no more time than is left of [`timeout`](Self::timeout).
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
    /// How long to poll in all, the polls themselves included. Default 60 s. Zero
    /// polls once.
    pub timeout: Duration,
    /// The backoff after the first poll. Default 200 ms.
    pub first_backoff: Duration,
    /// The longest backoff; it grows by half with every poll. Default 2 s.
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
    /// How long to poll in all, the polls themselves included. Default 60 s. Zero
    /// polls once.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The backoff after the first poll, and the longest one: it grows by half
    /// with every poll. Default 200 ms and 2 s.
    pub const fn backoff(mut self, first: Duration, max: Duration) -> Self {
        self.first_backoff = first;
        self.max_backoff = max;
        self
    }

    /// Begins to poll.
    pub(crate) fn begin(self, now: Instant) -> Backoff {
        Backoff {
            options: self,
            until: now.checked_add(self.timeout),
            next: self.first_backoff.min(self.max_backoff),
        }
    }
}

/// The waits between polls.
#[derive(Debug)]
pub(crate) struct Backoff {
    options: PollOptions,
    until: Option<Instant>,
    next: Duration,
}

impl Backoff {
    /// How the next poll is sent, where `request` is how the client sends. It has
    /// what is left of the timeout at most, unless that was zero from the start:
    /// then there is one poll, for which it says nothing.
    pub(crate) fn request_options(
        &self,
        mut request: RequestOptions,
        now: Instant,
    ) -> RequestOptions {
        if let Some(until) = self.until.filter(|_| !self.options.timeout.is_zero()) {
            let left = until.saturating_duration_since(now);
            request.timeout = Some(request.timeout.map_or(left, |timeout| timeout.min(left)));
        }
        request
    }

    /// The next wait, or `None` when the timeout elapses before its end.
    pub(crate) fn next(&mut self, now: Instant) -> Option<Duration> {
        let wait = self.next;
        self.next = wait
            .saturating_mul(3)
            .min(self.options.max_backoff.saturating_mul(2))
            / 2;
        match (self.until, now.checked_add(wait)) {
            (None, _) => Some(wait),
            (Some(until), Some(then)) if then <= until => Some(wait),
            _ => None,
        }
    }
}
