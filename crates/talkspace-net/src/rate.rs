//! The least rate at which a body moves.

use std::time::Duration;

use talkspace_core::transport::Rate;

#[cfg(test)]
mod tests;

/// One window after the other, in each of which enough bytes have to move.
#[derive(Clone, Copy, Debug)]
pub struct Windows {
    rate: Option<Rate>,
    /// When this one began, and what had moved by then.
    since: Duration,
    from: u64,
}

impl Windows {
    /// The first one begins with the exchange.
    #[must_use]
    pub const fn new(rate: Option<Rate>) -> Self {
        Self {
            rate,
            since: Duration::ZERO,
            from: 0,
        }
    }

    /// The first one of what comes next.
    #[must_use]
    pub const fn anew(self) -> Self {
        Self::new(self.rate)
    }

    /// How often to look, so that no window is much longer than it should be;
    /// `None` if there is no rate to keep.
    #[must_use]
    pub fn interval(&self) -> Option<Duration> {
        let least = Duration::from_millis(1);
        self.rate.map(|rate| (rate.per / 4).max(least))
    }

    /// What is left of the window after so much time in all, in which so many bytes
    /// have moved. Zero says that they moved too slowly.
    pub fn left(&mut self, time: Duration, moved: u64) -> Duration {
        let Some(rate) = self.rate else {
            return Duration::MAX;
        };
        if moved.saturating_sub(self.from) >= rate.bytes {
            (self.since, self.from) = (time, moved);
        }
        rate.per.saturating_sub(time.saturating_sub(self.since))
    }
}
