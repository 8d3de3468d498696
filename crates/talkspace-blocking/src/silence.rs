//! How long nothing moves, and what the system still has in hand meanwhile.

use std::time::{Duration, Instant};

use talkspace_net::backlog;

use crate::watch::Watch;
use crate::wire::Wire;

/// A time in which nothing moves, either way.
///
/// What the system has taken is not with the peer yet. Of a large request that
/// can be megabytes, which move for as long as the line needs, so the system is
/// polled for them as long as the silence lasts.
pub(crate) struct Silence {
    since: Instant,
    is_large: bool,
    /// The system may hold bytes that the peer has yet to acknowledge.
    is_backlogged: bool,
    /// How many they were when it was last polled, and when that was.
    left: Option<u32>,
    polled_at: Instant,
}

impl Silence {
    /// One that begins with an exchange whose request is large or not.
    pub(crate) fn new(is_large: bool, now: Instant) -> Self {
        Self {
            since: now,
            is_large,
            is_backlogged: false,
            left: None,
            polled_at: now,
        }
    }

    pub(crate) fn since(&self) -> Instant {
        self.since
    }

    /// Whether the request may still be on its way to the peer.
    pub(crate) fn is_backlogged(&self) -> bool {
        self.is_backlogged
    }

    /// The system has bytes in hand.
    pub(crate) fn has_written(&mut self) {
        self.is_backlogged = self.is_large;
    }

    /// Something moved.
    pub(crate) fn end(&mut self, now: Instant) {
        self.since = now;
        self.left = None;
    }

    /// How long to wait, at most `wait`, before the next [`poll`](Self::poll).
    pub(crate) fn next_poll(&self, wait: Duration, watch: &Watch) -> Duration {
        if self.is_backlogged {
            wait.min(interval(watch))
        } else {
            wait
        }
    }

    /// Ends the silence if the peer has acknowledged bytes meanwhile.
    pub(crate) fn poll(&mut self, wire: &Wire, watch: &Watch) {
        if !self.is_backlogged || self.polled_at.max(self.since).elapsed() < interval(watch) {
            return;
        }
        let before = self.left;
        self.polled_at = Instant::now();
        self.left = backlog::unacknowledged(wire.ends());
        self.is_backlogged = self.left.is_some_and(|left| left > 0);
        if backlog::is_less(before, self.left) {
            self.since = self.polled_at;
        }
    }
}

/// Often enough that no limit passes unseen.
fn interval(watch: &Watch) -> Duration {
    watch.limits.response_timeout.min(watch.limits.read_timeout) / 4
}
