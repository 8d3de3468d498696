//! The async transport of Talkspace: hyper, rustls and tokio.
//!
//! [`HyperTransport`] implements [`talkspace_core::transport::Transport`]: one exchange,
//! one sleep. What it shares with the other transport is in [`talkspace_net`]:
//! names, roots, settings of the pool. How the rest is split:
//!
//! | module | what is in it |
//! |---|---|
//! | `engine` | which connection does the exchange: an idle one, or a new one |
//! | `connect` | how a connection is made |
//! | `dial` | which of several addresses is connected to |
//! | `tls` | the handshake |
//! | `connection` | what a connection is, and how it ends |
//! | `pool` | which connections are idle, for how long, and which are in use |
//! | `exchange` | what happens in which order |
//! | `head` | what the head of a request says, and what that of a response must not |
//! | `upload`, `download` | how bodies move |
//! | `watch` | which limits hold when |
//! | `silence` | whether the peer still takes bytes that the system has |
//! | `wire` | what the engine may read and write |
//! | `error` | what a failure means |
//! | `meter` | what really went over the socket, and when |
//! | `runtime` | what a runtime has to give |
//!
//! # Limits, as they are kept here
//!
//! What each runs over is said by [`Limits`](talkspace_core::Limits). Under TLS
//! they see decrypted bytes.
//!
//! Of a request above 16 KiB, Linux is asked in a long silence how many bytes the
//! peer has yet to acknowledge (`sock_diag(7)`). As long as they become fewer,
//! the request goes out. Other systems, and a Linux that does not say, take no
//! more than 256 KiB of a request at once, so that `first_byte` begins at most so
//! much too early.
//!
//! A source of the body is read where blocking is allowed, and left alone there
//! by a deadline that passes meanwhile. `max_head` counts the interim (1xx) responses
//! (1xx) before the head too, and is never more than 64 KiB or 100 lines. While a
//! body streams, limits end the exchange when the body is next polled.
//!
//! # Responses that come early
//!
//! A response may begin before the request is out (RFC 9112 §9.3). Then both
//! move at once. A success gets all of the request, though its response be whole
//! before, and ends with the later of the two. Any other response ends the
//! request when it is whole (§9.5): a redirect too, since it is not followed. The
//! connection is closed then.
//!
//! # Cancelling, as it is done here
//!
//! Dropping the future of a call, or the body of a response, closes its
//! connection, whatever was under way; the task that drove it ends with it. A
//! read of a body's source runs where the runtime allows to block, and a name is
//! looked up on a thread that nobody waits for, one for all calls that want the
//! name: both end by themselves, and what they bring is dropped. An idle
//! connection has two tasks: one drives it, one closes it when its time is over.

mod connect;
mod connection;
mod dial;
mod download;
mod engine;
mod error;
mod exchange;
mod head;
mod meter;
mod pool;
mod runtime;
mod silence;
mod tls;
mod upload;
mod watch;
mod wire;

#[cfg(test)]
mod tests;

pub use engine::{HyperTransport, TransportBuilder};
#[doc(inline)]
pub use talkspace_net::BuildError;

// One dependency is enough: an application finds everything here.
pub use http;
#[doc(inline)]
pub use talkspace_core::*;
