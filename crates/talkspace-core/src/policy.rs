//! What a client may do on a caller's behalf: how long, how large, how often.

use std::time::Duration;

use crate::exchange::Limits;
use crate::operation::Effect;

/// How calls are made: limits and retries. A value, so it can be set for a
/// client or for one call.
///
/// ```
/// use std::time::Duration;
/// use talkspace_core::Policy;
///
/// let patient = Policy::default().total(Duration::from_secs(120));
/// let once = Policy::default().max_retries(0);
/// assert_ne!(patient, once);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Policy {
    pub(crate) limits: Limits,
    pub(crate) total: Option<Duration>,
    pub(crate) max_retries: u32,
    pub(crate) first_backoff: Duration,
    pub(crate) max_backoff: Duration,
    pub(crate) effect: Option<Effect>,
    pub(crate) retry_refused_calls: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            total: Some(Duration::from_secs(60)),
            max_retries: 2,
            first_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(5),
            effect: None,
            retry_refused_calls: false,
        }
    }
}

impl Policy {
    /// Limits of every exchange. Their deadline is set from [`total`](Self::total).
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Longest time for the whole call, waits and retries included. Default 60 s.
    /// A [download](crate::Download) to a writer has one of its own, or none.
    pub const fn total(mut self, total: Duration) -> Self {
        self.total = Some(total);
        self
    }

    /// Lets a call take as long as it takes, as long as no other limit ends it.
    /// A service that then asks to wait for more than 60 s is not waited for.
    pub const fn no_total(mut self) -> Self {
        self.total = None;
        self
    }

    /// How often a call is sent again at most. Default 2.
    ///
    /// Whether it may be sent again at all is decided by its [`Effect`].
    pub const fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// The wait before a retry is drawn between zero and `first`, doubled with
    /// every retry up to `max`. Default 200 ms and 5 s.
    pub const fn backoff(mut self, first: Duration, max: Duration) -> Self {
        self.first_backoff = first;
        self.max_backoff = max;
        self
    }

    /// Retries a call that rings a telephone when the service itself said that
    /// it cannot place it now. Off by default: a person may be waiting.
    pub const fn retry_refused_calls(mut self, retry: bool) -> Self {
        self.retry_refused_calls = retry;
        self
    }

    /// Treats the operation as if sending it twice had another effect than the
    /// spec says. [`Effect::Reads`] for one that rings can ring twice.
    pub const fn treat_as(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }
}
