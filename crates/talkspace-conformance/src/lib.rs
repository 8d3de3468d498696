//! The suite that shows whether a transport keeps its promises.
//!
//! An adapter for another HTTP stack implements [`Transport`] or
//! [`BlockingTransport`] and adds one short test file, with `harness = false`
//! in its `[[test]]` section:
//!
//! ```no_run
//! use talkspace_conformance::{Capability, reference::Plain};
//!
//! fn main() -> std::process::ExitCode {
//!     talkspace_conformance::blocking("plain", env!("CARGO_PKG_VERSION"), |_| Plain::new())
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
//! - [`Suite`] plays each [`Case`] on a thread of its own, with a fresh transport;
//! - a case is a requirement, a scripted peer, an exchange, and what must come of it;
//! - [`wire`] is that peer: raw TCP, steps as data, every byte on record;
//! - [`mod@reference`] is a plain transport that passes, and that can be told to commit
//!   one fault, which proves that the suite would notice.
//!
//! [`guide::transport`] writes an adapter from nothing, and [`guide::cases`] is
//! the list of the requirements.
//!
//! # Time
//!
//! No verdict hangs on how fast a machine is. What can be waited for is waited for: a
//! connection that ended, a segment that arrived, a source that was read. Where time is the
//! subject, a limit must not pass early, and "too late" is what stands out from this machine:
//! a thread measures all the while how late a plain timer and a plain exchange over the
//! loopback interface come. A case in which time had a part and that fails is played again,
//! alone, with every time multiplied by 4 and then by 16. A fault fails at each of them; what
//! passes was the machine, and the report says so. When even that cannot tell, or the suite
//! could not do its own part, the case is *inconclusive*: no verdict on the adapter.
//!
//! Such cases run alone, which a runner with a process for each case has to be told: with
//! nextest, `threads-required = "num-cpus"` for `test(/^(time|cancel)\//)`.
//!
//! # Verdicts
//!
//! Each case says who is bound by what: its [`Source`] is a sentence of an RFC that binds a client, word by
//! word, at the level of that sentence; or it is the contract, which asks for what RFCs leave to a client.
//! `--profile rfc` plays the first alone, for any HTTP/1.1 client.
//!
//! What a subject does and what it calls an error are two verdicts. Where the behaviour is right and the
//! error has another kind, phase or delivery than the contract wants, the case is *misclassified*. A subject that
//! does not claim a [`Capability`] is not judged by it: its cases are *not applicable*.
//!
//! A case tells nothing where something more basic does not hold. Then it is *inconclusive*, points to the
//! case that failed, and is never red.
//!
//! Ids of cases are stable. MUST cases decide the exit code; SHOULD cases warn, and count with `--strict`.

mod case;
mod cases;
mod expected_failures;
pub mod guide;
mod machine;
mod mock;
mod parameters;
mod profile;
pub mod reference;
mod report;
pub mod shim;
mod subject;
mod suite;
#[cfg(test)]
mod testing;
pub mod wire;

use talkspace_core::transport::{BlockingTransport, Transport};

pub use case::{Capability, Case, Level, Quote, Source};
pub use cases::cases;
pub use profile::Profile;
pub use report::Report;
use subject::Subject;
pub use subject::{Context, Task};
pub use suite::{Selection, Suite};

/// The suite for a blocking transport, which is built anew for each case.
///
/// ```
/// use talkspace_conformance::{Selection, blocking, reference::Plain};
///
/// let report = blocking("plain", "0.1.0", |_context| Plain::new())
///     .run(&Selection::exactly(["request/line/origin-form"]))?;
/// assert_eq!(report.passed().count(), 1);
/// # Ok::<(), String>(())
/// ```
pub fn blocking<T: BlockingTransport>(
    name: &str,
    version: &str,
    build: impl Fn(&Context) -> T + Send + Sync + 'static,
) -> Suite {
    Suite::new(name, version, Subject::blocking(build))
}

/// The suite for an async transport, which is built anew for each case.
///
/// `block_on` runs a task to its end on the runtime that the transport needs.
/// Several threads use it, and what the transport has spawned must go on
/// in between: with tokio, take a multi-threaded runtime and
/// write `move |task| runtime.block_on(task)`.
///
/// ```
/// use std::sync::Arc;
/// use std::task::{Context, Poll, Wake, Waker};
/// use std::thread::{self, Thread};
/// use std::time::Duration;
///
/// use bytes::Bytes;
/// use talkspace_conformance::{Selection, Task, asynchronous};
/// use talkspace_core::transport::{Exchange, ResponseBody, Transport, TransportError};
///
/// /// Makes up its responses, so nothing reaches the peer.
/// struct Deaf;
///
/// #[async_trait::async_trait]
/// impl Transport for Deaf {
///     async fn exchange(&self, _: Exchange) -> Result<http::Response<ResponseBody>, TransportError> {
///         Ok(http::Response::new(ResponseBody::from(Bytes::from_static(b"ok"))))
///     }
///     async fn sleep(&self, _: Duration) {}
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
    Suite::new(name, version, Subject::asynchronous(build, block_on))
}
