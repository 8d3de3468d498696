//! A bound on retries over all requests of a client, so that a failing service
//! gets no retry storm.

use std::fmt;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use crate::transport::sync::{Arc, Mutex};

/// What one retry costs. An account is kept in hundredths, so that a request
/// earns its percentage of a retry.
const COST: u32 = 100;
/// The most that can be earned.
const MAX_EARNED: u32 = 100 * COST;
/// How long it takes to regain a hundredth of a retry.
const HUNDREDTH: Duration = Duration::from_millis(10);

/// How many retries the clients that share it may make together.
///
/// A request earns a share of a retry, 10 % unless [said otherwise](Self::percent),
/// up to 100 retries. Beside them there is a [reserve](Self::reserve), of which one
/// comes back each second. When both are used up, a request that fails is not
/// retried, and its [`Error`](crate::Error::given_up) says so. Hence a service
/// that is down gets a tenth more requests than usual, and not three times as many.
///
/// A client has a budget of its own unless it is [given
/// one](crate::ClientBuilder::retry_budget). Clones share what is left, so that
/// clients of one service, with two application keys for instance, can have one
/// together.
///
/// ```
/// use talkspace_core::transport::transport_fn;
/// use talkspace_core::{Client, RetryBudget};
///
/// # let transport = transport_fn(|_| async { Ok(http::Response::new("01.02.06".into())) });
/// let budget = RetryBudget::new().reserve(20).percent(5);
/// let [one, other] = ["key of one", "key of the other"].map(|key| {
///     Client::builder("https://sandbox.example", key)
///         .retry_budget(budget.clone())
///         .build(transport.clone())
/// });
/// # let _ = (one?, other?);
/// # Ok::<(), talkspace_core::InvalidClient>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct RetryBudget(Arc<Shared>);

struct Shared {
    size: Size,
    account: Mutex<Account>,
}

/// In hundredths of a retry.
#[derive(Clone, Copy, Debug)]
struct Size {
    reserve: u32,
    /// What the first attempt of a request earns.
    earned: u32,
}

#[derive(Debug)]
struct Account {
    earned: u32,
    reserve: u32,
    refilled: Option<Instant>,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self::of(Size {
            reserve: 10 * COST,
            earned: 10,
        })
    }
}

impl RetryBudget {
    /// A full budget: a reserve of 10 retries, and 10 % of the requests.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many retries are in reserve, of which one comes back each second.
    /// Default 10. The result is a full budget of its own, which earlier clones
    /// do not share.
    pub fn reserve(self, retries: u32) -> Self {
        Self::of(Size {
            reserve: retries.saturating_mul(COST),
            ..self.0.size
        })
    }

    /// Sets how many retries a hundred requests earn. Default 10; 0 leaves the
    /// reserve alone. The result is a full budget of its own, which earlier clones
    /// do not share.
    pub fn percent(self, retries: u32) -> Self {
        Self::of(Size {
            earned: retries,
            ..self.0.size
        })
    }

    fn of(size: Size) -> Self {
        let account = Account {
            earned: 0,
            reserve: size.reserve,
            refilled: None,
        };
        Self(Arc::new(Shared {
            size,
            account: Mutex::new(account),
        }))
    }

    /// A request makes its first attempt.
    pub(crate) fn deposit(&self) {
        let earned = self.0.size.earned;
        self.with(|account| account.earned = account.earned.saturating_add(earned).min(MAX_EARNED));
    }

    /// Takes a retry out of the budget, if one is left.
    pub(crate) fn withdraw(&self, now: Instant) -> bool {
        let most = self.0.size.reserve;
        self.with(|account| {
            account.refill(now, most);
            for bucket in [&mut account.earned, &mut account.reserve] {
                if let Some(rest) = bucket.checked_sub(COST) {
                    *bucket = rest;
                    return true;
                }
            }
            false
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut Account) -> T) -> T {
        let account = self.0.account.lock();
        change(&mut account.unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Size { reserve, earned } = self.0.size;
        f.debug_struct("RetryBudget")
            .field("reserve", &(reserve / COST))
            .field("percent", &earned)
            .finish_non_exhaustive()
    }
}

impl Account {
    fn refill(&mut self, now: Instant, most: u32) {
        let Some(since) = self.refilled else {
            // Up to its first use a reserve is full: there is nothing to regain.
            self.refilled = Some(now);
            return;
        };
        // Zero also when another thread read its clock later and was here
        // first: then the mark must not go back.
        let elapsed = now.saturating_duration_since(since);
        let hundredths = elapsed.as_millis() / HUNDREDTH.as_millis();
        if hundredths > 0 {
            // What is short of a hundredth counts on, or frequent retries would regain less.
            let rest = elapsed.subsec_nanos() % HUNDREDTH.subsec_nanos();
            self.refilled = Some(now - Duration::from_nanos(rest.into()));
            let gained = u32::try_from(hundredths).unwrap_or(u32::MAX);
            self.reserve = self.reserve.saturating_add(gained).min(most);
        }
    }
}
