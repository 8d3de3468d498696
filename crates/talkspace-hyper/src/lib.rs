//! The async transport of Talkspace: hyper, rustls and tokio.
//!
//! [`HyperTransport`] implements [`talkspace_core::Transport`]: one exchange,
//! one sleep. How the work is split:
//!
//! | module | answers |
//! |---|---|
//! | `transport` | which connection does the exchange: an idle one, or a new one |
//! | `connect` | how a connection is made, and how it ends |
//! | `pool` | which connections wait, and for how long |
//! | `exchange` | what happens in which order |
//! | `body` | how bodies move, and what becomes of the connection after them |
//! | `head` | what the head of a request says |
//! | `watch` | which limits hold when |
//! | `wire` | what the engine may read and write |
//! | `meter` | what really went over the socket, and when |
//! | `error` | what a failure means |
//!
//! # Limits, as they are kept here
//!
//! `first_byte` runs from the request's last byte to the answer's first,
//! `idle` at all other times after connecting. Under TLS both see decrypted
//! bytes. `max_head` counts the interim answers (1xx) before the head too, and
//! is never more than 64 KiB or 100 lines. While a body streams, limits end
//! the exchange when the body is next polled.
//!
//! # Cancelling, as it is done here
//!
//! Dropping the future of a call, or the body of an answer, closes its
//! connection, whatever was under way; the task that drove it ends with it. A
//! name look-up, and a read of a body's source, run where blocking is allowed:
//! they end by themselves, and what they bring is dropped. An idle connection
//! has two tasks: one drives it, one closes it when its time is over.

mod body;
mod client;
mod connect;
mod dial;
mod error;
mod exchange;
mod head;
mod meter;
mod pool;
mod resolve;
mod tls;
mod transport;
mod watch;
mod wire;

#[cfg(test)]
mod tests;

pub use client::{Client, ClientBuilder};
pub use error::BuildError;
pub use transport::{HyperTransport, TransportBuilder};
