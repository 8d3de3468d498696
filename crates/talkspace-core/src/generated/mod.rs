//! Generated.
pub mod transport;
