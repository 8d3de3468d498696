//! How long requests took.

use std::time::Duration;

/// One duration for each request.
#[derive(Debug)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn with_capacity(requests: u32) -> Self {
        Self(Vec::with_capacity(
            usize::try_from(requests).unwrap_or_default(),
        ))
    }

    pub(crate) fn push(&mut self, one: Duration) {
        self.0.push(one);
    }

    pub(crate) fn total(&self) -> Duration {
        self.0.iter().sum()
    }

    /// The smallest durations that so many per cent of the requests did not exceed.
    pub(crate) fn percentiles<const N: usize>(
        &mut self,
        percents: [usize; N],
    ) -> Option<[Duration; N]> {
        self.0.sort_unstable();
        let last = self.0.len().checked_sub(1)?;
        let mut found = [Duration::ZERO; N];
        for (found, percent) in found.iter_mut().zip(percents) {
            let rank = (self.0.len() * percent).div_ceil(100);
            *found = *self.0.get(rank.saturating_sub(1).min(last))?;
        }
        Some(found)
    }
}
