//! How far an exchange has come, and for how long it may stay there.
//!
//! reqwest does not tell. What it does with the body of the request does: it looks at
//! that when it has a connection and writes the head, and not before.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use talkspace_core::transport::{Delivery, Limits, Phase, TransportError};
use tokio::sync::Notify;
use tokio::time::timeout;

pub(crate) struct Progress {
    limits: Limits,
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    phase: Phase,
    since: Instant,
    /// The caller's own source is read, whose time is not the peer's.
    in_source: bool,
    /// Why that failed.
    error: Option<TransportError>,
}

impl Progress {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            state: Mutex::new(State {
                phase: Phase::Connect,
                since: Instant::now(),
                in_source: false,
                error: None,
            }),
            changed: Notify::new(),
        }
    }

    /// The engine goes on with `phase`, or goes on in it.
    pub(crate) fn moves(&self, phase: Phase) {
        let mut state = self.lock();
        (state.phase, state.since, state.in_source) = (phase, Instant::now(), false);
        drop(state);
        self.changed.notify_one();
    }

    pub(crate) fn reads_source(&self) {
        self.lock().in_source = true;
        self.changed.notify_one();
    }

    pub(crate) fn fails(&self, error: TransportError) {
        self.lock().error = Some(error);
    }

    pub(crate) fn take_error(&self) -> Option<TransportError> {
        self.lock().error.take()
    }

    /// Before the engine has looked at the body, no byte was written.
    pub(crate) fn delivery(&self) -> Delivery {
        match self.lock().phase {
            Phase::Connect => Delivery::NotSent,
            _ => Delivery::MaybeSent,
        }
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.lock().phase != Phase::Connect
    }

    /// What `future` gives, if no limit elapses before.
    pub(crate) async fn within<T>(
        &self,
        future: impl Future<Output = T>,
    ) -> Result<T, TransportError> {
        let mut future = pin!(future);
        loop {
            let left = self.left()?;
            let mut changed = pin!(self.changed.notified());
            let turn = poll_fn(|cx| match future.as_mut().poll(cx) {
                Poll::Ready(output) => Poll::Ready(Some(output)),
                Poll::Pending => changed.as_mut().poll(cx).map(|()| None),
            });
            if let Ok(Some(output)) = timeout(left, turn).await {
                return Ok(output);
            }
        }
    }

    fn left(&self) -> Result<Duration, TransportError> {
        let now = Instant::now();
        let state = self.lock();
        let limit = match state.phase {
            _ if state.in_source => Duration::MAX,
            Phase::Connect => self.limits.connect_timeout,
            Phase::Head => self.limits.response_timeout,
            _ => self.limits.read_timeout,
        };
        let in_phase = limit.saturating_sub(now.saturating_duration_since(state.since));
        let in_all = self.limits.remaining(now).unwrap_or(Duration::MAX);
        match in_phase.min(in_all) {
            Duration::ZERO => Err(TransportError::timeout(state.phase)),
            left => Ok(left),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
