//! The limits of an exchange, and the timer that keeps them.

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use talkspace_core::transport::TransportError;
use talkspace_core::{FailureKind, Limits, Phase};
use talkspace_net::backlog::SMALL;
use talkspace_net::pool::FOREVER;
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::error::{closed, too_large};
use crate::meter::{Meter, Progress};
use crate::pace::Pace;
use crate::runtime::{Timer, timed_out};
use crate::silence::Silence;

/// The moment `limit` after `from`, or the end of time.
pub(crate) fn later(from: Instant, limit: Duration) -> Instant {
    from + limit.min(FOREVER)
}

/// The deadline, if there is one.
pub(crate) fn deadline(limits: &Limits) -> Option<Instant> {
    limits.deadline.map(Instant::from_std)
}

/// Ends an exchange whose limits have passed.
///
/// A connection has one for all its exchanges, so that the timer is not made for
/// each. It may fire for one that is over, and is set again then.
pub(crate) struct Watch {
    meter: Arc<Meter>,
    deadline: Option<Instant>,
    response_timeout: Duration,
    read_timeout: Duration,
    silence: Silence,
    /// If a least rate is set.
    pace: Option<Box<Pace>>,
    timer: Timer,
    /// Since when the reader of the body has been waiting.
    waiting: Option<Instant>,
}

impl Watch {
    /// For a connection between the local and the remote end, driven by `home`.
    /// To be called there.
    pub(crate) fn new(
        meter: Arc<Meter>,
        limits: &Limits,
        home: Handle,
        ends: Option<(SocketAddr, SocketAddr)>,
    ) -> Self {
        let now = Instant::now();
        Self {
            meter,
            deadline: deadline(limits),
            response_timeout: limits.response_timeout,
            read_timeout: limits.read_timeout,
            silence: Silence::new(ends, now),
            pace: None,
            timer: Timer::new(home, later(now, limits.read_timeout)),
            waiting: None,
        }
    }

    /// Starts to watch a new exchange whose request has a body of `length`.
    pub(crate) fn begin(&mut self, limits: &Limits, length: u64) {
        self.deadline = deadline(limits);
        self.response_timeout = limits.response_timeout;
        self.read_timeout = limits.read_timeout;
        self.waiting = None;
        let is_large = length > SMALL;
        self.silence.begin(is_large);
        let begin = |rate| Pace::begin(self.silence.ends(), rate, is_large);
        self.pace = limits.min_rate.map(begin);
    }

    /// Runs `step` up to the head of the response.
    pub(crate) fn within<T>(
        &mut self,
        mut step: Pin<&mut impl Future<Output = T>>,
    ) -> impl Future<Output = Result<T, TransportError>> {
        poll_fn(move |cx| {
            let now = Instant::now();
            // Progress comes before the step: if the head was too long then,
            // and the step is still not done, no response was found in it.
            let progress = self.meter.watch(cx);
            if !self.is_late(now) {
                if let Poll::Ready(done) = step.as_mut().poll(cx) {
                    return Poll::Ready(Ok(done));
                }
            }
            let since = self.silence.since(&progress, now, self.interval());
            let (phase, due) = match progress.sent {
                _ if progress.read => (Phase::Head, later(since, self.read_timeout)),
                false if progress.source_since.is_some() => (Phase::Send, later(now, FOREVER)),
                false => (Phase::Send, later(since, self.read_timeout)),
                // It is with the system, but not with the peer.
                true if self.silence.is_backlogged() => {
                    (Phase::Send, later(since, self.read_timeout))
                }
                true => (Phase::Head, later(since, self.response_timeout)),
            };
            self.check_deadline(now, phase)?;
            // The engine responds before it ends. A request that it was handed in
            // the very moment of its end is in a channel that no task empties.
            if progress.ended {
                return Poll::Ready(Err(closed(&self.meter)));
            }
            if progress.head_full {
                let error = too_large("the head of the response is longer than the limit");
                return Poll::Ready(Err(error));
            }
            let look = match (phase, &mut self.pace) {
                (Phase::Send, Some(pace)) => pace.left_to_send(&progress, now),
                _ => Duration::MAX,
            };
            self.poll_due(cx, now, due, look, phase).map(Err)
        })
    }

