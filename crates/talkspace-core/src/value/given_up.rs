//! Why there was no further attempt.

use std::fmt;

/// Why a request that failed was not retried, or not once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum GivenUp {
    /// The same request would fail the same way, or it was cancelled.
    Final,
    /// After such a failure a request of this [`Effect`](crate::Effect) is not sent
    /// again: it may have been applied, or a person may be waiting.
    Effect,
    /// It was retried as often as
    /// [`max_retries`](crate::RequestOptions::max_retries) says.
    Count,
    /// The backoff, or what `Retry-After` demands, would have ended after the
    /// [`timeout`](crate::RequestOptions::timeout) of the request; without one,
    /// after more than 60 s.
    Deadline,
    /// The [`RetryBudget`](crate::RetryBudget) was used up.
    Budget,
    /// Some of the response was handed on already, which cannot be taken back.
    Written,
    /// The body of the request [can be read once](crate::MediaFile::from_body), and
    /// was. To send it anew takes a new body.
    Spent,
}

impl GivenUp {
    /// Whether the same request may be sent again later, as far as this goes.
    pub(crate) const fn is_retryable(self) -> bool {
        !matches!(self, Self::Final | Self::Effect | Self::Spent)
    }

    /// A stable name: `final`, `effect`, `count`, `deadline`, `budget`, `written` or
    /// `spent`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Effect => "effect",
            Self::Count => "count",
            Self::Deadline => "deadline",
            Self::Budget => "budget",
            Self::Written => "written",
            Self::Spent => "spent",
        }
    }
}

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
