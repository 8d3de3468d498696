//! How an adapter is written, and what is required of it.

#[doc = include_str!("guide/cases.md")]
pub mod cases {}

#[doc = include_str!("guide/client.md")]
pub mod client {}

#[doc = include_str!("guide/shims.md")]
pub mod shims {}
