//! The sandbox's clock: the real one, or one that stands still until it is
//! moved.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// What a sandbox takes for now, as the time since it was built. Clones are the same
/// clock.
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
pub struct Clock {
    kind: Arc<Mutex<Kind>>,
    news: Arc<News>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// It began then, and said this much.
    Real(Instant, Duration),
    Frozen(Duration),
}

impl Kind {
    fn now(self) -> Duration {
        match self {
            Self::Real(start, before) => before.saturating_add(start.elapsed()),
            Self::Frozen(now) => now,
        }
    }
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn real() -> Self {
        Self::of(Kind::Real(Instant::now(), Duration::ZERO))
    }

    /// A clock that moves only by [`advance`](Self::advance).
    #[must_use]
    pub fn frozen() -> Self {
        Self::of(Kind::Frozen(Duration::ZERO))
    }

    fn of(kind: Kind) -> Self {
        Self {
            kind: Arc::new(Mutex::new(kind)),
            news: Arc::default(),
        }
    }

    fn kind(&self) -> MutexGuard<'_, Kind> {
        self.kind.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time since the sandbox was built.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.kind().now()
    }

    /// Makes it stand still where it is, until it is [advanced](Self::advance) or
    /// [let go](Self::unfreeze).
    pub fn freeze(&self) {
        let mut kind = self.kind();
        *kind = Kind::Frozen(kind.now());
        drop(kind);
        self.news.tell();
    }

    /// Lets it go on as the machine's, from where it stands.
    ///
    /// ```
    /// use std::time::Duration;
    /// use talkspace_sandbox::Clock;
    ///
    /// let clock = Clock::frozen();
    /// clock.advance(Duration::from_secs(60));
    /// clock.unfreeze();
    /// assert!(!clock.is_frozen());
    /// assert!(clock.now() >= Duration::from_secs(60));
    /// ```
    pub fn unfreeze(&self) {
        let mut kind = self.kind();
        *kind = Kind::Real(Instant::now(), kind.now());
        drop(kind);
        self.news.tell();
    }

    /// Moves a frozen clock on. The real clock moves by itself, so nothing
    /// happens to it; [`is_frozen`](Self::is_frozen) tells them apart.
    pub fn advance(&self, by: Duration) {
        if let Kind::Frozen(now) = &mut *self.kind() {
            *now = now.saturating_add(by);
        }
        self.news.tell();
    }

    /// The same clock, which goes on from where another stopped.
    pub(crate) fn resuming(self, at: Duration) -> Self {
        match &mut *self.kind() {
            Kind::Real(_, before) => *before = at,
            Kind::Frozen(now) => *now = at,
        }
        self
    }

    /// Moves it on, frozen or not, if it is not this late.
    pub(crate) fn reach(&self, at: Duration) {
        let mut kind = self.kind();
        let left = at.saturating_sub(kind.now());
        let (Kind::Real(_, told) | Kind::Frozen(told)) = &mut *kind;
        *told = told.saturating_add(left);
    }

    /// How long it takes until it is this late, if that comes by itself.
    pub(crate) fn wait_for(&self, at: Duration) -> Option<Duration> {
        let passes = !self.is_frozen();
        passes.then(|| at.saturating_sub(self.now()))
    }

    /// What tells that it was moved, or that something happened.
    pub(crate) fn news(&self) -> &News {
        &self.news
    }

    /// Whether the clock stands still until it is advanced.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        matches!(*self.kind(), Kind::Frozen(_))
    }
}

/// Wakes those who wait for something to happen, on any thread.
#[derive(Debug, Default)]
pub(crate) struct News {
    count: Mutex<u64>,
    told: Condvar,
    told_tasks: Notify,
    /// How many wait for whatever happens.
    waiting: AtomicUsize,
}

/// Somebody waits for whatever happens, until this is dropped.
#[derive(Debug)]
pub(crate) struct Awaited<'n>(&'n News);

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

impl News {
    /// How often there was news. It is asked before looking: then nothing is
    /// missed that happens meanwhile.
    pub(crate) fn count(&self) -> u64 {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All news is told from now on, until what this gives is dropped.
    pub(crate) fn awaited(&self) -> Awaited<'_> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        Awaited(self)
    }

    pub(crate) fn is_awaited(&self) -> bool {
        self.waiting.load(Ordering::Acquire) > 0
    }

    pub(crate) fn tell(&self) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.told.notify_all();
        self.told_tasks.notify_waiters();
    }

    /// Ready when there is other news than this.
    pub(crate) async fn other_than(&self, known: u64) {
        loop {
            // It is told of what comes from here on, polled or not.
            let told = self.told_tasks.notified();
            if self.count() != known {
                return;
            }
            told.await;
        }
    }

    /// Blocks until there is other news than this, or for so long.
    pub(crate) fn wait(&self, known: u64, longest: Option<Duration>) {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = |count: &mut u64| *count == known;
        match longest {
            Some(longest) => drop(self.told.wait_timeout_while(count, longest, is_known)),
            None => drop(self.told.wait_while(count, is_known)),
        }
    }
}
