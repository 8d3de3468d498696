//! The suite that shows whether a transport keeps its promises.
//!
//! An adapter for another HTTP stack implements [`Transport`] or
//! [`BlockingTransport`] and adds one short test file, with `harness = false`
//! in its `[[test]]` section:
//!
//! ```no_run
//! # struct Mine;
//! # impl talkspace_core::transport::BlockingTransport for Mine {
//! #     fn exchange(&self, _: talkspace_core::transport::Exchange, _: &talkspace_core::CancelToken) -> Result<
//! #         http::Response<talkspace_core::transport::BlockingResponseBody>,
//! #         talkspace_core::transport::TransportError,
//! #     > {
//! #         Err(talkspace_core::transport::TransportError::not_sent(talkspace_core::FailureKind::Other))
//! #     }
//! # }
//! use talkspace_conformance::Capability;
//!
//! fn main() -> std::process::ExitCode {
//!     talkspace_conformance::blocking("mine", env!("CARGO_PKG_VERSION"), |_context| Mine)
//!         .claims(&[Capability::KeepAlive])
//!         .expected_failures("# pattern -- reason")
//!         .run_from_env()
//! }
//! ```
//!
//! That is an ordinary test binary: `cargo test`, a filter, `--exact`, `--list`
//! and nextest work as ever. A failure explains itself, with the bytes that went
//! both ways and the command that repeats it.
//!
//! What is about HTTP is in [`http1_conformance`], which knows nothing of this API and tests any
//! client: how a case is played, what a verdict is and what time has to do with it stands there.
//! This crate takes a transport for such a client, judges it by the contract, and adds the cases about the API:
//! what the core sends, decodes and retries through the transport.
//!
//! The feature `wiremock`, which is on by default, adds `api/operation/*`: each operation of the API against a mock
//! server.
//!
//! [`guide::transport`] writes an adapter from nothing, and [`guide::cases`] is
//! the list of the requirements that are added.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod adapter;
mod cases;
mod core;
pub mod guide;
#[cfg(feature = "wiremock")]
mod mock;
mod parameters;

/// The README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

use http1_conformance::Case;
pub use http1_conformance::{
    Capability, Context, Level, Profile, Quote, Report, Selection, Source, Suite, Task, case, wire,
};
use talkspace_core::transport::{BlockingTransport, Transport};

/// Every case, in the order in which they are reported: those of
/// [`http1_conformance::cases`], and those about the API.
///
/// ```
/// for case in talkspace_conformance::cases() {
///     println!("{:7} {}", case.level(), case.id());
/// }
/// ```
#[must_use]
pub fn cases() -> Vec<Case> {
    http1_conformance::with(http1_conformance::cases(), cases::own())
}

/// The suite for a blocking transport, which is built anew for each case.
///
/// ```
/// use talkspace_conformance::{Selection, blocking};
/// use talkspace_core::transport::{FailureKind, TransportError, blocking_transport_fn};
///
/// let unplugged = |_context: &_| {
///     blocking_transport_fn(|_| Err(TransportError::not_sent(FailureKind::Connect)))
/// };
/// let report = blocking("unplugged", "0.1.0", unplugged)
///     .run(&Selection::exactly(["request/line/origin-form"]))?;
/// assert_eq!(report.failed().count(), 1, "request 1 never arrived");
/// # Ok::<(), String>(())
/// ```
pub fn blocking<T: BlockingTransport>(
    name: &str,
    version: &str,
    build: impl Fn(&Context) -> T + Send + Sync + 'static,
) -> Suite {
    let build = move |context: &Context| adapter::Blocking(build(context));
    over_contract(http1_conformance::blocking(name, version, build))
}

/// The suite for an async transport, which is built anew for each case.
///
/// `block_on` runs a task to its end on the runtime that the transport needs.
/// Several threads use it, and what the transport has spawned must go on
/// in between: with tokio, take a multi-threaded runtime and
/// write `move |task| runtime.block_on(task)`.
///
/// ```
/// use bytes::Bytes;
/// use talkspace_conformance::{Selection, asynchronous};
/// use talkspace_core::transport::transport_fn;
///
/// /// Makes up its responses, so nothing reaches the peer.
/// let deaf = |_context: &_| {
///     transport_fn(async |_| Ok(http::Response::new(Bytes::from_static(b"ok"))))
/// };
/// let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// let report = asynchronous("deaf", "0.1.0", deaf, move |task| runtime.block_on(task))
///     .run(&Selection::exactly(["request/line/origin-form"]))?;
/// assert_eq!(report.failed().count(), 1, "request 1 never arrived");
/// # Ok::<(), String>(())
/// ```
pub fn asynchronous<T: Transport>(
    name: &str,
    version: &str,
    build: impl Fn(&Context) -> T + Send + Sync + 'static,
    block_on: impl Fn(Task<'_>) + Send + Sync + 'static,
) -> Suite {
    let build = move |context: &Context| adapter::Asynchronous(build(context));
    over_contract(http1_conformance::asynchronous(
        name, version, build, block_on,
    ))
}

/// What the contract of a transport and the API require beside the RFCs.
fn over_contract(suite: Suite) -> Suite {
    suite.contract().including(cases::own())
}