    /// Fails once the deadline has passed, however much there is to read.
    pub(crate) fn check_deadline(&self, now: Instant, phase: Phase) -> Result<(), TransportError> {
        match self.is_late(now) {
            true => Err(self.timed_out(phase)),
            false => Ok(()),
        }
    }

    fn is_late(&self, now: Instant) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= now)
    }

    /// The reader got so much: its silence begins anew when it waits again.
    pub(crate) fn has_read(&mut self, now: Instant, length: u64) {
        let waiting = self.waiting.take();
        if let Some(pace) = &mut self.pace {
            pace.has_read(waiting, now, length);
        }
    }

    /// Ready when a reader that has to wait has waited too long.
    pub(crate) fn poll_silence(
        &mut self,
        cx: &mut Context<'_>,
        now: Instant,
    ) -> Poll<TransportError> {
        let waiting = *self.waiting.get_or_insert(now);
        let progress = self.meter.watch(cx);
        self.poll_progress(cx, now, &progress, waiting, Phase::Body)
    }

    /// Ready when the rest of the request is out, or when the peer takes no more.
    pub(crate) fn poll_sent(
        &mut self,
        cx: &mut Context<'_>,
        now: Instant,
    ) -> Poll<Result<Progress, TransportError>> {
        let progress = self.meter.watch_sending(cx);
        if !progress.is_sending() {
            return Poll::Ready(match self.meter.take_body_failure() {
                Some(failure) => Err(failure.with_delivery(self.meter.seal())),
                None => Ok(progress),
            });
        }
        let waiting = *self.waiting.get_or_insert(now);
        self.poll_progress(cx, now, &progress, waiting, Phase::Send)
            .map(Err)
    }

    fn poll_progress(
        &mut self,
        cx: &mut Context<'_>,
        now: Instant,
        progress: &Progress,
        waiting: Instant,
        phase: Phase,
    ) -> Poll<TransportError> {
        let since = self.silence.since(progress, now, self.interval());
        let due = match progress.source_since {
            Some(_) => later(now, FOREVER),
            None => later(since.max(waiting), self.read_timeout),
        };
        let look = match &mut self.pace {
            Some(pace) => pace.left_to_read(progress, now, waiting),
            None => Duration::MAX,
        };
        self.poll_due(cx, now, due, look, phase)
    }

    /// How often to ask for what the peer has yet to acknowledge: often enough
    /// that no limit passes unseen.
    fn interval(&self) -> Duration {
        self.response_timeout.min(self.read_timeout).min(FOREVER) / 4
    }

    fn timed_out(&self, phase: Phase) -> TransportError {
        timed_out(TransportError::timeout(phase).with_delivery(self.meter.seal()))
    }

    /// Ready when `due` or the deadline has come, or when nothing is left up to the
    /// next `look` at the rate; else the task is woken before
    /// any limit can be over. Bytes move and phases end without waking anybody,
    /// which only moves `due` to a limit's length from then. So the timer fires
    /// within the shortest limit from now, and the state is checked again.
    fn poll_due(
        &mut self,
        cx: &mut Context<'_>,
        now: Instant,
        due: Instant,
        look: Duration,
        phase: Phase,
    ) -> Poll<TransportError> {
        let due = self.deadline.map_or(due, |deadline| deadline.min(due));
        if now >= due {
            return Poll::Ready(self.timed_out(phase));
        }
        if look.is_zero() {
            let error = TransportError::too_slow(phase).with_delivery(self.meter.seal());
            return Poll::Ready(timed_out(error));
        }
        let soon = match self.silence.is_backlogged() {
            true => self.interval(),
            false => self.response_timeout.min(self.read_timeout),
        };
        let soon = self
            .pace
            .as_ref()
            .and_then(|pace| pace.interval())
            .map_or(soon, |interval| interval.min(soon));
        let due_first = due.min(later(now, soon.min(look)));
        if let Err(error) = self.timer.set(cx, due_first) {
            let failure = TransportError::new(FailureKind::Other, self.meter.seal());
            return Poll::Ready(failure.with_source(error));
        }
        Poll::Pending
    }
}
