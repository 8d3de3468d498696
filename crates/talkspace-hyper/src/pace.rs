//! Whether the bodies of an exchange move as fast as they must.

use std::net::SocketAddr;
use std::time::Duration;

use talkspace_core::transport::Rate;
use talkspace_net::backlog;
use talkspace_net::rate::Windows;
use tokio::time::Instant;

use crate::meter::Progress;

/// The least rate of an exchange.
///
/// Bytes that move wake nobody here, so it is looked at a few times in a window.
pub(crate) struct Pace {
    windows: Windows,
    ends: Option<(SocketAddr, SocketAddr)>,
    /// The request is large enough to be measured.
    is_large: bool,
    begun: Instant,
    /// How long the reader of the response has waited, and what it got.
    waited: Duration,
    read: u64,
    is_reading: bool,
    look_at: Instant,
}

impl Pace {
    /// Begins with an exchange on the connection between the local and the remote
    /// end, whose request is large or not. It has a box, since few have a rate.
    pub(crate) fn begin(
        ends: Option<(SocketAddr, SocketAddr)>,
        rate: Rate,
        is_large: bool,
    ) -> Box<Self> {
        let now = Instant::now();
        Box::new(Self {
            windows: Windows::new(Some(rate)),
            ends,
            is_large,
            begun: now,
            waited: Duration::ZERO,
            read: 0,
            is_reading: false,
            look_at: now,
        })
    }

    /// How often to look, if there is a rate to keep.
    pub(crate) fn interval(&self) -> Option<Duration> {
        self.windows.interval()
    }

    /// The reader of the response, which has waited since `waiting`, got so much.
    pub(crate) fn has_read(&mut self, waiting: Option<Instant>, now: Instant, length: u64) {
        self.read += length;
        if let Some(waiting) = waiting {
            self.waited += now.saturating_duration_since(waiting);
        }
    }

    /// How long the request may go out before the next look; zero if it does so
    /// too slowly.
    pub(crate) fn left_to_send(&mut self, progress: &Progress, now: Instant) -> Duration {
        if !self.is_large || progress.source_since.is_some() {
            return Duration::MAX;
        }
        let time = now.saturating_duration_since(self.begun);
        let time = time.saturating_sub(progress.source_took);
        self.left(progress, now, time)
    }

    /// The same for a reader that has waited since `waiting`.
    pub(crate) fn left_to_read(
        &mut self,
        progress: &Progress,
        now: Instant,
        waiting: Instant,
    ) -> Duration {
        if !self.is_reading {
            self.is_reading = true;
            self.windows = self.windows.anew();
            self.look_at = now;
        }
        if progress.source_since.is_some() {
            return Duration::MAX;
        }
        let time = self.waited + now.saturating_duration_since(waiting);
        self.left(progress, now, time)
    }

    fn left(&mut self, progress: &Progress, now: Instant, time: Duration) -> Duration {
        let Some(interval) = self.interval() else {
            return Duration::MAX;
        };
        if now < self.look_at {
            return self.look_at - now;
        }
        let taken = match self.is_large {
            true => {
                let left = backlog::unacknowledged(self.ends).unwrap_or(0);
                progress.written.saturating_sub(left.into())
            }
            false => 0,
        };
        let left = self.windows.left(time, taken + self.read);
        let next = left.min(interval);
        self.look_at = now + next;
        next
    }
}
