//! What an adapter must make of an exchange.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::client::{Delivery, FailureKind, Phase, TransportError};
use bytes::Bytes;
use http::response::Parts;

use super::end::PANIC;
use super::pace::{Pace, TOLERANCE, TimeLimit};
use crate::wire::show::{difference, show, show_all};

/// What became of an exchange.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The head, if there was one.
    pub(crate) head: Option<Parts>,
    /// The body, or as much of it as came before an error.
    pub(crate) body: Bytes,
    pub(crate) error: Option<TransportError>,
    /// The message of a panic of the adapter, or of what else kept it from ending the exchange.
    pub(crate) panic: Option<String>,
    /// From the start of the exchange to the end of the body, or until the case gave up.
    pub(crate) took: Duration,
    /// Of that, what counts for the limit that was expected.
    pub(crate) waited: Duration,
    /// The shortest of the times that the exchange was allowed.
    pub(crate) shortest: Duration,
    /// How late the machine was meanwhile.
    pub(crate) lateness: Duration,
    pub(crate) pace: Pace,
}

impl Outcome {
    /// The texts of the error and of everything beneath it.
    pub(crate) fn chain(&self) -> Vec<String> {
        let error = self.error.as_ref();
        error.map_or_else(Vec::new, |error| chain(error))
    }

    /// Whether a limit passed before its time, which no machine is to blame for.
    pub(super) fn is_early(&self) -> bool {
        let timed_out = |error: &TransportError| error.kind() == FailureKind::Timeout;
        self.error.as_ref().is_some_and(timed_out) && self.took + TOLERANCE < self.shortest
    }

    /// Whether nothing but the time that an exchange has can have ended it.
    pub(crate) fn used_its_time(&self) -> bool {
        !self.shortest.is_zero() && self.took + TOLERANCE >= self.shortest
    }

    /// The head of a response that came without error.
    fn response(&self) -> Option<&Parts> {
        match (&self.error, &self.panic) {
            (None, None) => self.head.as_ref(),
            _ => None,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(message) = &self.panic {
            return match message.starts_with(PANIC) {
                true => f.write_str(message),
                false => write!(f, "nothing: {message}"),
            };
        }
        if let Some(error) = &self.error {
            write!(f, "Err({:?}, {:?})", error.kind(), error.delivery())?;
            if let Some(head) = &self.head {
                write!(
                    f,
                    " after the head {} and {}",
                    head.status.as_u16(),
                    show(&self.body)
                )?;
            }
            return Ok(());
        }
        match &self.head {
            Some(head) => write!(f, "Ok({}, body {})", head.status.as_u16(), show(&self.body)),
            None => write!(f, "nothing within {:?}", self.took),
        }
    }
}

/// The texts of an error and of everything beneath it.
#[must_use]
pub fn chain(error: &dyn StdError) -> Vec<String> {
    let mut texts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        texts.push(error.to_string());
        next = error.source();
    }
    texts
}

/// An expectation, as data where it can be.
#[derive(Clone)]
pub(crate) enum ExpectedOutcome {
    Response(ExpectedResponse),
    Fails {
        kinds: Vec<FailureKind>,
        delivery: Option<Delivery>,
    },
    /// A timeout in this phase.
    TimesOut(Phase, TimeLimit),
    Either(Vec<ExpectedOutcome>),
    Both(Box<(ExpectedOutcome, ExpectedOutcome)>),
    That(String, Test),
}

type Test = Arc<dyn Fn(&Outcome) -> Result<(), String> + Send + Sync>;

/// The parts of a response that matter to a case.
#[derive(Clone)]
pub(crate) struct ExpectedResponse {
    status: u16,
    headers: Vec<(&'static str, Vec<Bytes>)>,
    body: Option<Bytes>,
}

/// A response of this status.
pub(crate) fn ok(status: u16) -> ExpectedOutcome {
    ExpectedOutcome::Response(ExpectedResponse {
        status,
        headers: Vec::new(),
        body: None,
    })
}

/// An error of one of these kinds, or of any when there are none, after which the request may
/// have been sent.
pub(crate) fn fails(kinds: &[FailureKind]) -> ExpectedOutcome {
    ExpectedOutcome::Fails {
        kinds: kinds.to_vec(),
        delivery: Some(Delivery::MaybeSent),
    }
}

/// An error of one of these kinds; nothing was sent.
pub(crate) fn fails_unsent(kinds: &[FailureKind]) -> ExpectedOutcome {
    ExpectedOutcome::Fails {
        kinds: kinds.to_vec(),
        delivery: Some(Delivery::NotSent),
    }
}

/// A time limit that passes in `phase`, after `least` and not much later.
pub(crate) const fn times_out(phase: Phase, least: Duration) -> ExpectedOutcome {
    ExpectedOutcome::TimesOut(phase, TimeLimit::after(least))
}

/// At least one of these.
pub(crate) fn either(expects: impl IntoIterator<Item = ExpectedOutcome>) -> ExpectedOutcome {
    ExpectedOutcome::Either(expects.into_iter().collect())
}

/// One thing and another.
pub(crate) fn both(one: ExpectedOutcome, two: ExpectedOutcome) -> ExpectedOutcome {
    ExpectedOutcome::Both(Box::new((one, two)))
}

/// Whatever passes a test.
pub(crate) fn that(
    text: &str,
    test: impl Fn(&Outcome) -> Result<(), String> + Send + Sync + 'static,
) -> ExpectedOutcome {
    ExpectedOutcome::That(text.to_owned(), Arc::new(test))
}

impl ExpectedOutcome {
    pub(crate) fn body(self, body: impl Into<Bytes>) -> Self {
        self.shape(|shape| shape.body = Some(body.into()))
    }

