//! One logical call: its attempts, waits and limits, as a pure state machine.
//!
//! Time is passed in and outcomes are handed over, so both drivers, and any
//! test, run the very same rules.
//!
//! ```text
//!             next                       received
//!   Ready ───────────▶ Exchanging ───────────────────▶ Done
//!     ▲                     │ worth a retry
//!     │        next         ▼
//!     └───────────────── Waiting
//! ```

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::codec::{Operation, RawResponse, Redactor, ResponseError, Target, is_coded};
use crate::error::{Error, Facts, ResponseContext};
use crate::operation::Effect;
use crate::send::options::RequestOptions;
use crate::send::response::Response;
use crate::send::retry::{Backoff, Outcome, RetryBudget, Verdict, decide, retry_after};
use crate::send::sink::Sink;
use crate::transport::{Delivery, Exchange, FailureKind, Phase, TransportError};

#[cfg(test)]
mod tests;

/// The longest wait that a service may ask for where no deadline bounds it.
/// Otherwise it could hold a call for ever.
const MAX_ASKED: Duration = Duration::from_secs(60);

/// What the driver of a [`Attempts`] does next.
#[expect(
    clippy::large_enum_variant,
    reason = "it lives for one step; a box would cost every call an allocation"
)]
#[derive(Debug)]
pub enum Step<T> {
    /// Make this exchange and hand its outcome to [`Attempts::received`].
    Exchange(Exchange),
    /// Wait this long.
    Wait(Duration),
    /// The call is over.
    Done(T),
}

/// One logical call of an operation.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Instant;
/// use talkspace_core::{AppKey, BaseUrl, GetVersion, RequestOptions};
/// use talkspace_core::codec::Target;
/// use talkspace_core::unversioned::{Attempts, RetryBudget, Step};
///
/// let base = BaseUrl::parse("https://sandbox.example")?;
/// let target = Arc::new(Target::new(base, AppKey::new("key")));
/// let now = Instant::now();
/// let (options, budget) = (RequestOptions::default(), RetryBudget::new());
/// let mut attempts = Attempts::new(GetVersion::new(), target, options, budget, now, 7);
///
/// let Step::Exchange(exchange) = attempts.next(now) else { unreachable!() };
/// assert_eq!(exchange.request().uri(), "https://sandbox.example/api/rest/version");
///
/// attempts.received(now, Ok(http::Response::new("01.02.06".into())));
/// let Step::Done(Ok(response)) = attempts.next(now) else { unreachable!() };
/// assert_eq!(response.body.version.as_str(), "01.02.06");
/// # Ok::<(), talkspace_core::InvalidBaseUrl>(())
/// ```
#[derive(Debug)]
pub struct Attempts<O: Operation> {
    operation: O,
    target: Arc<Target>,
    options: RequestOptions,
    budget: RetryBudget,
    backoff: Backoff,
    deadline: Option<Instant>,
    attempts: u32,
    /// An attempt that failed may have been applied.
    uncertain: bool,
    /// An attempt was refused: it arrived, and was not applied.
    refused: bool,
    state: State<O::Response>,
}

#[derive(Debug)]
enum State<R> {
    Ready,
    Exchanging,
    Waiting(Duration),
    Done(Result<Response<R>, Error>),
    Over,
}

impl<O: Operation> Attempts<O> {
    /// A call of `operation` that begins `now`; `seed` decides its waits.
    pub fn new(
        operation: O,
        target: Arc<Target>,
        options: RequestOptions,
        budget: RetryBudget,
        now: Instant,
        seed: u64,
    ) -> Self {
        Self {
            operation,
            target,
            backoff: Backoff::new(options.first_backoff, options.max_backoff, seed),
            // A total beyond what the clock can say is no limit.
            deadline: options.timeout.and_then(|total| now.checked_add(total)),
            options,
            budget,
            attempts: 0,
            uncertain: false,
            refused: false,
            state: State::Ready,
        }
    }

