//! The sandbox's clock: the real one, or one that stands still until it is
//! moved.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a sandbox takes for now, as the time since it was built.
///
/// ```
/// use std::time::Duration;
/// use talkspace_sandbox::Clock;
///
/// let clock = Clock::frozen();
/// clock.advance(Duration::from_secs(24 * 60 * 60));
/// assert_eq!(clock.now(), Duration::from_secs(24 * 60 * 60));
/// ```
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// It began then, and said this much.
    Real(Instant, Duration),
    Frozen(Arc<Mutex<Duration>>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn real() -> Self {
        Self(Kind::Real(Instant::now(), Duration::ZERO))
    }

    /// A clock that moves only by [`advance`](Self::advance). Clones share it.
    #[must_use]
    pub fn frozen() -> Self {
        Self(Kind::Frozen(Arc::default()))
    }

    /// The time since the sandbox was built.
    #[must_use]
    pub fn now(&self) -> Duration {
        match &self.0 {
            Kind::Real(start, before) => before.saturating_add(start.elapsed()),
            Kind::Frozen(now) => *now.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a frozen clock on. The real clock moves by itself, so nothing
    /// happens to it; [`is_frozen`](Self::is_frozen) tells them apart.
    pub fn advance(&self, by: Duration) {
        if let Kind::Frozen(now) = &self.0 {
            let mut now = now.lock().unwrap_or_else(PoisonError::into_inner);
            *now = now.saturating_add(by);
        }
    }

    /// The same clock, which goes on from where another stopped.
    pub(crate) fn resuming(self, at: Duration) -> Self {
        match self.0 {
            Kind::Real(start, _) => Self(Kind::Real(start, at)),
            Kind::Frozen(now) => {
                *now.lock().unwrap_or_else(PoisonError::into_inner) = at;
                Self(Kind::Frozen(now))
            }
        }
    }

    /// Whether the clock stands still until it is advanced.
    #[must_use]
    pub const fn is_frozen(&self) -> bool {
        matches!(self.0, Kind::Frozen(_))
    }
}
