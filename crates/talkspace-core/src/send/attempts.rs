//! One request: its attempts, backoff and limits, as a pure state machine.
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

use crate::codec::{Operation, RawResponse, Redactor, ResponseError, Target, is_coded, responder};
use crate::error::{Error, Facts, ResponseContext};
use crate::observe::{Failure, GivenUp, Observed, RetryReason};
use crate::operation::Effect;
use crate::send::header_fields::HeaderFields;
use crate::send::options::RequestOptions;
use crate::send::response::Response;
use crate::send::retry::{Backoff, Outcome, RetryBudget, Verdict, decide, retry_after};
use crate::transport::{
    BodyStream, Delivery, Exchange, FailureKind, Phase, SpentBody, TransportError,
};

#[cfg(test)]
mod tests;

/// The longest `Retry-After` that is waited for where no deadline bounds it.
/// Otherwise a service could hold a request for ever.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

/// What the driver of [`Attempts`] does next.
#[expect(
    clippy::large_enum_variant,
    reason = "it lives for one step; a box would cost every request an allocation"
)]
#[derive(Debug)]
pub enum Step<T> {
    /// Make this exchange and hand its outcome to [`Attempts::received`].
    Exchange(Exchange),
    /// Wait this long.
    Wait(Duration),
    /// The request is over: this is its result.
    Done(T),
}

/// One request of an operation, with its attempts.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Instant;
/// use talkspace_core::{AppKey, BaseUrl, GetVersion, RequestOptions, RetryBudget};
/// use talkspace_core::codec::Target;
/// use talkspace_core::unversioned::{Attempts, Step};
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
    /// The service was unavailable to an attempt, which arrived but was not applied.
    unavailable: bool,
    /// What of the request can be sent once.
    stream: Option<BodyStream>,
    along: Along,
    state: State<O::Response>,
}

/// What goes along with a request that a client sends.
#[derive(Debug, Default)]
pub(crate) struct Along {
    pub(crate) header_fields: HeaderFields,
    pub(crate) observed: Option<Box<Observed>>,
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
    /// A request of `operation` that begins `now`; `seed` decides its backoff.
    pub fn new(
        operation: O,
        target: Arc<Target>,
        options: RequestOptions,
        budget: RetryBudget,
        now: Instant,
        seed: u64,
    ) -> Self {
        let along = Along::default();
        Self::with(operation, target, options, budget, now, seed, along)
    }

    /// Inlined, so that it is made where it stays, and not copied there.
    #[inline]
    pub(crate) fn with(
        operation: O,
        target: Arc<Target>,
        options: RequestOptions,
        budget: RetryBudget,
        now: Instant,
        seed: u64,
        along: Along,
    ) -> Self {
        let total = match O::INFO.transfers_file {
            true => options.transfer_timeout,
            false => options.timeout,
        };
        Self {
            operation,
            target,
            backoff: Backoff::new(options.first_backoff, options.max_backoff, seed),
            // A total beyond what the clock can say is no limit.
            deadline: total.and_then(|total| now.checked_add(total)),
            options,
            budget,
            attempts: 0,
            uncertain: false,
            unavailable: false,
            stream: None,
            along,
            state: State::Ready,
        }
    }

    /// What of the exchange that [`next`](Self::next) returned can be sent once.
    pub(crate) fn stream(&self) -> Option<&BodyStream> {
        self.stream.as_ref()
    }

    /// Is told what the driver alone sees: the head of a response.
    pub(crate) fn observer(&mut self) -> Option<&mut Observed> {
        self.along.observed.as_deref_mut()
    }

