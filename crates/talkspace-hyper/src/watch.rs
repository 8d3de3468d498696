//! The limits of an exchange, and the alarm that keeps them.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use talkspace_core::{Limits, Phase, TransportError};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::error::closed;
use crate::exchange::too_large;
use crate::meter::Meter;

/// Longer than any exchange, and short enough that no sum overflows.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// The moment `limit` after `from`, or the end of time.
pub(crate) fn later(from: Instant, limit: Duration) -> Instant {
    from + limit.min(FOREVER)
}

/// The deadline, or the end of time.
pub(crate) fn deadline(limits: &Limits) -> Instant {
    let end = later(Instant::now(), FOREVER);
    limits
        .deadline
        .map_or(end, |deadline| end.min(Instant::from_std(deadline)))
}

/// Ends an exchange whose limits have passed.
///
/// A connection has one for all its exchanges, so that the alarm is not made for
/// each. It may ring for one that is over, and is set again then.
pub(crate) struct Watch {
    meter: Arc<Meter>,
    deadline: Instant,
    first_byte: Duration,
    idle: Duration,
    alarm: Pin<Box<Sleep>>,
    /// Since when the reader of the body has been waiting.
    waiting: Option<Instant>,
}

impl Watch {
    pub(crate) fn new(meter: Arc<Meter>, limits: &Limits) -> Self {
        let deadline = deadline(limits);
        Self {
            meter,
            deadline,
            first_byte: limits.first_byte,
            idle: limits.idle,
            alarm: Box::pin(sleep_until(deadline)),
            waiting: None,
        }
    }

    /// Starts to watch a new exchange.
    pub(crate) fn begin(&mut self, limits: &Limits) {
        self.deadline = deadline(limits);
        self.first_byte = limits.first_byte;
        self.idle = limits.idle;
        self.waiting = None;
    }

    /// Runs `step` up to the head of the answer.
    pub(crate) async fn within<T>(
        &mut self,
        step: impl Future<Output = T>,
    ) -> Result<T, TransportError> {
        let mut step = pin!(step);
        poll_fn(|cx| {
            // Progress comes before the step: if the head was too long then,
            // and the step is still not done, no answer was found in it.
            let progress = self.meter.watch(cx);
            let (phase, due) = match progress.sent_at {
                _ if progress.read => (Phase::Head, later(progress.moved_at, self.idle)),
                Some(sent_at) => (Phase::Head, later(sent_at, self.first_byte)),
                None => (Phase::Send, later(progress.moved_at, self.idle)),
            };
            self.check_deadline(phase)?;
            if let Poll::Ready(done) = step.as_mut().poll(cx) {
                return Poll::Ready(Ok(done));
            }
            // The engine answers before it ends. A request that it was handed in
            // the very moment of its end is in a channel that nobody empties.
            if progress.ended {
                return Poll::Ready(Err(closed(self.meter.seal())));
            }
            if progress.head_full {
                let error = too_large("the head of the answer is longer than the limit");
                return Poll::Ready(Err(error));
            }
            self.poll_due(cx, due).map(|()| Err(self.timed_out(phase)))
        })
        .await
    }

    /// Fails once the deadline has passed, however much there is to read.
    pub(crate) fn check_deadline(&self, phase: Phase) -> Result<(), TransportError> {
        if Instant::now() < self.deadline {
            Ok(())
        } else {
            Err(self.timed_out(phase))
        }
    }

    /// The reader got something: its silence begins anew when it waits again.
    pub(crate) fn has_read(&mut self) {
        self.waiting = None;
    }

    /// Ready when a reader that has to wait has waited too long.
    pub(crate) fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<TransportError> {
        let waiting = *self.waiting.get_or_insert_with(Instant::now);
        let moved_at = self.meter.watch(cx).moved_at;
        ready!(self.poll_due(cx, later(moved_at.max(waiting), self.idle)));
        Poll::Ready(self.timed_out(Phase::Body))
    }

    fn timed_out(&self, phase: Phase) -> TransportError {
        TransportError::timeout(phase).with_delivery(self.meter.seal())
    }

    /// Ready when `due` or the deadline has come. `due` mostly moves away, so
    /// the alarm is set anew only when it must ring earlier, or has rung.
    fn poll_due(&mut self, cx: &mut Context<'_>, due: Instant) -> Poll<()> {
        let due = due.min(self.deadline);
        while Instant::now() < due {
            if self.alarm.deadline() > due || self.alarm.is_elapsed() {
                self.alarm.as_mut().reset(due);
            }
            ready!(self.alarm.as_mut().poll(cx));
        }
        Poll::Ready(())
    }
}
