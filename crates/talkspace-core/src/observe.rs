//! For whoever runs a client in production: what became of its requests.

mod given_up;

pub use given_up::GivenUp;
