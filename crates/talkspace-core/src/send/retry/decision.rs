//! The table of the design: effect by outcome.

use crate::operation::Effect;
use crate::transport::{Delivery, FailureKind, TransportError};
use crate::value::Status;

/// How an attempt failed, as far as retrying is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The same request would fail the same way.
    Final,
    /// No byte of the request reached the peer.
    NotSent,
    /// It may have been applied, or it may not.
    Uncertain,
    /// The service itself said that it cannot do it now: it was not applied.
    Unavailable,
    /// The service broke while it worked on the request.
    Broken,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Retry,
    Stop,
}

impl Outcome {
    pub(crate) fn of_transport(error: &TransportError) -> Self {
        match error.kind() {
            // A certificate does not mend itself, a caller who cancelled is
            // gone, and a body or a response that is unfit stays unfit. A wrong
            // password that is tried again and again may lock an account.
            FailureKind::Tls
            | FailureKind::Proxy
            | FailureKind::Cancelled
            | FailureKind::BodySource
            | FailureKind::Writer
            | FailureKind::TooLarge => Self::Final,
            FailureKind::Protocol if error.delivery() != Delivery::NotSent => Self::Final,
            _ if error.delivery() == Delivery::NotSent => Self::NotSent,
            _ => Self::Uncertain,
        }
    }

    pub(crate) fn of_status(status: Status) -> Self {
        match (status.code(), status.envelope()) {
            // RFC 6585 §4 and RFC 9110 §15.5.9: the request was not worked on.
            (429, _) => Self::Unavailable,
            (502..=504, Some(_)) => Self::Unavailable,
            // A gateway speaks for a service that may have done the work.
            (408 | 502..=504, None) => Self::Uncertain,
            (500, _) => Self::Broken,
            _ => Self::Final,
        }
    }

    /// Whether the request may have been applied.
    pub(crate) const fn is_uncertain(self) -> bool {
        matches!(self, Self::Uncertain | Self::Broken)
    }
}

/// Whether an operation of `effect` is sent again after `outcome`.
pub(crate) const fn decide(effect: Effect, outcome: Outcome, retry_unavailable: bool) -> Verdict {
    let again = match outcome {
        Outcome::Final => false,
        Outcome::NotSent => true,
        Outcome::Uncertain => matches!(effect, Effect::Reads | Effect::Converges),
        Outcome::Unavailable => !matches!(effect, Effect::Rings) || retry_unavailable,
        Outcome::Broken => matches!(effect, Effect::Reads),
    };
    if again { Verdict::Retry } else { Verdict::Stop }
}
