//! Tests that need several crates at once, in one binary.

// The lints allow tests to fail by `unwrap`, and know them by this attribute.
#[cfg(test)]
mod admin;
#[cfg(test)]
mod by_hand;
#[cfg(test)]
mod conversions;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod header_fields;
#[cfg(test)]
mod in_memory;
#[cfg(test)]
mod old_clients;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod sure;
#[cfg(test)]
mod team;
#[cfg(test)]
mod truth;
#[cfg(test)]
mod values;
#[cfg(test)]
mod waits;
