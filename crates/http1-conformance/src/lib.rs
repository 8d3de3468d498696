//! A conformance suite for HTTP/1.1 clients: what RFC 9110 and RFC 9112 require of a client, and what people
//! expect of one, over real sockets.
//!
//! Any client can be tested, in any language by a small program: see [`guide::shims`]. One in Rust
//! implements [`Client`], or [`AsyncClient`] when it is awaited, and has one short test file, with
//! `harness = false` in its `[[test]]` section:
//!
//! ```no_run
//! # use http1_conformance::client::{Client, TransportError, client_fn};
//! # fn mine() -> impl Client { client_fn(|_| Err(TransportError::other("not written"))) }
//! use http1_conformance::Capability;
//!
//! fn main() -> std::process::ExitCode {
//!     http1_conformance::blocking("mine", env!("CARGO_PKG_VERSION"), |_| mine())
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
//! How it works, from the outside in:
//!
//! - [`Suite`] plays each [`Case`] on a thread of its own, with a fresh client;
//! - a case is a requirement, a scripted peer, an exchange, and what must come of it;
//! - [`wire`] is that peer: raw TCP, steps as data, every byte on record;
//! - the tests of this crate have a plain client that passes, and that can be told to commit
//!   one fault, which proves that the suite would notice.
//!
//! [`guide::client`] writes an adapter in Rust from nothing, [`guide::shims`] tests a client in any other
//! language by a program that speaks lines of JSON, and [`guide::cases`] is the list of the requirements.
//!
//! # Features
//!
//! None is on by default. `tls` adds the cases of TLS and of proxies, `proptest` adds `property/*`, which make up
//! what they send, and `tokio` the case of a blocking client inside of a runtime.
//!
//! # Time
//!
//! No verdict hangs on how fast a machine is. What can be waited for is waited for: a
//! connection that ended, a segment that arrived, a source that was read. Where time is the
//! subject, a limit must not pass early, and "too late" is what stands out from this machine:
//! a thread measures all the while how late a plain timer and a plain exchange over the
//! loopback interface come. Cases that measure time are played a few at once, and beside no others. One in
//! which time had a part and that fails is played again, alone, then with every time multiplied by 4 and then
//! by 16. A fault fails at each of them; what passes was the machine, and the report says so. When even that
//! cannot tell, or the suite could not do its own part, the case is *inconclusive*: no verdict on the adapter.
//!
//! A runner with a process for each case has to be told of those that measure: with
//! nextest, `threads-required = "num-cpus"` for `test(/^(time|cancel)\//)`.
//!
//! # Verdicts
//!
//! Each case says who is bound by what: its [`Source`] is a sentence of an RFC that binds a client, word by
//! word, at the level of that sentence; or it is the contract, which asks for what RFCs leave to a client.
//! The first alone are played, unless the subject takes the contract on by
//! [`contract`](Suite::contract), or `--profile contract` says so.
//!
//! What a subject does and what it calls an error are two verdicts. Where the behaviour is right and the
//! error has another kind, phase or delivery than the contract wants, the case is *misclassified*. A subject that
//! does not claim a [`Capability`] is not judged by it: its cases are *not applicable*.
//!
//! A case tells nothing where something more basic does not hold. Then it is *inconclusive*, points to the
//! case that failed, and never fails a run.
//!
//! Ids of cases are stable. MUST cases decide the exit code; SHOULD cases warn, and count with `--strict`, as
//! does a case that this machine could not judge.
#![cfg_attr(docsrs, feature(doc_cfg))]

// So that the mutants find it here, too.
#[cfg(test)]
extern crate self as http1_conformance;

pub mod case;
mod cases;
pub mod client;
mod expected_failures;
pub mod guide;
mod machine;
#[cfg(test)]
#[path = "../tests/mutants/mod.rs"]
mod mutants;
mod profile;
mod report;
pub mod shim;
mod subject;
mod suite;
#[cfg(test)]
mod testing;
pub mod wire;

/// The README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub use case::{Capability, Case, Level, Quote, Source};
pub use cases::cases;
pub use client::{AsyncClient, Client};
#[doc(hidden)]
pub use expected_failures::matches;
pub use profile::Profile;
pub use report::Report;
use subject::Subject;
pub use subject::{Context, Task};
pub use suite::{Selection, Suite, with};

/// The suite for a client that blocks, which is built anew for each case.
///
/// ```
/// use http1_conformance::client::{TransportError, client_fn};
/// use http1_conformance::{Selection, blocking};
///
/// let unplugged = |_context: &_| client_fn(|_| Err(TransportError::other("no network")));
/// let report = blocking("unplugged", "0.1.0", unplugged)
///     .run(&Selection::exactly(["request/line/origin-form"]))?;
/// assert_eq!(report.failed().count(), 1, "request 1 never arrived");
/// # Ok::<(), String>(())
/// ```
pub fn blocking<C: Client>(
    name: &str,
    version: &str,
    build: impl Fn(&Context) -> C + Send + Sync + 'static,
) -> Suite {
    Suite::new(name, version, Subject::blocking(build))
}

/// The suite for a client that is awaited, which is built anew for each case.
///
/// `block_on` runs a task to its end on the runtime that the client needs.
/// Several threads use it, and what the client has spawned must go on
/// in between: with tokio, take a multi-threaded runtime and
/// write `move |task| runtime.block_on(task)`.
///
/// ```
/// use std::sync::Arc;
/// use std::task::{Context, Poll, Wake, Waker};
/// use std::thread::{self, Thread};
///
/// use bytes::Bytes;
/// use http1_conformance::client::{AsyncClient, Exchange, TransportError};
/// use http1_conformance::{Selection, Task, asynchronous};
///
/// /// Makes up its responses, so nothing reaches the peer.
/// struct Deaf;
///
/// impl AsyncClient for Deaf {
///     type Body = Bytes;
///
///     async fn exchange(&self, _: Exchange) -> Result<http::Response<Bytes>, TransportError> {
///         Ok(http::Response::new(Bytes::from_static(b"ok")))
///     }
/// }
///
/// struct Unpark(Thread);
///
/// impl Wake for Unpark {
///     fn wake(self: Arc<Self>) {
///         self.0.unpark();
///     }
/// }
///
/// fn block_on(mut task: Task<'_>) {
///     let waker = Waker::from(Arc::new(Unpark(thread::current())));
///     while let Poll::Pending = task.as_mut().poll(&mut Context::from_waker(&waker)) {
///         thread::park();
///     }
/// }
///
/// let report = asynchronous("deaf", "0.1.0", |_context| Deaf, block_on)
///     .contract()
///     .run(&Selection::exactly(["request/line/origin-form"]))?;
/// assert_eq!(report.failed().count(), 1, "request 1 never arrived");
/// # Ok::<(), String>(())
/// ```
pub fn asynchronous<C: AsyncClient>(
    name: &str,
    version: &str,
    build: impl Fn(&Context) -> C + Send + Sync + 'static,
    block_on: impl Fn(Task<'_>) + Send + Sync + 'static,
) -> Suite {
    Suite::new(name, version, Subject::asynchronous(build, block_on))
}
