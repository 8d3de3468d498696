//! What the retries of a client cost and keep, as figures. Time is virtual.
//!
//! ```text
//! cargo test -p talkspace-core --test figures -- --nocapture --test-threads=1
//! ```

// The lints allow tests to print and to fail by `unwrap`, and know them by this attribute.
#[cfg(test)]
mod amplification;
#[cfg(test)]
mod backoff;
#[cfg(test)]
mod deadline;

#[cfg(test)]
mod common {
    use std::sync::Arc;
    use std::time::Instant;

    use bytes::Bytes;
    use http::Response;
    use talkspace_core::codec::Target;
    use talkspace_core::transport::TransportError;
    use talkspace_core::unversioned::Attempts;
    use talkspace_core::{
        AppKey, BaseUrl, Delivery, FailureKind, Operation, RequestOptions, RetryBudget,
    };

    pub(crate) type Outcome = Result<Response<Bytes>, TransportError>;

    pub(crate) fn target() -> Arc<Target> {
        let base = BaseUrl::parse("https://a.example").unwrap();
        Arc::new(Target::new(base, AppKey::new("key")))
    }

    /// A request that begins `now`.
    pub(crate) fn request<O: Operation>(
        operation: O,
        policy: &RequestOptions,
        budget: &RetryBudget,
        now: Instant,
        seed: u64,
    ) -> Attempts<O> {
        Attempts::new(operation, target(), *policy, budget.clone(), now, seed)
    }

    pub(crate) fn not_connected() -> Outcome {
        Err(TransportError::new(FailureKind::Connect, Delivery::NotSent))
    }
}
