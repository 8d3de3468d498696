//! A bound on retries over all requests of a client, so that a failing service
//! gets no retry storm.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use crate::transport::sync::{Arc, Mutex};

/// Tenths of a retry that the first attempt of a request earns.
const EARNED: u32 = 1;
/// Tenths of a retry that one retry costs.
const COST: u32 = 10;
/// The most that can be earned, in tenths.
const MAX_EARNED: u32 = 100 * COST;
/// Retries that a client always has in reserve, in tenths, regained one each second.
const RESERVE: u32 = 10 * COST;
/// How long it takes to regain a tenth of a retry.
const TENTH: Duration = Duration::from_millis(100);

/// Retries left to a client: one for ten requests, and ten in reserve that come
/// back one each second. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct RetryBudget(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    earned: u32,
    reserve: u32,
    refilled: Option<Instant>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            earned: 0,
            reserve: RESERVE,
            refilled: None,
        }
    }
}

impl RetryBudget {
    /// A full budget.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A request makes its first attempt.
    pub(crate) fn deposit(&self) {
        self.with(|state| state.earned = (state.earned + EARNED).min(MAX_EARNED));
    }

    /// Takes a retry out of the budget, if one is left.
    pub(crate) fn withdraw(&self, now: Instant) -> bool {
        self.with(|state| {
            state.refill(now);
            for bucket in [&mut state.earned, &mut state.reserve] {
                if let Some(rest) = bucket.checked_sub(COST) {
                    *bucket = rest;
                    return true;
                }
            }
            false
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn refill(&mut self, now: Instant) {
        let Some(since) = self.refilled else {
            // Up to its first use a reserve is full: there is nothing to regain.
            self.refilled = Some(now);
            return;
        };
        // Zero also when another thread read its clock later and was here
        // first: then the mark must not go back.
        let elapsed = now.saturating_duration_since(since);
        let tenths = elapsed.as_millis() / TENTH.as_millis();
        if tenths > 0 {
            // What is short of a tenth counts on, or frequent retries would regain less.
            let rest = elapsed.subsec_nanos() % TENTH.subsec_nanos();
            self.refilled = Some(now - Duration::from_nanos(rest.into()));
            let gained = u32::try_from(tenths).unwrap_or(RESERVE);
            self.reserve = self.reserve.saturating_add(gained).min(RESERVE);
        }
    }
}
