//! A scripted TCP peer: the far end of an exchange, under the control of a case.
//!
//! A mock server shows a request after it was parsed, and frames every response
//! itself. This peer does neither. It plays [`Script`]s, one per connection,
//! made of steps as plain as "write these bytes" or "reset", and keeps a [`Log`]
//! of every byte in both directions. [`Gate`]s take the place of sleeps.
//!
//! ```
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//! use http1_conformance::wire::{Peer, Script};
//!
//! let peer = Peer::start(Script::accept().read_request().write("HTTP/1.1 204 No Content\r\n\r\n"))?;
//! let mut client = TcpStream::connect(peer.address())?;
//! client.write_all(b"GET /hello HTTP/1.1\r\nHost: example\r\n\r\n")?;
//! let mut response = [0; 27];
//! client.read_exact(&mut response)?;
//!
//! let requests = peer.log().transcript().requests();
//! assert_eq!(requests[0].line, "GET /hello HTTP/1.1");
//! # Ok::<(), std::io::Error>(())
//! ```

mod black_hole;
mod gate;
mod log;
mod message;
mod peer;
mod player;
pub(crate) mod rendered;
mod script;
pub(crate) mod show;
pub mod table;
#[cfg(test)]
mod tests;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "wire/no_tls.rs"]
mod tls;

pub use black_hole::BlackHole;
pub use gate::Gate;
pub use log::{Event, Log, Transcript, What};
pub use message::Request;
pub use peer::Peer;
pub use script::{Plan, Script, Step};
pub use show::show_up_to;
#[cfg(feature = "tls")]
pub use tls::Tls;
pub(crate) use tls::roots_pem;
