//! The settings of a client.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::codec::{Operation, Target};
use crate::send::{Attempts, RequestOptions, RetryBudget};

/// What the requests of a client share.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) target: Arc<Target>,
    pub(super) options: RequestOptions,
    pub(super) budget: RetryBudget,
    pub(super) seed: u64,
    pub(super) requests: AtomicU64,
}

impl Settings {
    pub(super) fn attempts<O: Operation>(
        &self,
        operation: O,
        options: RequestOptions,
        now: Instant,
    ) -> Attempts<O> {
        // Weyl's step keeps the seeds of consecutive requests far apart.
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let seed = self
            .seed
            .wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        Attempts::new(
            operation,
            Arc::clone(&self.target),
            options,
            self.budget.clone(),
            now,
            seed,
        )
    }

    pub(super) fn fmt_as(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("base_url", self.target.base_url())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
