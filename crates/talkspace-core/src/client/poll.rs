//! One polling, for both clients: what a poll may take, and when it all ends.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crate::client::poll_options::{Backoff, PollOptions};
use crate::error::{Error, ErrorKind, Polled};
use crate::operation::{Effect, OperationInfo};
use crate::send::RequestOptions;
use crate::transport::FailureKind;

/// A polling that is under way. `R` is the last response, of whichever operation.
pub(crate) struct Polling<R> {
    operation: &'static OperationInfo,
    request: RequestOptions,
    began: Instant,
    backoff: Backoff,
    polls: u32,
    last: Option<R>,
    failure: Option<Error>,
}

impl<R: Send + Sync + 'static> Polling<R> {
    /// Begins `now`; `request` is how the client sends.
    pub(crate) fn begin(
        operation: &'static OperationInfo,
        options: PollOptions,
        request: RequestOptions,
        now: Instant,
    ) -> Self {
        Self {
            operation,
            request,
            began: now,
            backoff: options.begin(now),
            polls: 0,
            last: None,
            failure: None,
        }
    }

    /// The options of the next poll.
    pub(crate) fn request_options(&self, now: Instant) -> RequestOptions {
        self.backoff.request_options(self.request, now)
    }

    /// Takes the outcome of a poll: the end, or how long to wait for the next.
    ///
    /// A failure that may be retried of an operation that only reads is no end:
    /// what is polled for has not come about *yet*.
    pub(crate) fn polled(
        &mut self,
        now: Instant,
        outcome: Result<R, Error>,
        predicate: impl Fn(&R) -> bool,
    ) -> ControlFlow<Result<R, Error>, Duration> {
        self.polls += 1;
        match outcome {
            Ok(response) if predicate(&response) => return ControlFlow::Break(Ok(response)),
            Ok(response) => {
                self.last = Some(response);
                self.failure = None;
            }
            Err(error) if is_not_yet(&error) => self.failure = Some(error),
            Err(error) => return ControlFlow::Break(Err(self.ended_by(error))),
        }
        match self.backoff.next(now) {
            Some(wait) => ControlFlow::Continue(wait),
            None => ControlFlow::Break(Err(self.timed_out(now))),
        }
    }

    /// An error that ends the polling, with what the polls before it sent.
    fn ended_by(&self, error: Error) -> Error {
        error.after_polls(self.polls - 1, self.last.is_some())
    }

    fn timed_out(&mut self, now: Instant) -> Error {
        let polled = Polled {
            waited: now.saturating_duration_since(self.began),
            last: self.last.take().map(|last| Box::new(last) as _),
            failure: self.failure.take(),
        };
        Error::poll_timeout(self.operation, self.polls, polled)
    }
}

/// Whether a poll that failed so may be followed by another.
pub(crate) fn is_not_yet(error: &Error) -> bool {
    error.effect() == Effect::Reads
        && error.is_retryable()
        && error.kind() != ErrorKind::Transport(FailureKind::Cancelled)
}
