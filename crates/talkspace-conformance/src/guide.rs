//! How an adapter is written, and what is required of it.

#[doc = include_str!("guide/cases.md")]
pub mod cases {}

#[doc = include_str!("guide/transport.md")]
#[doc = "```no_run"]
#[doc = include_str!("../examples/own_transport.rs")]
#[doc = "```"]
#[doc = include_str!("guide/judged.md")]
pub mod transport {}
