//! How an adapter is written, and what it is asked.

#[doc = include_str!("guide/cases.md")]
pub mod cases {}

#[doc = include_str!("guide/transport.md")]
pub mod transport {}
