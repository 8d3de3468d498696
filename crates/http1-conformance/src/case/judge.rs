//! How the time of an exchange is measured and judged.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::evidence::Evidence;
use super::expected_outcome::Outcome;
use super::pace::{Pace, TimeLimit};
use crate::machine::Machine;

/// The pace of a case, and the machine that it runs on.
pub(super) struct Judge {
    pub(super) pace: Pace,
    pub(super) machine: Arc<Machine>,
    pub(super) evidence: Evidence,
}

impl Judge {
    /// Completes the outcome of an exchange, and records it.
    pub(super) fn finish(&self, exchange: usize, start: Instant, outcome: &mut Outcome) {
        outcome.took = start.elapsed();
        outcome.waited = outcome.took;
        outcome.lateness = self.machine.lateness(start);
        outcome.pace = self.pace;
        self.evidence.end(exchange, outcome);
    }

    /// When it is too late for what began at `since`, on this machine.
    pub(super) fn latest(&self, limit: &TimeLimit, since: Instant) -> Duration {
        limit.latest(self.pace, self.machine.lateness(since))
    }

    /// Notes whether the machine was too late for `limit` to be judged.
    pub(super) fn note_bluntness(&self, limit: &TimeLimit, lateness: Duration) {
        self.evidence.lock().blunt |= limit.is_blunt(self.pace, lateness);
    }
}
