//! How an adapter is written, and what is required of it.

#[doc = include_str!("guide/cases.md")]
pub mod cases {}

#[doc = include_str!("guide/transport.md")]
pub mod transport {}
