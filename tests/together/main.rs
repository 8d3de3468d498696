//! Tests that need several crates at once, in one binary.

mod examples;
mod sandbox;
