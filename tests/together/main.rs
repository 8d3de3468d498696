//! Tests that need several crates at once, in one binary.

#[cfg(test)]
mod examples;
#[cfg(test)]
mod sandbox;