    /// The header field has this value, once.
    pub(crate) fn header(self, name: &'static str, value: impl Into<Bytes>) -> Self {
        self.headers(name, [value])
    }

    /// The header field has these values in this order.
    pub(crate) fn headers<V: Into<Bytes>>(
        self,
        name: &'static str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.shape(|shape| shape.headers.push((name, values)))
    }

    pub(crate) fn without(self, name: &'static str) -> Self {
        self.headers::<Bytes>(name, [])
    }

    /// The delivery does not matter, as long as it is true.
    pub(crate) fn any_delivery(mut self) -> Self {
        if let Self::Fails { delivery, .. } = &mut self {
            *delivery = None;
        }
        self
    }

    fn shape(mut self, change: impl FnOnce(&mut ExpectedResponse)) -> Self {
        if let Self::Response(shape) = &mut self {
            change(shape);
        }
        self
    }

    /// The time that is a part of what is expected.
    pub(crate) const fn time_limit(&self) -> Option<&TimeLimit> {
        match self {
            Self::TimesOut(_, limit) => Some(limit),
            _ => None,
        }
    }

    /// What is wrong with the outcome, if anything. What an error is called is another matter:
    /// see [`classify`](Self::classify).
    pub(crate) fn check(&self, outcome: &Outcome) -> Vec<String> {
        match self {
            Self::Response(shape) => shape.check(outcome),
            Self::Fails { kinds, .. } => check_failure(kinds, outcome).err().into_iter().collect(),
            Self::TimesOut(_, limit) => {
                let checks = [
                    an_error(outcome).map(drop),
                    limit.check(outcome.took, outcome.waited, outcome.pace, outcome.lateness),
                ];
                checks.into_iter().filter_map(Result::err).collect()
            }
            Self::Either(expects) => {
                let fits = |expect: &Self| expect.check(outcome).is_empty();
                if expects.iter().any(fits) {
                    Vec::new()
                } else {
                    vec![format!("the adapter gave {outcome}")]
                }
            }
            Self::Both(expects) => [expects.0.check(outcome), expects.1.check(outcome)].concat(),
            Self::That(_, test) => test(outcome).err().into_iter().collect(),
        }
    }
}

pub(super) fn any_of(kinds: &[FailureKind]) -> String {
    let kinds: Vec<_> = kinds.iter().map(|kind| format!("{kind:?}")).collect();
    match kinds.is_empty() {
        true => "any kind".to_owned(),
        false => kinds.join(" or "),
    }
}

pub(super) fn an_error(outcome: &Outcome) -> Result<&TransportError, String> {
    let error = outcome.error.as_ref().filter(|_| outcome.panic.is_none());
    error.ok_or_else(|| format!("the adapter gave {outcome}, not an error"))
}

/// An error that came of what happened, and not only of the time that passed.
pub(super) fn check_failure<'o>(
    kinds: &[FailureKind],
    outcome: &'o Outcome,
) -> Result<&'o TransportError, String> {
    let error = an_error(outcome)?;
    if outcome.used_its_time() && !kinds.contains(&FailureKind::Timeout) {
        let took = outcome.took;
        return Err(format!(
            "the adapter gave {outcome}, but only when the time of the exchange was over, after {took:?}"
        ));
    }
    Ok(error)
}

impl ExpectedResponse {
    fn check(&self, outcome: &Outcome) -> Vec<String> {
        let Some(head) = outcome.response() else {
            return vec![format!("the adapter gave {outcome}, not a response")];
        };
        let mut problems = Vec::new();
        if head.status.as_u16() != self.status {
            problems.push(format!("the status code is {}", head.status.as_u16()));
        }
        for (name, wanted) in &self.headers {
            let values = head.headers.get_all(*name);
            let values: Vec<_> = values.iter().map(|value| value.as_bytes()).collect();
            if values != *wanted {
                problems.push(format!("the header field {name} is {}", show_all(&values)));
            }
        }
        if let Some(body) = self.body.as_ref().filter(|body| **body != outcome.body) {
            problems.push(difference("the body", body, &outcome.body));
        }
        problems
    }
}

impl fmt::Display for ExpectedOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response(shape) => {
                write!(f, "Ok({}", shape.status)?;
                for (name, values) in &shape.headers {
                    write!(f, ", {name}: {}", show_all(values))?;
                }
                if let Some(body) = &shape.body {
                    write!(f, ", body {}", show(body))?;
                }
                f.write_str(")")
            }
            Self::Fails { kinds, delivery } => {
                write!(f, "Err({}", any_of(kinds))?;
                if let Some(delivery) = delivery {
                    write!(f, ", {delivery:?}")?;
                }
                f.write_str(")")
            }
            Self::TimesOut(phase, limit) => {
                let delivery = TransportError::timeout(*phase).delivery();
                write!(f, "Err(Timeout in {phase:?}, {delivery:?}) {limit}")
            }
            Self::Either(expects) => {
                let expects: Vec<_> = expects.iter().map(Self::to_string).collect();
                f.write_str(&expects.join(", or "))
            }
            Self::Both(expects) => write!(f, "{}, and {}", expects.0, expects.1),
            Self::That(text, _) => f.write_str(text),
        }
    }
}
