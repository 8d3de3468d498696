//! What an observer is told.

use std::any::Any;
use std::fmt;
use std::time::{Duration, Instant};

use crate::codec::ResponseError;
use crate::error::{Error, ErrorKind, Limit};
use crate::operation::OperationInfo;
use crate::transport::{Delivery, Phase, TransportError};
use crate::value::{GivenUp, RequestId, Status};

/// A step of one request.
///
/// A request begins with [`RequestStarted`](EventKind::RequestStarted) and ends with
/// one of [`Finished`](EventKind::Finished) and [`Dropped`](EventKind::Dropped).
/// Each [`AttemptStarted`](EventKind::AttemptStarted) between them has one
/// [`AttemptEnded`](EventKind::AttemptEnded), unless the request was dropped
/// meanwhile. Polls of a `wait_until`, and what a reconciliation sends, are
/// requests of their own.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Event<'a> {
    /// Which request it is about: a number that no other request of this process has.
    pub request: u64,
    /// The id that goes out with the request, if that is [asked
    /// for](crate::ClientBuilder::request_id_header).
    pub request_id: Option<RequestId>,
    /// The operation.
    pub operation: &'static OperationInfo,
    /// When it happened, by the [clock of the
    /// transport](crate::transport::Transport::now).
    pub at: Instant,
    /// What happened.
    pub kind: EventKind,
    pub(super) context: Option<&'a (dyn Any + Send + Sync)>,
}

impl<'a> Event<'a> {
    /// What the program gave the client
    /// [`with_context`](crate::Client::with_context), if it is a `T`.
    #[must_use]
    pub fn context<T: 'static>(&self) -> Option<&'a T> {
        self.context?.downcast_ref()
    }
}

/// The context is the program's own, and is not shown.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("request", &self.request)
            .field("request_id", &self.request_id)
            .field("operation", &self.operation.id)
            .field("at", &self.at)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// What happened to a request. Match with `..` in each variant: fields may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// It begins.
    #[non_exhaustive]
    RequestStarted,
    /// An attempt begins: the exchange is handed to the transport.
    #[non_exhaustive]
    AttemptStarted {
        /// Which attempt it is, counted from one.
        number: u32,
    },
    /// The head of a response is there, of whichever status; its body follows.
    #[non_exhaustive]
    ResponseHead {
        /// The status code of the HTTP line. The service may say another in the body.
        status: u16,
        /// The time since the attempt began.
        took: Duration,
        /// Whether the connection had been used before. `None` if the transport
        /// does not say.
        reused: Option<bool>,
    },
    /// An attempt is over.
    #[non_exhaustive]
    AttemptEnded {
        /// How it failed, or `None` for a success.
        failure: Option<Failure>,
        /// Whether this attempt may have reached the service.
        delivery: Delivery,
        /// Whether the connection had been used before. `None` if the transport
        /// does not say, and if there was no connection.
        reused: Option<bool>,
        /// The time since the attempt began.
        took: Duration,
    },
    /// There will be another attempt.
    #[non_exhaustive]
    Retrying {
        /// After this backoff.
        after: Duration,
        /// Because of this.
        reason: RetryReason,
    },
    /// There will be no further attempt, though the last one failed.
    #[non_exhaustive]
    GivenUp {
        /// What decided that.
        why: GivenUp,
    },
    /// It is over, and its result known.
    #[non_exhaustive]
    Finished {
        /// How it failed, or `None` for a success.
        failure: Option<Failure>,
        /// Whether it may have reached the service, over all attempts.
        delivery: Delivery,
        /// The number of attempts.
        attempts: u32,
        /// The time since the request began, backoff included.
        took: Duration,
    },
    /// Its future was dropped, or its thread panicked, before it was over.
    #[non_exhaustive]
    Dropped {
        /// Whether it may have reached the service, as far as that is known.
        delivery: Delivery,
        /// The number of attempts that had begun.
        attempts: u32,
        /// The time since the request began.
        took: Duration,
    },
}

/// How an attempt or a request failed, as in an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The kind.
    pub kind: ErrorKind,
    /// Both statuses of the response, if there was one.
    pub status: Option<Status>,
    /// In which phase a timeout elapsed.
    pub phase: Option<Phase>,
    /// Which limit ended it, if one did.
    pub limit: Option<Limit>,
}

impl Failure {
    pub(crate) fn of(error: &Error) -> Self {
        Self {
            kind: error.kind(),
            status: error.status(),
            phase: error.phase(),
            limit: error.limit(),
        }
    }

    pub(crate) const fn of_response(failure: &ResponseError) -> Self {
        let (kind, status) = match failure {
            ResponseError::Status { status, .. } => (ErrorKind::Status, *status),
            ResponseError::Decode { status, .. } => (ErrorKind::Decode, *status),
        };
        Self {
            kind,
            status: Some(status),
            phase: None,
            limit: None,
        }
    }

    pub(crate) const fn of_transport(error: &TransportError, is_late: bool) -> Self {
        Self {
            kind: ErrorKind::Transport(error.kind()),
            status: None,
            phase: error.phase(),
            limit: Limit::of(error, is_late),
        }
    }

    /// A stable name for a metric or a trace: the status code, such as `503`, or
    /// else what failed, such as `timeout` or `decode`.
    ///
    /// ```
    /// use talkspace_core::observe::{Event, EventKind};
    ///
    /// fn label(event: &Event<'_>) -> String {
    ///     match event.kind {
    ///         EventKind::Finished { failure: Some(failure), .. } => failure.label(),
    ///         EventKind::Finished { .. } => "ok".to_owned(),
    ///         _ => String::new(),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn label(&self) -> String {
        match (self.kind, self.status) {
            (ErrorKind::Status, Some(status)) => status.to_string(),
            (ErrorKind::Transport(kind), _) => kind.to_string(),
            (kind, _) => kind.to_string(),
        }
    }
}

/// Why a request is retried, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryReason {
    /// There was no whole response.
    Failure,
    /// The response has a status of failure.
    Status,
    /// As `Status`, and its `Retry-After` demands a longer wait than the backoff.
    RetryAfter,
}

impl RetryReason {
    /// A stable name: `failure`, `status` or `retry_after`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failure => "failure",
            Self::Status => "status",
            Self::RetryAfter => "retry_after",
        }
    }
}

impl fmt::Display for RetryReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
