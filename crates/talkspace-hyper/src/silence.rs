//! How long nothing moves, and what the system still has in hand meanwhile.

use std::net::SocketAddr;
use std::time::Duration;

use talkspace_net::backlog;
use tokio::time::Instant;

use crate::meter::Progress;

/// A time in which nothing moves, either way.
///
/// What the system has taken is not with the peer yet. Of a large request that
/// can be megabytes, which move for as long as the line needs, so the system is
/// polled for them as long as the silence lasts.
pub(crate) struct Silence {
    ends: Option<(SocketAddr, SocketAddr)>,
    /// The system may hold bytes that the peer has yet to acknowledge.
    is_backlogged: bool,
    /// How many they were when it was last polled, and when that was.
    left: Option<u32>,
    polled_at: Instant,
    /// When they were last seen to become fewer.
    taken_at: Instant,
}

impl Silence {
    /// On the connection between the local and the remote end.
    pub(crate) fn new(ends: Option<(SocketAddr, SocketAddr)>, now: Instant) -> Self {
        Self {
            ends,
            is_backlogged: false,
            left: None,
            polled_at: now,
            taken_at: now,
        }
    }

    /// The local and the remote end.
    pub(crate) fn ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.ends
    }

    /// Begins with an exchange whose request is large or not.
    pub(crate) fn begin(&mut self, is_large: bool) {
        self.is_backlogged = is_large;
        self.left = None;
    }

    /// Whether the request may still be on its way to the peer.
    pub(crate) fn is_backlogged(&self) -> bool {
        self.is_backlogged
    }

    /// When the peer last was seen to take or to send something, to be polled
    /// every `interval`.
    pub(crate) fn since(
        &mut self,
        progress: &Progress,
        now: Instant,
        interval: Duration,
    ) -> Instant {
        let moved_at = progress.moved_at;
        if self.is_backlogged && now >= self.polled_at.max(moved_at) + interval {
            self.poll(progress, now);
        }
        moved_at.max(self.taken_at)
    }

    fn poll(&mut self, progress: &Progress, now: Instant) {
        // More was written since.
        let before = self.left.filter(|_| progress.moved_at <= self.polled_at);
        self.polled_at = now;
        self.left = backlog::unacknowledged(self.ends);
        if backlog::is_less(before, self.left) {
            self.taken_at = now;
        }
        self.is_backlogged = match self.left {
            None => false,
            Some(0) => !progress.sent,
            Some(_) => true,
        };
    }
}
