//! Which limit ended a request.

use std::fmt;

use crate::transport::{FailureKind, Phase, TransportError};

/// Which limit ended a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Limit {
    /// [`RequestOptions::timeout`](crate::RequestOptions::timeout), over all attempts,
    /// or [`transfer_timeout`](crate::RequestOptions::transfer_timeout).
    Timeout,
    /// [`Limits::connect_timeout`](crate::Limits::connect_timeout).
    ConnectTimeout,
    /// [`Limits::response_timeout`](crate::Limits::response_timeout), or
    /// [`read_timeout`](crate::Limits::read_timeout) amid the head of the response.
    ResponseTimeout,
    /// [`Limits::read_timeout`](crate::Limits::read_timeout): the peer stopped
    /// taking the request, or stopped sending the body of the response.
    ReadTimeout,
    /// [`Limits::min_rate`](crate::Limits::min_rate): the peer took the request, or
    /// sent the body of the response, too slowly.
    MinRate,
    /// [`Limits::max_header_bytes`](crate::Limits::max_header_bytes) or
    /// [`max_body_bytes`](crate::Limits::max_body_bytes).
    Size,
    /// [`PollOptions::timeout`](crate::PollOptions::timeout).
    Polling,
}

impl Limit {
    /// The one that ended an exchange; `is_late` if the deadline of all attempts
    /// has passed.
    pub(crate) const fn of(error: &TransportError, is_late: bool) -> Option<Self> {
        match (error.kind(), error.phase()) {
            (FailureKind::TooLarge, _) => Some(Self::Size),
            (FailureKind::Timeout, _) if error.is_too_slow() => Some(Self::MinRate),
            (FailureKind::Timeout, _) if is_late => Some(Self::Timeout),
            (FailureKind::Timeout, Some(Phase::Connect)) => Some(Self::ConnectTimeout),
            (FailureKind::Timeout, Some(Phase::Head)) => Some(Self::ResponseTimeout),
            (FailureKind::Timeout, _) => Some(Self::ReadTimeout),
            _ => None,
        }
    }

    /// A stable name, such as `response_timeout`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::ConnectTimeout => "connect_timeout",
            Self::ResponseTimeout => "response_timeout",
            Self::ReadTimeout => "read_timeout",
            Self::MinRate => "min_rate",
            Self::Size => "size",
            Self::Polling => "polling",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
