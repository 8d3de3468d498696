//! For whoever runs a client in production: what became of each request, attempt
//! by attempt.
//!
//! An [`Observer`] gets an [`Event`] for each step of each request. Its
//! fields are numbers, and words of this library: no event can hold an
//! application key, a phone number, a URL, the value of a header field or a body.
//!
//! The feature `tracing` makes spans of the same steps: one for each request, and
//! in it one for each attempt. [The manual](crate::manual::observing) says how
//! both are used, has an example with metrics, and shows what is traced.
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU32, Ordering};
//! use talkspace_core::observe::{Event, EventKind, Observer};
//! use talkspace_core::transport::blocking_transport_fn;
//! use talkspace_core::{BlockingClient, GetVersion};
//!
//! /// Counts retries.
//! #[derive(Default)]
//! struct Retries(AtomicU32);
//!
//! impl Observer for Retries {
//!     fn on(&self, event: &Event<'_>) {
//!         if let EventKind::Retrying { .. } = event.kind {
//!             self.0.fetch_add(1, Ordering::Relaxed);
//!         }
//!     }
//! }
//!
//! let busy = blocking_transport_fn(|_request| {
//!     let response = http::Response::builder().status(503);
//!     Ok(response.body("".into()).unwrap())
//! });
//! let retries = Arc::new(Retries::default());
//! let client = BlockingClient::builder("https://sandbox.example", "key")
//!     .observer(Arc::clone(&retries))
//!     .build_blocking(busy)?;
//! assert!(client.send(GetVersion::new()).is_err());
//! assert_eq!(retries.0.load(Ordering::Relaxed), 2);
//! # Ok::<(), talkspace_core::InvalidClient>(())
//! ```

mod event;
mod observed;
mod observer;
mod request_ids;
mod spans;

pub use crate::value::{GivenUp, InvalidRequestId, RequestId};
pub use event::{Event, EventKind, Failure, RetryReason};
pub(crate) use observed::{Clock, Context, Observed, Observing};
pub use observer::Observer;
pub(crate) use request_ids::RequestIds;

#[cfg(test)]
mod tests;
