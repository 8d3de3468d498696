//! The async transport of Talkspace, for applications on tokio.
//!
//! ```
//! use talkspace_hyper::{Client, CreateTalkspace, HyperTransport};
//! # use talkspace_sandbox::{Sandbox, SandboxBuilder};
//!
//! # let server = Sandbox::start()?;
//! # let (url, key) = (server.url(), SandboxBuilder::EXAMPLE_APP_KEY);
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let client = Client::builder(url, key).build(HyperTransport::new())?;
//! let created = client.send(CreateTalkspace::new("eta")).await?;
//! println!("TalkSpace {}: the phone of eta rings", created.conference_id);
//! # assert_eq!(server.sandbox().rings("eta"), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It speaks HTTP/1.1 with hyper, TLS with rustls, and pools connections. An
//! application needs this crate alone: it re-exports [`talkspace_core`] and
//! `http`. Without tokio, take `talkspace-blocking`.
//!
//! | you want to | go to |
//! |---|---|
//! | see all operations | [the table](talkspace_core#operations) |
//! | set roots, timeouts of the pool | [`HyperTransport::builder`] |
//! | set timeouts and retries, add a header field | [`Client::with_options`], [`Client::with_header`] |
//! | know how something is done: tests, own roots, logs, a request in doubt | [`manual::howto`] |
//! | know what is sent again, and what an error means | [`manual::retries`] |
//!
//! The features `record`, `serde` and `tracing` turn those of `talkspace-core` on.
//!
//! # Timeouts and sizes
//!
//! When each of the [`Limits`] runs is said there. Here, in addition:
//!
//! * Under TLS they see decrypted bytes.
//! * Of a request above 16 KiB, Linux is polled in a long silence for the bytes that
//!   the peer has yet to acknowledge (`sock_diag(7)`). As long as they become fewer,
//!   the request goes out. Other systems, and a Linux that does not say, take no
//!   more than 256 KiB of a request at once, so that `response_timeout` begins at
//!   most so much too early.
//! * A source of the body is read where blocking is allowed, at most 256 KiB ahead,
//!   and left alone there by a deadline that passes meanwhile. What is
//!   [in memory](talkspace_core::BodySource::in_memory) is not read.
//! * `max_header_bytes` counts the interim (1xx) responses before the head too. A head
//!   has 64 KiB and 100 header fields at most.
//! * While the body of a response streams, a limit ends the exchange when the body is
//!   next polled.
//!
//! # Early responses
//!
//! A response may begin before the request is out (RFC 9112 §9.3). Then both
//! move at once. A success gets all of the request, though its response be whole
//! before, and ends with the later of the two. Any other response ends the
//! request when it is whole (§9.5): a redirect too, since it is not followed. The
//! connection is closed then.
//!
//! # Cancellation
//!
//! Dropping the future of a request, or the body of a response, closes its
//! connection, whatever was under way; the task that drove it ends with it.
//! Whether the service has applied the request is not known then: see
//! [dropping a future](talkspace_core::manual::howto#dropping-a-future).
//!
//! A read of a body's source runs where the runtime allows to block, and a name is
//! looked up on a thread of its own, one for all requests that want the name: both
//! end by themselves, and what they bring is dropped. An idle connection has two
//! tasks: one drives it, one closes it when its time is over.
//!
//! # Features
//!
//! All are off by default. `record`, `serde` and `tracing` are [those of the
//! core](talkspace_core#features); `rustls` adds `TransportBuilder::rustls_config`
//! and re-exports rustls, so that an update of rustls to an incompatible version breaks
//! who turns it on.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod connect;
mod connection;
mod connector;
mod dial;
mod download;
mod driver;
mod engine;
mod error;
mod exchange;
mod head;
mod meter;
mod pace;
mod pieces;
mod pool;
mod runtime;
mod silence;
mod tls;
mod tokio_io;
mod tunnel;
mod upload;
mod watch;
mod wire;

#[cfg(test)]
mod tests;

/// The README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub use connector::Connector;
pub use engine::{HyperTransport, TransportBuilder};
#[doc(inline)]
pub use talkspace_net::{BuildError, Proxy, Target};
pub use tokio_io::{mp3_from_reader, save};

// One dependency is enough: an application finds everything here.
pub use http;
#[cfg(feature = "rustls")]
pub use rustls;
#[doc(inline)]
pub use talkspace_core::*;
