//! What may end an exchange early: its limits and its token.

use std::time::{Duration, Instant};

use talkspace_core::transport::TransportError;
use talkspace_core::{CancelToken, Delivery, FailureKind, Limits, Phase};

/// The longest single wait. A cancellation shuts the socket down and so wakes its
/// reader; where a system does not do that, this bounds the delay. It would hide
/// from a test that no thread was woken.
const LONGEST_WAIT: Duration = if cfg!(all(test, unix)) {
    Duration::from_secs(600)
} else {
    Duration::from_millis(500)
};

/// The limits and the token of one exchange.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    pub(crate) limits: Limits,
    pub(crate) cancel: CancelToken,
}

impl Watch {
    /// How long the next step may wait, in a silence that began at `since` and
    /// may last `limit`. Never zero: a socket takes zero for "no limit".
    ///
    /// # Errors
    ///
    /// As [`time_left`](Self::time_left).
    pub(crate) fn step_timeout(
        &self,
        phase: Phase,
        since: Instant,
        limit: Duration,
    ) -> Result<Duration, TransportError> {
        Ok(self.time_left(phase, since, limit)?.min(LONGEST_WAIT))
    }

    /// What is left of `limit`, begun at `since`, and of the deadline. Never zero.
    ///
    /// # Errors
    ///
    /// A timeout in `phase` when nothing is left, or a cancellation. Either is
    /// reported as [`Delivery::MaybeSent`], whatever the phase.
    pub(crate) fn time_left(
        &self,
        phase: Phase,
        since: Instant,
        limit: Duration,
    ) -> Result<Duration, TransportError> {
        self.check_cancel()?;
        let now = Instant::now();
        let mut left = limit.saturating_sub(now.saturating_duration_since(since));
        if let Some(remaining) = self.limits.remaining(now) {
            left = left.min(remaining);
        }
        match left.is_zero() {
            true => Err(timed_out(phase)),
            false => Ok(left),
        }
    }

    /// Whether the exchange may go on at all.
    ///
    /// # Errors
    ///
    /// As [`time_left`](Self::time_left), of the deadline alone.
    pub(crate) fn check(&self, phase: Phase, now: Instant) -> Result<(), TransportError> {
        self.check_cancel()?;
        match self.limits.deadline {
            Some(deadline) if deadline <= now => Err(timed_out(phase)),
            _ => Ok(()),
        }
    }

    /// # Errors
    ///
    /// [`FailureKind::Cancelled`], as [`Delivery::MaybeSent`].
    pub(crate) fn check_cancel(&self) -> Result<(), TransportError> {
        if self.cancel.is_cancelled() {
            return Err(cancelled());
        }
        Ok(())
    }

    /// Gives a cancellation precedence over what it caused: to a reader, a socket
    /// that was shut down looks like one that the peer closed.
    pub(crate) fn explain(&self, error: TransportError) -> TransportError {
        if self.cancel.is_cancelled() {
            return cancelled().with_delivery(error.delivery());
        }
        error
    }
}

fn timed_out(phase: Phase) -> TransportError {
    TransportError::timeout(phase).with_delivery(Delivery::MaybeSent)
}

fn cancelled() -> TransportError {
    TransportError::new(FailureKind::Cancelled, Delivery::MaybeSent)
}
