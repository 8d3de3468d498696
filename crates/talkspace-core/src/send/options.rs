//! Timeouts, limits and retries of a request.

use std::time::Duration;

use crate::operation::Effect;
use crate::transport::Limits;

/// How a request is sent: timeouts, limits and retries. A value, so it can be
/// set for a client or for one request.
///
/// ```
/// use std::time::Duration;
/// use talkspace_core::RequestOptions;
///
/// let mut slow = RequestOptions::default().timeout(Duration::from_secs(120));
/// slow.limits.response_timeout = Duration::from_secs(60);
/// assert_eq!(slow.limits.connect_timeout, Duration::from_secs(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct RequestOptions {
    /// Limits of every exchange. Their deadline is set from [`timeout`](Self::timeout)
    /// or [`transfer_timeout`](Self::transfer_timeout).
    pub limits: Limits,
    /// Longest time for the whole request, backoff and retries included.
    /// Default 60 s; `None` is without end.
    pub timeout: Option<Duration>,
    /// The same for an upload or a download, in place of [`timeout`](Self::timeout).
    /// Default `None`: a large file takes its time.
    pub transfer_timeout: Option<Duration>,
    /// The most retries of a request, as far as the [`RetryBudget`](crate::RetryBudget)
    /// of its client allows them. Default 2; 0 disables them.
    pub max_retries: u32,
    /// The first backoff is drawn between zero and this. Default 200 ms.
    pub first_backoff: Duration,
    /// What the upper end of a backoff grows to, doubled with every retry.
    /// Default 5 s.
    pub max_backoff: Duration,
    /// What sending the request twice would do, where the spec is not followed.
    pub effect: Option<Effect>,
    /// Whether a request that rings a telephone is retried when the service said
    /// that it cannot place the call now. Default `false`.
    pub retry_unavailable: bool,
}

impl Default for RequestOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            timeout: Some(Duration::from_secs(60)),
            transfer_timeout: None,
            max_retries: 2,
            first_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(5),
            effect: None,
            retry_unavailable: false,
        }
    }
}

impl RequestOptions {
    /// Sets the limits of every exchange. Their deadline is set from
    /// [`timeout`](Self::timeout) or [`transfer_timeout`](Self::transfer_timeout).
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the longest time for the whole request, backoff and retries included.
    /// Default 60 s. It does not hold for [transfers](Self::transfer_timeout).
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the longest time for an upload or a download: an operation that
    /// [transfers a file](crate::operation::OperationInfo::transfers_file). Backoff
    /// and retries are included, and of a file that was opened the reader's own time.
    ///
    /// Default: none. Then a transfer ends with
    /// [`read_timeout`](Limits::read_timeout), when nothing moves.
    ///
    /// ```
    /// use std::time::Duration;
    /// use talkspace_core::RequestOptions;
    ///
    /// let options = RequestOptions::default().transfer_timeout(Duration::from_secs(600));
    /// assert_eq!(options.timeout, Some(Duration::from_secs(60)), "of other requests");
    /// ```
    pub const fn transfer_timeout(mut self, timeout: Duration) -> Self {
        self.transfer_timeout = Some(timeout);
        self
    }

    /// Lets a request take as long as it takes, as long as no other limit ends it.
    /// A `Retry-After` of more than 60 s is then not waited for.
    pub const fn no_timeout(mut self) -> Self {
        self.timeout = None;
        self
    }

    /// Sets the most retries of a request. Default 2; 0 disables them.
    ///
    /// Whether it may be retried at all is decided by its [`Effect`], and how often
    /// all requests of a client together by its [`RetryBudget`](crate::RetryBudget),
    /// which more retries use up sooner.
    pub const fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// Sets the backoff: exponential, with full jitter. The wait before a retry is
    /// drawn between zero and `first`, which doubles with every retry up to `max`.
    /// Default 200 ms and 5 s.
    pub const fn backoff(mut self, first: Duration, max: Duration) -> Self {
        self.first_backoff = first;
        self.max_backoff = max;
        self
    }

    /// Retries a request that rings a telephone when the service itself said that
    /// it cannot place the call now (502). Off by default: a person may be waiting.
    pub const fn retry_unavailable(mut self, retry: bool) -> Self {
        self.retry_unavailable = retry;
        self
    }

    /// Treats the operation as if sending it twice had another effect than the
    /// spec says. [`Effect::Reads`] for one that rings can ring twice.
    pub const fn effect(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }
}