    /// What to do now.
    ///
    /// After [`Step::Exchange`] the outcome must be handed over first; a driver
    /// that asks again without one gets the error of an exchange without end.
    /// After [`Step::Done`] there is nothing more, and the same is said again.
    pub fn next(&mut self, now: Instant) -> Step<Result<Response<O::Response>, Error>> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Ready => self.attempt(now),
            State::Waiting(wait) => {
                self.state = State::Ready;
                Step::Wait(wait)
            }
            State::Done(result) => Step::Done(result),
            State::Exchanging | State::Over => {
                let error = TransportError::new(FailureKind::Other, Delivery::MaybeSent);
                Step::Done(Err(self.failed(now, error, false)))
            }
        }
    }

    fn attempt(&mut self, now: Instant) -> Step<Result<Response<O::Response>, Error>> {
        let request = match self.operation.encode(&self.target) {
            Ok(request) => request,
            Err(invalid) => {
                let facts = self.facts(Delivery::NotSent, false);
                return Step::Done(Err(Error::invalid(facts, invalid)));
            }
        };
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            let error = TransportError::timeout(Phase::Connect);
            return Step::Done(Err(self.failed(now, error, true)));
        }
        if self.attempts == 0 {
            self.budget.deposit();
        }
        self.attempts += 1;
        self.state = State::Exchanging;
        let mut limits = self.options.limits;
        limits.deadline = self.deadline;
        Step::Exchange(Exchange::new(request, limits).of(O::INFO, self.attempts))
    }

    /// Takes the outcome of the exchange that [`next`](Self::next) asked for.
    ///
    /// An answer that comes after the deadline still counts: it tells the
    /// truth about what the service did. Without a pending exchange, the
    /// outcome is dropped.
    pub fn received(
        &mut self,
        now: Instant,
        outcome: Result<http::Response<Bytes>, TransportError>,
    ) {
        if !matches!(self.state, State::Exchanging) {
            return;
        }
        self.state = match outcome {
            Ok(response) => self.answered(now, response),
            Err(error) => self.not_answered(now, error),
        };
    }

    /// The same for a driver that lets the content go elsewhere: once some of
    /// it has, a failure is final, since there is no way to take it back.
    pub(crate) fn concluded(
        &mut self,
        now: Instant,
        outcome: Result<http::Response<Bytes>, TransportError>,
        sink: &Sink<'_>,
    ) {
        match outcome {
            Err(error) if sink.written() > 0 => {
                let retryable = self.is_worth_a_retry(Outcome::of_transport(&error));
                self.state = State::Done(Err(self.failed(now, error, retryable)));
            }
            outcome => self.received(now, outcome),
        }
    }

    fn answered(&mut self, now: Instant, response: http::Response<Bytes>) -> State<O::Response> {
        let (head, mut bytes) = response.into_parts();
        let coded = is_coded(head.status, &head.headers);
        if coded {
            bytes.clear();
        }
        let redactor = self.redactor();
        let mut answer = RawResponse::new(head.status, &bytes).redacted_by(&redactor);
        if self.uncertain {
            answer = answer.accepting(O::INFO.already);
        }
        let decoded = match coded && head.status.is_success() {
            true => Err(answer.coded()),
            false => self.operation.decode(&answer),
        };
        let rejection = match decoded {
            Ok(body) => {
                return State::Done(Ok(Response {
                    body,
                    headers: head.headers,
                    attempts: self.attempts,
                }));
            }
            Err(rejection) => rejection,
        };
        let (outcome, delivery) = match &rejection {
            ResponseError::Status { status, .. } => {
                let outcome = Outcome::of_refusal(*status);
                match outcome.is_uncertain() {
                    true => (outcome, Delivery::MaybeSent),
                    false => (outcome, Delivery::Responded),
                }
            }
            ResponseError::Decode { .. } => (Outcome::Final, Delivery::MaybeSent),
        };
        let asked = retry_after(&head.headers);
        if let Some(wait) = self.wait_before_retry(now, outcome, asked) {
            return State::Waiting(wait);
        }
        let context = ResponseContext {
            // What would have been a grant may be in there, wherever it is, and
            // whatever the status says.
            body: if O::INFO.secret_response { &[] } else { &bytes },
            retry_after: asked,
            request_id: head
                .headers
                .get("x-request-id")
                .and_then(|id| id.to_str().ok())
                .map(str::to_owned),
        };
        let facts = self.facts(delivery, self.is_worth_a_retry(outcome));
        let error = Error::response(facts, rejection, context, &self.redactor());
        State::Done(Err(error))
    }

    /// What keeps the key and the request's secrets out of what the service says.
    fn redactor(&self) -> Redactor<'_> {
        self.target.redactor(&self.operation.secrets())
    }

    fn not_answered(&mut self, now: Instant, error: TransportError) -> State<O::Response> {
        let outcome = Outcome::of_transport(&error);
        if let Some(wait) = self.wait_before_retry(now, outcome, None) {
            return State::Waiting(wait);
        }
        let retryable = self.is_worth_a_retry(outcome);
        State::Done(Err(self.failed(now, error, retryable)))
    }

    /// How long to wait before a retry, or `None` if there is to be none.
    fn wait_before_retry(
        &mut self,
        now: Instant,
        outcome: Outcome,
        asked: Option<Duration>,
    ) -> Option<Duration> {
        if !self.is_worth_a_retry(outcome) || self.attempts > self.options.max_retries {
            return None;
        }
        let asked = asked.unwrap_or_default();
        let wait = self.backoff.draw().max(asked);
        // A wait that would cross the deadline is not begun: the error is known now.
        let fits = match self.deadline {
            None => asked <= MAX_ASKED,
            Some(deadline) => now.checked_add(wait).is_some_and(|then| then < deadline),
        };
        if !fits || !self.budget.withdraw(now) {
            return None;
        }
        self.uncertain |= outcome.is_uncertain();
        self.refused |= outcome == Outcome::RefusedNow;
        Some(wait)
    }

    fn is_worth_a_retry(&self, outcome: Outcome) -> bool {
        let effect = self.options.effect.unwrap_or(O::INFO.effect);
        decide(effect, outcome, self.options.retry_unavailable) == Verdict::Retry
    }

    fn failed(&self, now: Instant, error: TransportError, retryable: bool) -> Error {
        let mut facts = self.facts(error.delivery(), retryable);
        facts.is_late = self.deadline.is_some_and(|deadline| deadline <= now);
        Error::transport(facts, error)
    }

    /// What is known of the call. An earlier attempt that arrived, and may
    /// even have been applied, is not forgotten, however the last one ended.
    fn facts(&self, delivery: Delivery, retryable: bool) -> Facts {
        let effect = O::INFO.effect;
        let delivery = match delivery {
            Delivery::NotSent if self.uncertain => Delivery::MaybeSent,
            Delivery::NotSent if self.refused => Delivery::Responded,
            Delivery::Responded if self.uncertain && effect != Effect::Reads => Delivery::MaybeSent,
            delivery => delivery,
        };
        Facts {
            operation: O::INFO,
            is_late: false,
            delivery,
            attempts: self.attempts,
            retryable,
        }
    }
}
