//! The blocking transport of Talkspace: std sockets, rustls, and no async
//! runtime anywhere in its tree.
//!
//! [`HttpTransport`] implements [`talkspace_core::BlockingTransport`]: one
//! exchange, one sleep. How the work is split:
//!
//! | module | answers |
//! |---|---|
//! | `transport` | which connection does the exchange: an idle one, or a new one |
//! | `connect` | how a connection is made, and how a cancel ends it |
//! | `pool` | which connections wait, and for how long |
//! | `exchange` | what happens in which order, and which limits hold when |
//! | `body` | how bodies move, and what becomes of the connection after them |
//! | `head` | what the head of a request says, and what that of an answer said |
//! | `framing` | where the body of an answer ends |
//! | `watch` | how long the next step may wait |
//! | `wire` | how bytes get in and out, plain or through TLS |
//! | `error` | what a failure means |
//!
//! `head` and `framing` are pure: bytes in, values out. Message heads and chunk
//! sizes are parsed by `httparse`. Three other engines were tried, with figures
//! in the transports page of [`talkspace_core::manual`].
//!
//! # Limits, as they are kept here
//!
//! `first_byte` runs from the request's last byte to the answer's first, `idle`
//! at all other times after connecting. `max_head` counts the interim answers
//! (1xx) that come before the head; beyond 100 lines a head is refused in any
//! case. A name look-up cannot be interrupted: when its time is over the call
//! returns, and the thread that waits for the system's resolver ends with it.
//!
//! # Cancelling, as it is done here
//!
//! | while a call … | a cancel … | and afterwards |
//! |---|---|---|
//! | resolves or connects | wakes the caller | a thread of its own does both, and cannot be woken: it ends when the resolver answers, or with the `connect` limit, and closes what it has |
//! | shakes hands, sends, waits for the answer, reads its head or body | shuts the socket down, which wakes the caller | the connection is closed |
//! | reads a source of the body | is seen when the source returns | the connection is closed |
//! | waits for a retry, or between two questions of `wait_until` | wakes the caller | nothing more is sent |
//!
//! The caller is free within a second; where the table says "wakes", at once.
//! Connections of other calls, and those that wait in the pool, are not touched.
//! An idle connection has no thread.

mod backlog;
mod body;
mod client;
mod connect;
mod dial;
mod error;
mod exchange;
mod framing;
mod head;
mod pool;
mod resolve;
mod rest;
mod silence;
mod tls;
mod transport;
mod watch;
mod wire;

#[cfg(test)]
mod tests;

pub use client::{Client, ClientBuilder};
pub use error::BuildError;
pub use transport::{HttpTransport, TransportBuilder};
