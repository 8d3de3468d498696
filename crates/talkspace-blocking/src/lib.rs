//! The blocking transport of Talkspace: sockets of `std`, and no async runtime
//! anywhere in its tree.
//!
//! ```
//! use talkspace_blocking::{Client, CreateTalkspace, HttpTransport};
//! # use talkspace_sandbox::{Sandbox, SandboxBuilder};
//!
//! # let server = Sandbox::start()?;
//! # let (url, key) = (server.url(), SandboxBuilder::EXAMPLE_APP_KEY);
//! let client = Client::builder(url, key).build_blocking(HttpTransport::new())?;
//! let created = client.send(CreateTalkspace::new("eta"))?;
//! println!("TalkSpace {}: the phone of eta rings", created.conference_id);
//! # assert_eq!(server.sandbox().rings("eta"), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It speaks HTTP/1.1 with `httparse`, TLS with rustls, and pools connections. An
//! application needs this crate alone: it re-exports [`talkspace_core`] and
//! `http`. On tokio, take `talkspace-hyper`.
//!
//! | you want to | go to |
//! |---|---|
//! | see all operations | [the table](talkspace_core#operations) |
//! | set roots, timeouts of the pool | [`HttpTransport::builder`] |
//! | set timeouts and retries, add a header field | [`Client::with_options`], [`Client::with_header`] |
//! | end requests from another thread | [`Client::with_cancel`] |
//! | know how something is done: tests, own roots, logs, a request in doubt | [`manual::howto`] |
//! | know what is sent again, and what an error means | [`manual::retries`] |
//!
//! The features `record`, `serde` and `tracing` turn those of `talkspace-core` on.
//!
//! # Timeouts and sizes
//!
//! When each of the [`Limits`] runs is said there. Here, in addition:
//!
//! * Of a request above 16 KiB, Linux is polled in a long silence for the bytes that
//!   the peer has yet to acknowledge (`sock_diag(7)`). As long as they become fewer,
//!   the request goes out. Other systems, and a Linux that does not say, take no
//!   more than 256 KiB of a request at once, so that `response_timeout` begins at
//!   most so much too early.
//! * A source of the body is read on the caller's thread, which cannot be interrupted
//!   there: a deadline that passes meanwhile ends the exchange when the source returns.
//! * `max_header_bytes` counts the interim (1xx) responses before the head too. A head
//!   has 100 header fields at most.
//! * A name look-up cannot be interrupted: when its time is over the request returns, and
//!   the thread that waits for the system's resolver ends with it. There is one such
//!   thread for a name, however many requests wait for it.
//!
//! # Early responses
//!
//! A response may begin before the request is out (RFC 9112 §9.3). Then both
//! move at once. A success gets all of the request, though its response be whole
//! before, and ends with the later of the two. Any other response ends the
//! request when it is whole, or at once if it says that it closes (§9.5): a
//! redirect too, since it is not followed. The connection is closed then.
//!
//! # Cancellation
//!
//! | while a request … | cancellation … | and afterwards |
//! |---|---|---|
//! | resolves or connects | wakes the caller | threads of their own do both, and cannot be woken: they end when the resolver returns, or with `connect_timeout`, and close what they have |
//! | does the TLS handshake, is sent, waits for the response, reads its head or body | shuts the socket down, which wakes the caller | the connection is closed |
//! | reads a source of the body | is seen when the source returns | the connection is closed |
//! | backs off before a retry, or between two polls of `wait_until` | wakes the caller | nothing more is sent |
//!
//! The caller is free within a second; where the table says "wakes", at once.
//! Connections of other requests, and idle ones, are not touched. Idle connections
//! have one thread, all of a transport together, which closes them when their time
//! is over or within a second of their peers; it ends with the last of them.
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
mod engine;
mod error;
mod exchange;
mod framing;
mod head;
mod pace;
mod pool;
mod silence;
mod tls;
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

pub use connector::{Connector, Stream};
pub use engine::{HttpTransport, TransportBuilder};
#[doc(inline)]
pub use talkspace_net::{BuildError, Proxy, Target};

// One dependency is enough: an application finds everything here.
pub use http;
#[cfg(feature = "rustls")]
pub use rustls;
/// The client of this transport, by a short name.
#[doc(no_inline)]
pub use talkspace_core::BlockingClient as Client;
#[doc(inline)]
pub use talkspace_core::*;
