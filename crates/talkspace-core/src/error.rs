//! Why a request failed, and what may have been applied.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt::{self, Write};
use std::time::Duration;

use crate::codec::{Redactor, ResponseError};
use crate::operation::{Effect, OperationInfo};
use crate::transport::{Delivery, FailureKind, Phase, TransportError};
use crate::value::{GivenUp, InvalidRequest, RequestId, Status, is_unseen};

mod limit;

pub use limit::Limit;

#[cfg(test)]
mod tests;

/// How much of a response's body, and of its message, an error keeps, in bytes.
const MAX_TEXT: usize = 4 * 1024;

/// How much of the service's message `Display` shows, in characters.
const MAX_SHOWN: usize = 200;

/// Why a request failed, and whether it may have been applied.
///
/// `Display` is one line for a person; the methods are for programs. Neither it
/// nor `Debug` ever shows a query string, a form or the application key.
///
/// [`source`](StdError::source) is the engine's own error, such as an
/// [`io::Error`](std::io::Error): what `Display` says already is not repeated there.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    facts: Facts,
    status: Option<Status>,
    message: Option<String>,
    body: Option<String>,
    retry_after: Option<Duration>,
    request_id: Option<String>,
    /// How much of a file was handed on before it broke off.
    delivered: Option<u64>,
    cause: Option<Cause>,
}

/// What `Display` shows in place of a message.
#[derive(Debug)]
enum Cause {
    Invalid(InvalidRequest),
    Transport(TransportError),
    Polling(Polled),
}

/// What a polling knows that timed out.
pub(crate) struct Polled {
    pub(crate) waited: Duration,
    /// The last response, of the operation that was polled.
    pub(crate) last: Option<Box<dyn Any + Send + Sync>>,
    /// The failure of the last poll, if it failed.
    pub(crate) failure: Option<Error>,
}

impl fmt::Debug for Polled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Polled")
            .field("waited", &self.waited)
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}

/// The kind of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request could not be sent safely: a parameter is empty or unfit, or a
    /// header field that was added is.
    Invalid,
    /// The service, or a gateway before it, responded with a status of failure.
    Status,
    /// The response has a status of success, but its body could not be decoded, is no
    /// MP3 where that is a file, or has a content coding, which no request accepts.
    Decode,
    /// There was no whole response.
    Transport(FailureKind),
    /// The timeout of the polling elapsed; every poll itself succeeded.
    PollTimeout,
}

impl ErrorKind {
    /// A stable name: `invalid`, `status`, `decode`, `transport` or `poll_timeout`.
    /// What failed in a transport is said by [`FailureKind::as_str`].
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Status => "status",
            Self::Decode => "decode",
            Self::Transport(_) => "transport",
            Self::PollTimeout => "poll_timeout",
        }
    }
}

/// The same, with what failed in a transport: `transport:timeout`.
impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        match self {
            Self::Transport(kind) => write!(f, ":{kind}"),
            _ => Ok(()),
        }
    }
}

/// By that name.
#[cfg(feature = "serde")]
impl serde::Serialize for ErrorKind {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for ErrorKind {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        use serde::de::value::StrDeserializer;
        use serde::de::{Error, IntoDeserializer, Unexpected};

        let name = std::borrow::Cow::<str>::deserialize(from)?;
        if let Some(kind) = name.strip_prefix("transport:") {
            let kind: StrDeserializer<'_, D::Error> = kind.into_deserializer();
            return FailureKind::deserialize(kind).map(Self::Transport);
        }
        let mut all = [Self::Invalid, Self::Status, Self::Decode, Self::PollTimeout].into_iter();
        let found = all.find(|kind| kind.as_str() == name);
        found
            .ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&name), &"the kind of an error"))
    }
}

/// What is known of a request when it fails.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) operation: &'static OperationInfo,
    /// Whether the deadline of all attempts has passed.
    pub(crate) is_late: bool,
    pub(crate) delivery: Delivery,
    pub(crate) attempts: u32,
    pub(crate) retryable: bool,
    pub(crate) given_up: Option<GivenUp>,
    pub(crate) client_request_id: Option<RequestId>,
}

/// What the response adds to that.
#[derive(Debug, Default)]
pub(crate) struct ResponseContext<'a> {
    pub(crate) body: &'a [u8],
    pub(crate) retry_after: Option<Duration>,
    pub(crate) request_id: Option<String>,
}

impl Error {
    pub(crate) fn invalid(facts: Facts, invalid: InvalidRequest) -> Self {
        let mut inner = Inner::new(ErrorKind::Invalid, facts);
        inner.cause = Some(Cause::Invalid(invalid));
        Self(Box::new(inner))
    }

    pub(crate) fn transport(facts: Facts, error: TransportError) -> Self {
        let mut inner = Inner::new(ErrorKind::Transport(error.kind()), facts);
        inner.cause = Some(Cause::Transport(error));
        Self(Box::new(inner))
    }