    /// What to do now.
    ///
    /// After [`Step::Exchange`] the outcome must be handed over first, and after
    /// [`Step::Done`] there is nothing more to do. A driver that goes on all the
    /// same gets the error of an exchange whose end is not known.
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
                Step::Done(Err(self.failed(now, error, GivenUp::Final)))
            }
        }
    }

    fn attempt(&mut self, now: Instant) -> Step<Result<Response<O::Response>, Error>> {
        let sendable = self.along.header_fields.check(O::INFO.id);
        let encoded = sendable.and_then(|()| self.operation.encode(&self.target));
        let mut request = match encoded {
            Ok(request) => request,
            Err(invalid) => {
                let facts = self.facts(Delivery::NotSent, None);
                let error = Error::invalid(facts, invalid);
                return Step::Done(Err(self.over(now, error)));
            }
        };
        if self.is_late(now) {
            let error = TransportError::timeout(Phase::Connect);
            return Step::Done(Err(self.failed(now, error, GivenUp::Deadline)));
        }
        self.stream = request.body().stream().cloned();
        if self.is_spent() {
            let error = TransportError::not_sent(FailureKind::BodySource).with_source(SpentBody);
            return Step::Done(Err(self.failed(now, error, GivenUp::Spent)));
        }
        if self.attempts == 0 {
            self.budget.deposit();
        }
        self.attempts += 1;
        self.state = State::Exchanging;
        self.along.header_fields.add_to(&mut request, &self.target);
        if let Some(observed) = &mut self.along.observed {
            observed.attempt_started(now, self.attempts, &mut request, &self.target);
        }
        let mut limits = self.options.limits;
        limits.deadline = self.deadline;
        Step::Exchange(Exchange::new(request, limits).of(O::INFO, self.attempts))
    }

    /// Takes the outcome of the exchange that [`next`](Self::next) returned.
    ///
    /// A response that comes after the deadline still counts: it tells the
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
            Ok(response) => self.responded(now, response),
            Err(error) => self.no_response(now, error),
        };
    }

    /// All of the response was put out of this client's hands, so that there is none
    /// left to decode.
    pub(crate) fn handed_over(&mut self, now: Instant) {
        self.state = State::Over;
        self.succeeded(now);
    }

    /// The exchange failed when some of its response was out of this client's
    /// hands: that is final, since there is no way to take it back.
    pub(crate) fn broke_off(&mut self, now: Instant, error: TransportError) -> Error {
        self.state = State::Over;
        self.exchange_failed(now, &error);
        let may_retry = self.may_retry(Outcome::of_transport(&error));
        let given_up = may_retry.err().unwrap_or(GivenUp::Written);
        self.failed(now, error, given_up)
    }

    fn responded(&mut self, now: Instant, response: http::Response<Bytes>) -> State<O::Response> {
        let (head, mut bytes) = response.into_parts();
        let coded = is_coded(head.status, &head.headers);
        if coded {
            bytes.clear();
        }
        let redactor = self.redactor();
        let mut raw = RawResponse::new(head.status, &bytes).redacted_by(&redactor);
        if self.uncertain {
            raw = raw.accepting(O::INFO.already);
        }
        let decoded = match coded && head.status.is_success() {
            true => Err(raw.coded()),
            false => self.operation.decode(&raw),
        };
        let failure = match decoded {
            Ok(body) => {
                self.succeeded(now);
                return State::Done(Ok(Response {
                    body,
                    headers: head.headers,
                    attempts: self.attempts,
                }));
            }
            Err(failure) => responder::explained(failure, &head),
        };
        let (outcome, delivery) = match &failure {
            ResponseError::Status { status, .. } => {
                let outcome = Outcome::of_status(*status);
                match outcome.is_uncertain() {
                    true => (outcome, Delivery::MaybeSent),
                    false => (outcome, Delivery::Responded),
                }
            }
            ResponseError::Decode { .. } => (Outcome::Final, Delivery::MaybeSent),
        };
        self.attempt_ended(now, Some(Failure::of_response(&failure)), delivery);
        let retry_after = retry_after(&head.headers);
        let given_up = match self.wait_before_retry(now, outcome, retry_after) {
            Ok(wait) if retry_after == Some(wait) => {
                return self.retry(now, wait, RetryReason::RetryAfter);
            }
            Ok(wait) => return self.retry(now, wait, RetryReason::Status),
            Err(given_up) => given_up,
        };
        let context = ResponseContext {
            // What would have been a grant may be in there, wherever it is, and
            // whatever the status says.
            body: if O::INFO.secret_response { &[] } else { &bytes },
            retry_after,
            request_id: head
                .headers
                .get("x-request-id")
                .and_then(|id| id.to_str().ok())
                .map(str::to_owned),
        };
        let facts = self.facts(delivery, Some(given_up));
        let error = Error::response(facts, failure, context, &self.redactor());
        State::Done(Err(self.over(now, error)))
    }

    /// Removes the key and the request's secrets from texts of the response.
    fn redactor(&self) -> Redactor<'_> {
        let mut secrets = self.operation.secrets();
        self.along.header_fields.add_secrets(&mut secrets);
        self.target.redactor(&secrets)
    }

    fn no_response(&mut self, now: Instant, error: TransportError) -> State<O::Response> {
        self.exchange_failed(now, &error);
        match self.wait_before_retry(now, Outcome::of_transport(&error), None) {
            Ok(wait) => self.retry(now, wait, RetryReason::Failure),
            Err(given_up) => State::Done(Err(self.failed(now, error, given_up))),
        }
    }

    fn exchange_failed(&mut self, now: Instant, error: &TransportError) {
        let is_late = self.is_late(now);
        if let Some(observed) = &mut self.along.observed {
            let failure = Failure::of_transport(error, is_late);
            observed.attempt_failed(now, failure, error.delivery(), error.reused());
        }
    }

    fn attempt_ended(&mut self, now: Instant, failure: Option<Failure>, delivery: Delivery) {
        if let Some(observed) = &mut self.along.observed {
            observed.attempt_ended(now, failure, delivery);
        }
    }

    fn succeeded(&mut self, now: Instant) {
        if let Some(observed) = &mut self.along.observed {
            observed.attempt_ended(now, None, Delivery::Responded);
            observed.finished(now, None);
        }
    }

    /// The request ends with this.
    fn over(&mut self, now: Instant, error: Error) -> Error {
        if let Some(observed) = &mut self.along.observed {
            observed.finished(now, Some(&error));
        }
        error
    }

    fn retry(&mut self, now: Instant, wait: Duration, reason: RetryReason) -> State<O::Response> {
        let delivery = self.facts(Delivery::NotSent, None).delivery;
        if let Some(observed) = &mut self.along.observed {
            observed.retrying(now, wait, reason, delivery);
        }
        State::Waiting(wait)
    }

    /// How long to wait before a retry, or why there is to be none.
    fn wait_before_retry(
        &mut self,
        now: Instant,
        outcome: Outcome,
        retry_after: Option<Duration>,
    ) -> Result<Duration, GivenUp> {
        self.may_retry(outcome)?;
        if self.attempts > self.options.max_retries {
            return Err(GivenUp::Count);
        }
        let retry_after = retry_after.unwrap_or_default();
        let wait = self.backoff.draw().max(retry_after);
        // A wait that would cross the deadline is not begun: the error is known now.
        let fits = match self.deadline {
            None => retry_after <= MAX_RETRY_AFTER,
            Some(deadline) => now.checked_add(wait).is_some_and(|then| then < deadline),
        };
        if !fits {
            return Err(GivenUp::Deadline);
        }
        if !self.budget.withdraw(now) {
            return Err(GivenUp::Budget);
        }
        self.uncertain |= outcome.is_uncertain();
        self.unavailable |= outcome == Outcome::Unavailable;
        Ok(wait)
    }

    /// Whether the operation allows a retry, however many were made.
    fn may_retry(&self, outcome: Outcome) -> Result<(), GivenUp> {
        let effect = self.options.effect.unwrap_or(O::INFO.effect);
        match decide(effect, outcome, self.options.retry_unavailable) {
            Verdict::Retry if self.is_spent() => Err(GivenUp::Spent),
            Verdict::Retry => Ok(()),
            Verdict::Stop if outcome == Outcome::Final => Err(GivenUp::Final),
            Verdict::Stop => Err(GivenUp::Effect),
        }
    }

    /// Whether the request cannot be sent again, whatever it would do.
    fn is_spent(&self) -> bool {
        self.stream.as_ref().is_some_and(BodyStream::is_spent)
    }

    fn failed(&mut self, now: Instant, error: TransportError, given_up: GivenUp) -> Error {
        let mut facts = self.facts(error.delivery(), Some(given_up));
        facts.is_late = self.is_late(now);
        self.over(now, Error::transport(facts, error))
    }

    fn is_late(&self, now: Instant) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= now)
    }

    /// What is known of the request. An earlier attempt that arrived, and may
    /// even have been applied, is not forgotten, however the last one ended.
    fn facts(&self, delivery: Delivery, given_up: Option<GivenUp>) -> Facts {
        let effect = O::INFO.effect;
        let delivery = match delivery {
            Delivery::NotSent if self.uncertain => Delivery::MaybeSent,
            Delivery::NotSent if self.unavailable => Delivery::Responded,
            Delivery::Responded if self.uncertain && effect != Effect::Reads => Delivery::MaybeSent,
            delivery => delivery,
        };
        Facts {
            operation: O::INFO,
            is_late: false,
            delivery,
            attempts: self.attempts,
            retryable: given_up.is_some_and(GivenUp::is_retryable),
            given_up,
            client_request_id: self
                .along
                .observed
                .as_ref()
                .and_then(|observed| observed.request_id()),
        }
    }
}
