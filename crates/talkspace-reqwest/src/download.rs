//! The body of a response on its way to the caller.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame};
use talkspace_core::transport::{FailureKind, Limits, Phase, TransportError};
use tokio::time::{Sleep, sleep};

use crate::error;

/// The body of a response, within its limits.
pub(crate) struct Download {
    body: reqwest::Body,
    limits: Limits,
    got: u64,
    /// Since when the reader waits for the peer.
    since: Option<Instant>,
    /// For how long, and for how many bytes, in this window of the least rate.
    waited: Duration,
    moved: u64,
    timer: Pin<Box<Sleep>>,
    over: bool,
}

impl Download {
    pub(crate) fn new(body: reqwest::Body, limits: Limits) -> Self {
        Self {
            body,
            limits,
            got: 0,
            since: None,
            waited: Duration::ZERO,
            moved: 0,
            timer: Box::pin(sleep(Duration::ZERO)),
            over: false,
        }
    }

    fn poll_within(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let least = self.body.size_hint().lower();
        if self.got.saturating_add(least) > self.limits.max_body_bytes {
            return Poll::Ready(Some(Err(TransportError::maybe_sent(FailureKind::TooLarge))));
        }
        loop {
            // Before the body: a peer that always has a byte must not pass the deadline.
            if self.limits.remaining(Instant::now()) == Some(Duration::ZERO) {
                return Poll::Ready(Some(Err(TransportError::timeout(Phase::Body))));
            }
            if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
                let frame = frame
                    .map(|frame| frame.map_err(|error| error::failure(error, Phase::Body, false)));
                return Poll::Ready(frame.map(|frame| self.count(frame?)));
            }
            let left = match self.left() {
                Ok(left) => left,
                Err(error) => return Poll::Ready(Some(Err(error))),
            };
            self.timer.set(sleep(left));
            ready!(self.timer.as_mut().poll(cx));
        }
    }

    fn count(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, TransportError> {
        let length = frame.data_ref().map_or(0, Bytes::len) as u64;
        self.got += length;
        self.moved += length;
        self.waited += self
            .since
            .take()
            .map_or(Duration::ZERO, |since| since.elapsed());
        let rate = self.limits.min_rate;
        if rate.is_none_or(|rate| self.moved >= rate.bytes) {
            (self.waited, self.moved) = (Duration::ZERO, 0);
        }
        match self.got > self.limits.max_body_bytes {
            true => Err(TransportError::maybe_sent(FailureKind::TooLarge)),
            false => Ok(frame),
        }
    }

    /// For how long the peer may be silent from now on.
    fn left(&mut self) -> Result<Duration, TransportError> {
        let now = Instant::now();
        let silent = now.saturating_duration_since(*self.since.get_or_insert(now));
        let rate = self.limits.min_rate.map(|rate| rate.per);
        let window = rate.map_or(Duration::MAX, |per| {
            per.saturating_sub(self.waited + silent)
        });
        if window.is_zero() {
            return Err(TransportError::too_slow(Phase::Body));
        }
        let silence = self.limits.read_timeout.saturating_sub(silent);
        let all = self.limits.remaining(now).unwrap_or(Duration::MAX);
        match silence.min(window).min(all) {
            Duration::ZERO => Err(TransportError::timeout(Phase::Body)),
            left => Ok(left),
        }
    }
}

impl HttpBody for Download {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let this = self.get_mut();
        if this.over {
            return Poll::Ready(None);
        }
        let frame = ready!(this.poll_within(cx));
        if !matches!(frame, Some(Ok(_))) {
            // Without the rest of it, the engine closes the connection.
            this.over = true;
            this.body = reqwest::Body::default();
        }
        Poll::Ready(frame)
    }
}
