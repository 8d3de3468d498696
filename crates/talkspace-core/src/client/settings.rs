//! The settings of a client.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use http::{HeaderName, HeaderValue};

use crate::codec::{Operation, Target};
use crate::observe::{Clock, Context, Observed, Observer, Observing, RequestIds};
use crate::send::{Along, Attempts, HeaderFields, RequestOptions, RetryBudget};

/// What a client has beside its transport: what it shares with its clones and
/// with those that are derived from it, and what is set for its requests.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) shared: Arc<Shared>,
    pub(super) options: RequestOptions,
    pub(super) header_fields: HeaderFields,
    pub(super) context: Option<Context>,
}

pub(super) struct Shared {
    pub(super) target: Arc<Target>,
    pub(super) budget: RetryBudget,
    pub(super) observer: Option<Arc<dyn Observer>>,
    pub(super) ids: Option<RequestIds>,
    pub(super) clock: Clock,
    pub(super) seed: u64,
    pub(super) requests: AtomicU64,
}

impl Settings {
    pub(super) fn with_options(&self, options: RequestOptions) -> Self {
        Self {
            options,
            ..self.clone()
        }
    }

    pub(super) fn with_header(
        &self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) -> Self {
        Self {
            header_fields: self.header_fields.with(name, value),
            ..self.clone()
        }
    }

    pub(super) fn with_context(&self, context: impl Any + Send + Sync) -> Self {
        Self {
            context: Some(Arc::new(context)),
            ..self.clone()
        }
    }

    #[inline]
    pub(super) fn attempts<O: Operation>(
        &self,
        operation: O,
        options: RequestOptions,
        now: Instant,
    ) -> Attempts<O> {
        let shared = &*self.shared;
        // Weyl's step keeps the seeds of consecutive requests far apart.
        let number = shared.requests.fetch_add(1, Ordering::Relaxed);
        let seed = shared
            .seed
            .wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (target, budget) = (Arc::clone(&shared.target), shared.budget.clone());
        let observing = Observing {
            observer: shared.observer.as_ref(),
            context: self.context.as_ref(),
            ids: shared.ids.as_ref(),
            clock: &shared.clock,
        };
        let along = Along {
            header_fields: self.header_fields.clone(),
            observed: Observed::begin(O::INFO, observing, now),
        };
        Attempts::with(operation, target, options, budget, now, seed, along)
    }

    pub(super) fn fmt_as(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("base_url", self.shared.target.base_url())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
