//! What happened to a call that gave no response.

use std::error::Error as StdError;
use std::fmt::{self, Write};
use std::time::Duration;

use crate::answer::Rejection;
use crate::invalid_request::InvalidRequest;
use crate::operation::{Effect, OperationInfo};
use crate::redact::Redactor;
use crate::status::Status;
use crate::transport_error::{Delivery, FailureKind, TransportError};
use crate::unseen::is_unseen;

#[cfg(test)]
mod tests;

/// How much of an answer's body, and of its message, an error keeps, in bytes.
const MAX_TEXT: usize = 4 * 1024;

/// How much of the service's message `Display` shows, in characters.
const MAX_SHOWN: usize = 200;

/// Why a call gave no response: what happened, and what may have been applied.
///
/// `Display` is one line for a person; the methods are for programs. Neither it
/// nor `Debug` ever shows a query string, a form or the application key.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    facts: CallFacts,
    status: Option<Status>,
    message: Option<String>,
    body: Option<String>,
    retry_after: Option<Duration>,
    request_id: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kind of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request could not be sent safely: a parameter is empty or unfit.
    Invalid,
    /// The service, or a gateway before it, answered with a status of failure.
    Refused,
    /// The answer's status says yes, but its body is not this operation's
    /// answer, or has a content coding, which nobody asked for.
    Unreadable,
    /// There was no whole answer.
    Transport(FailureKind),
    /// What was waited for did not come about in time. The questions were answered.
    StillWaiting,
}

/// What a call knows when it fails.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallFacts {
    pub(crate) operation: &'static str,
    pub(crate) effect: Effect,
    pub(crate) delivery: Delivery,
    pub(crate) attempts: u32,
    pub(crate) retryable: bool,
}

/// What the answer adds to that.
#[derive(Debug, Default)]
pub(crate) struct AnswerContext<'a> {
    pub(crate) body: &'a [u8],
    pub(crate) retry_after: Option<Duration>,
    pub(crate) request_id: Option<String>,
}

impl Error {
    pub(crate) fn invalid(facts: CallFacts, invalid: InvalidRequest) -> Self {
        let mut inner = Inner::new(ErrorKind::Invalid, facts);
        inner.source = Some(Box::new(invalid));
        Self(Box::new(inner))
    }

    pub(crate) fn transport(facts: CallFacts, error: TransportError) -> Self {
        let mut inner = Inner::new(ErrorKind::Transport(error.kind()), facts);
        inner.source = Some(Box::new(error));
        Self(Box::new(inner))
    }

    pub(crate) fn still_waiting(operation: &OperationInfo, asked: u32) -> Self {
        let facts = CallFacts {
            operation: operation.id,
            effect: operation.effect,
            delivery: Delivery::Answered,
            attempts: asked,
            retryable: true,
        };
        Self(Box::new(Inner::new(ErrorKind::StillWaiting, facts)))
    }

    pub(crate) fn rejected(
        facts: CallFacts,
        rejection: Rejection,
        context: AnswerContext<'_>,
        redactor: &Redactor<'_>,
    ) -> Self {
        let (kind, status, message) = match rejection {
            Rejection::Refused { status, message } => (ErrorKind::Refused, status, message),
            Rejection::Unreadable { status, reason } => (ErrorKind::Unreadable, status, reason),
        };
        let mut inner = Inner::new(kind, facts);
        inner.status = Some(status);
        let keep = |text| Some(redactor.beginning(text, MAX_TEXT)).filter(|kept| !kept.is_empty());
        inner.message = keep(message.as_bytes());
        inner.body = keep(context.body);
        inner.retry_after = context.retry_after;
        inner.request_id = context
            .request_id
            .map(|id| redactor.redact(&id).into_owned());
        Self(Box::new(inner))
    }

    /// The operation's name in the spec, such as `createTalkspace`.
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        self.0.facts.operation
    }

    /// What kind of failure it is.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the request may have reached the service, over all attempts.
    ///
    /// [`Delivery::MaybeSent`] means that it may have been applied: look before
    /// sending it again. For a TalkSpace and for a participant,
    /// [`reconcile_create`](crate::Client::reconcile_create) and
    /// [`reconcile_add`](crate::Client::reconcile_add) do so.
    #[must_use]
    pub const fn delivery(&self) -> Delivery {
        self.0.facts.delivery
    }

    /// How many exchanges were tried; zero when the request was never fit to send.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.0.facts.attempts
    }

    /// Whether sending the same request again may help and does no harm.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        self.0.facts.retryable
    }

    /// Both statuses of the answer, if there was one.
    #[must_use]
    pub const fn status(&self) -> Option<Status> {
        self.0.status
    }

    /// The service's message, or what is wrong with its answer; the first 4 KiB
    /// of it. For people: the service's texts are not stable.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The first 4 KiB of the answer's body as text, without the key and what
    /// of the request is [secret](crate::Operation::secrets). None is kept where
    /// a success would have been a [permission](crate::OperationInfo::secret_answer).
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// How long the service asked to wait, from its `Retry-After`.
    /// [`Duration::MAX`] when it named a moment without saying what time it is.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What the service calls this request, from its `X-Request-Id`.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }
}

impl Inner {
    const fn new(kind: ErrorKind, facts: CallFacts) -> Self {
        Self {
            kind,
            facts,
            status: None,
            message: None,
            body: None,
            retry_after: None,
            request_id: None,
            source: None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{}: ", inner.facts.operation)?;
        match (inner.kind, inner.status, &inner.source) {
            (ErrorKind::Refused, Some(status), _) => write!(f, "refused with {}", status.code())?,
            (ErrorKind::Unreadable, Some(status), _) => {
                write!(f, "the answer with status {} cannot be read", status.code())?;
            }
            (ErrorKind::StillWaiting, ..) => f.write_str("what was waited for did not happen")?,
            (_, _, Some(source)) => write!(f, "{source}")?,
            _ => f.write_str("failed")?,
        }
        if let Some(message) = &inner.message {
            f.write_str(": ")?;
            for character in message.chars().take(MAX_SHOWN) {
                f.write_char(match character {
                    '\t' | '\n' | '\r' => ' ',
                    _ if is_unseen(character) => char::REPLACEMENT_CHARACTER,
                    _ => character,
                })?;
            }
        }
        match inner.facts.delivery {
            Delivery::NotSent => f.write_str("; nothing was sent")?,
            // Looking changes nothing, whether it arrived or not.
            Delivery::MaybeSent if inner.facts.effect == Effect::Reads => {}
            Delivery::MaybeSent => f.write_str("; it may have been applied")?,
            Delivery::Answered => {}
        }
        match inner.facts.attempts {
            0 | 1 => Ok(()),
            attempts => write!(f, " ({attempts} attempts)"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("operation", &inner.facts.operation)
            .field("kind", &inner.kind)
            .field("delivery", &inner.facts.delivery)
            .field("attempts", &inner.facts.attempts)
            .field("status", &inner.status)
            .field("message", &inner.message)
            .field("request_id", &inner.request_id)
            .field("source", &inner.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // Display shows the first source's words, so the chain goes on after it.
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
