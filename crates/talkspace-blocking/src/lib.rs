//! The blocking transport of Talkspace: std sockets, rustls, and no async
//! runtime anywhere in its tree.
//!
//! [`HttpTransport`] implements [`talkspace_core::transport::BlockingTransport`]: one
//! exchange, one sleep. What it shares with the other transport is in
//! [`talkspace_net`]: names, roots, settings of the pool. How the rest is split:
//!
//! | module | what is in it |
//! |---|---|
//! | `engine` | which connection does the exchange: an idle one, or a new one |
//! | `connect` | how a connection is made |
//! | `dial` | which of several addresses is connected to |
//! | `tls` | the handshake |
//! | `connection` | what a connection is |
//! | `pool` | which connections are idle, for how long, and which are in use |
//! | `exchange` | what happens in which order, and which limits hold when |
//! | `head` | what the head of a request says, and what that of a response said |
//! | `upload`, `download` | how bodies move |
//! | `watch` | how long the next step may wait |
//! | `silence` | whether the peer still takes bytes that the system has |
//! | `wire` | how bytes get in and out, plain or through TLS |
//! | `error` | what a failure means |
//! | `framing` | where the body of a response ends |
//!
//! `head` and `framing` are pure: bytes in, values out. Message heads and chunk
//! sizes are parsed by `httparse`. Three other engines were tried, with figures
//! in the transports page of [`talkspace_core::manual`].
//!
//! # Limits, as they are kept here
//!
//! What each runs over is said by [`Limits`](talkspace_core::Limits).
//!
//! Of a request above 16 KiB, Linux is asked in a long silence how many bytes the
//! peer has yet to acknowledge (`sock_diag(7)`). As long as they become fewer,
//! the request goes out. Other systems, and a Linux that does not say, take no
//! more than 256 KiB of a request at once, so that `first_byte` begins at most so
//! much too early.
//!
//! A source of the body is read on the caller's thread, which nothing can call
//! back: a deadline that passes meanwhile ends the exchange when the source
//! returns. `max_head` counts the interim (1xx) responses that come before the head;
//! beyond 100 lines a head is refused in any case. A name look-up cannot be
//! interrupted: when its time is over the call returns, and the thread that waits
//! for the system's resolver ends with it. There is one such thread for a name,
//! however many calls wait for it.
//!
//! # Responses that come early
//!
//! A response may begin before the request is out (RFC 9112 §9.3). Then both
//! move at once. A success gets all of the request, though its response be whole
//! before, and ends with the later of the two. Any other response ends the
//! request when it is whole, or at once if it says that it closes (§9.5): a
//! redirect too, since it is not followed. The connection is closed then.
//!
//! # Cancelling, as it is done here
//!
//! | while a call … | a cancellation … | and afterwards |
//! |---|---|---|
//! | resolves or connects | wakes the caller | threads of their own do both, and cannot be woken: they end when the resolver returns, or with the `connect` limit, and close what they have |
//! | shakes hands, sends, waits for the response, reads its head or body | shuts the socket down, which wakes the caller | the connection is closed |
//! | reads a source of the body | is seen when the source returns | the connection is closed |
//! | waits for a retry, or between two questions of `wait_until` | wakes the caller | nothing more is sent |
//!
//! The caller is free within a second; where the table says "wakes", at once.
//! Connections of other calls, and those that wait in the pool, are not touched.
//! Idle connections have one thread, all of a transport together, which closes
//! them when their time is over or within a second of their peers; it ends with
//! the last of them.

mod connect;
mod connection;
mod dial;
mod download;
mod engine;
mod error;
mod exchange;
mod framing;
mod head;
mod pool;
mod silence;
mod tls;
mod upload;
mod watch;
mod wire;

#[cfg(test)]
mod tests;

pub use engine::{HttpTransport, TransportBuilder};
#[doc(inline)]
pub use talkspace_net::BuildError;

// One dependency is enough: an application finds everything here.
pub use http;
/// The client of this transport, by a short name.
#[doc(no_inline)]
pub use talkspace_core::BlockingClient as Client;
#[doc(inline)]
pub use talkspace_core::*;