    pub(crate) fn poll_timeout(
        operation: &'static OperationInfo,
        polls: u32,
        polled: Polled,
    ) -> Self {
        let failure = polled.failure.as_ref().filter(|_| polled.last.is_none());
        let facts = Facts {
            operation,
            is_late: false,
            delivery: failure.map_or(Delivery::Responded, Self::delivery),
            attempts: polls,
            retryable: true,
            given_up: None,
            client_request_id: None,
        };
        let mut inner = Inner::new(ErrorKind::PollTimeout, facts);
        inner.cause = Some(Cause::Polling(polled));
        Self(Box::new(inner))
    }

    /// Of a request that was sent, and whose end is not known.
    pub(crate) fn dropped(operation: &'static OperationInfo) -> Self {
        let facts = Facts {
            operation,
            is_late: false,
            delivery: Delivery::MaybeSent,
            attempts: 1,
            retryable: false,
            given_up: None,
            client_request_id: None,
        };
        Self::transport(facts, TransportError::maybe_sent(FailureKind::Cancelled))
    }

    /// The same, when it ended a polling: what the polls before it sent is not
    /// forgotten.
    pub(crate) fn after_polls(mut self, polls: u32, responded: bool) -> Self {
        let facts = &mut self.0.facts;
        facts.attempts = facts.attempts.saturating_add(polls);
        if responded && facts.delivery == Delivery::NotSent {
            facts.delivery = Delivery::Responded;
        }
        self
    }

    /// The same of a file of which so many bytes were handed on.
    pub(crate) fn after_bytes(mut self, delivered: u64) -> Self {
        self.0.delivered = Some(delivered);
        self
    }

    pub(crate) fn response(
        facts: Facts,
        failure: ResponseError,
        context: ResponseContext<'_>,
        redactor: &Redactor<'_>,
    ) -> Self {
        let (kind, status, message) = match failure {
            ResponseError::Status { status, message } => (ErrorKind::Status, status, message),
            ResponseError::Decode { status, reason } => (ErrorKind::Decode, status, reason),
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
        self.0.facts.operation.id
    }

    /// What sending the request twice would do, as the spec says it.
    #[must_use]
    pub const fn effect(&self) -> Effect {
        self.0.facts.operation.effect
    }

    /// What kind of failure it is.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the request may have reached the service, over all attempts.
    ///
    /// [`Delivery::MaybeSent`] means that it may have been applied: find out before
    /// sending it again, as [`send_surely`](crate::Client::send_surely) does.
    #[must_use]
    pub const fn delivery(&self) -> Delivery {
        self.0.facts.delivery
    }

    /// In which phase of an exchange a timeout elapsed.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        self.transport_error()?.phase()
    }

    /// Which limit ended the request, if one did.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        if self.0.kind == ErrorKind::PollTimeout {
            return Some(Limit::Polling);
        }
        Limit::of(self.transport_error()?, self.0.facts.is_late)
    }

    /// The failure of the last exchange, for [`ErrorKind::Transport`].
    #[must_use]
    pub const fn transport_error(&self) -> Option<&TransportError> {
        match &self.0.cause {
            Some(Cause::Transport(error)) => Some(error),
            _ => None,
        }
    }

    /// Which parameter or header field is at fault and why, for [`ErrorKind::Invalid`].
    #[must_use]
    pub const fn invalid_request(&self) -> Option<&InvalidRequest> {
        match &self.0.cause {
            Some(Cause::Invalid(invalid)) => Some(invalid),
            _ => None,
        }
    }

    /// How long was polled, for [`ErrorKind::PollTimeout`].
    #[must_use]
    pub const fn waited(&self) -> Option<Duration> {
        match &self.0.cause {
            Some(Cause::Polling(polled)) => Some(polled.waited),
            _ => None,
        }
    }

    /// The last response before the polling timed out, if there was any: who was
    /// in the TalkSpace by then, for instance. `R` is the response of the
    /// operation that was polled.
    ///
    /// ```
    /// use talkspace_core::Error;
    /// use talkspace_core::response::GetTalkspaceResponse;
    ///
    /// fn how_many_came(error: &Error) -> usize {
    ///     let last = error.last_response::<GetTalkspaceResponse>();
    ///     last.map_or(0, |details| details.participants.len())
    /// }
    /// ```
    #[must_use]
    pub fn last_response<R: 'static>(&self) -> Option<&R> {
        match &self.0.cause {
            Some(Cause::Polling(polled)) => polled.last.as_ref()?.downcast_ref(),
            _ => None,
        }
    }

    /// The number of attempts; zero for [`ErrorKind::Invalid`]. For
    /// [`ErrorKind::PollTimeout`], the number of polls.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.0.facts.attempts
    }

    /// Whether a retry of the same request may help and does no harm.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        self.0.facts.retryable
    }

    /// Why the request was not retried, or not once more. `None` when there was no
    /// attempt that could be, and for [`ErrorKind::PollTimeout`].
    ///
    /// ```
    /// use talkspace_core::observe::GivenUp;
    /// use talkspace_core::transport::blocking_transport_fn;
    /// use talkspace_core::{BlockingClient, GetVersion, RetryBudget};
    ///
    /// let busy = blocking_transport_fn(|_request| {
    ///     let response = http::Response::builder().status(503);
    ///     Ok(response.body("".into()).unwrap())
    /// });
    /// let client = BlockingClient::builder("https://sandbox.example", "key")
    ///     .retry_budget(RetryBudget::new().reserve(0))
    ///     .build_blocking(busy)?;
    /// let error = client.send(GetVersion::new()).unwrap_err();
    /// assert_eq!(error.given_up(), Some(GivenUp::Budget));
    /// assert_eq!(error.to_string(), "getVersion: status 503 (the retry budget is used up)");
    /// # Ok::<(), talkspace_core::InvalidClient>(())
    /// ```
    #[must_use]
    pub const fn given_up(&self) -> Option<GivenUp> {
        self.0.facts.given_up
    }

    /// Both statuses of the response, if there was one.
    #[must_use]
    pub const fn status(&self) -> Option<Status> {
        self.0.status
    }

    /// The service's message, or what is wrong with its response, or who seems to have
    /// responded in its place; the first 4 KiB of it. For people: the service's texts are not stable.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The first 4 KiB of the response's body as text, without the key and what
    /// of the request is [secret](crate::Operation::secrets). None is kept where
    /// a success would have been a [permission](crate::operation::OperationInfo::secret_response).
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// The time to wait before a retry, from the `Retry-After` header field.
    /// [`Duration::MAX`] when that is a date and the response has no `Date`.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How many bytes of a file were delivered before its download broke off. They
    /// are the beginning of the file, which is why it is not begun again.
    #[must_use]
    pub const fn delivered_bytes(&self) -> Option<u64> {
        self.0.delivered
    }

    /// The service's id of this request, from the `X-Request-Id` header field of its
    /// response.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The client's id of this request, if it [sends
    /// one](crate::ClientBuilder::request_id_header).
    #[must_use]
    pub const fn client_request_id(&self) -> Option<RequestId> {
        self.0.facts.client_request_id
    }
}

