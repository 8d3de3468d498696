//! How long to wait: full jitter, so that many clients do not come back at once.

use std::time::Duration;

use fastrand::Rng;

/// Draws the backoff of one request.
#[derive(Debug)]
pub(crate) struct Backoff {
    rng: Rng,
    ceiling: Duration,
    max: Duration,
}

impl Backoff {
    pub(crate) fn new(first: Duration, max: Duration, seed: u64) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            ceiling: first.min(max),
            max,
        }
    }

    /// A wait between zero and the ceiling, which then doubles.
    pub(crate) fn draw(&mut self) -> Duration {
        let drawn = self.ceiling.mul_f64(self.rng.f64());
        self.ceiling = self.ceiling.saturating_mul(2).min(self.max);
        drawn
    }
}
