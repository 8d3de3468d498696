//! What `talkspace-hyper` and `talkspace-blocking` share, whichever way they wait.
//!
//! This crate is no promise of its own: it changes with the two transports, and
//! what an application needs of it is in their documentation too. A transport
//! of another kind is written with [`talkspace_core`] alone.
//!
//! | module | what is in it |
//! |---|---|
//! | [`builder`] | the settings of a transport |
//! | [`pool`] | for how long connections are kept, and how many |
//! | [`origin`] | where a connection leads to |
//! | [`target`] | what a connector is to connect to |
//! | [`proxy`] | which proxy a connection goes through, and how it is opened there |
//! | [`resolve`] | the addresses of a name |
//! | [`socket`] | what is set on a socket before it connects |
//! | [`dial`] | the order and the pace in which addresses are tried |
//! | [`tls`] | trusted roots, client certificates, sessions that can be resumed, what fails |
//! | [`keep_alive`] | the idle timeout that a peer announces |
//! | [`gather`] | many buffers in one write |
//! | [`rate`] | the least rate at which a body moves |
//! | [`backlog`] | what of a request the peer has yet to acknowledge |
//! | [`error`] | a transport that could not be built, and an exchange that did not begin |
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod backlog;
pub mod builder;
pub mod dial;
pub mod error;
pub mod gather;
pub mod keep_alive;
pub mod origin;
pub mod pool;
pub mod proxy;
pub mod rate;
pub mod resolve;
pub mod socket;
pub mod target;
pub mod tls;

/// The README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub use builder::{Engine, Settings, TransportBuilder};
pub use error::BuildError;
pub use proxy::Proxy;
pub use target::Target;