impl Inner {
    const fn new(kind: ErrorKind, facts: Facts) -> Self {
        Self {
            kind,
            facts,
            status: None,
            message: None,
            body: None,
            retry_after: None,
            request_id: None,
            delivered: None,
            cause: None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{}: ", inner.facts.operation.id)?;
        match (inner.kind, inner.status, &inner.cause) {
            (ErrorKind::Status, Some(status), _) => write!(f, "status {}", status.code())?,
            (ErrorKind::Decode, Some(status), _) => {
                write!(
                    f,
                    "the response with status {} cannot be decoded",
                    status.code()
                )?;
            }
            (ErrorKind::PollTimeout, ..) => f.write_str("timed out polling")?,
            (_, _, Some(Cause::Invalid(invalid))) => write!(f, "{invalid}")?,
            (_, _, Some(Cause::Transport(error))) => write!(f, "{error}")?,
            _ => f.write_str("failed")?,
        }
        if let Some(delivered) = inner.delivered {
            write!(f, " after {delivered} bytes")?;
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
            // A safe request changes nothing, whether it arrived or not.
            Delivery::MaybeSent if inner.facts.operation.effect == Effect::Reads => {}
            Delivery::MaybeSent => f.write_str("; it may have been applied")?,
            Delivery::Responded => {}
        }
        let Facts {
            attempts,
            given_up,
            client_request_id,
            ..
        } = inner.facts;
        let why = match given_up {
            Some(GivenUp::Budget) => Some("the retry budget is used up"),
            Some(GivenUp::Spent) => Some("its body can be read once only"),
            _ => None,
        };
        let remarks = [
            (attempts > 1).then(|| format!("{attempts} attempts")),
            why.map(str::to_owned),
            client_request_id.map(|id| format!("request id {id}")),
        ];
        let remarks: Vec<_> = remarks.into_iter().flatten().collect();
        match remarks.as_slice() {
            [] => Ok(()),
            _ => write!(f, " ({})", remarks.join(", ")),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("operation", &inner.facts.operation.id)
            .field("kind", &inner.kind)
            .field("delivery", &inner.facts.delivery)
            .field("attempts", &inner.facts.attempts)
            .field("given_up", &inner.facts.given_up)
            .field("status", &inner.status)
            .field("message", &inner.message)
            .field("request_id", &inner.request_id)
            .field("client_request_id", &inner.facts.client_request_id)
            .field("delivered", &inner.delivered)
            .field("cause", &inner.cause)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self.0.cause.as_ref()? {
            // `Display` says what these say, so the chain goes on after them.
            Cause::Transport(error) => error.source(),
            Cause::Invalid(_) => None,
            Cause::Polling(polled) => polled.failure.as_ref().map(|failure| failure as _),
        }
    }
}
