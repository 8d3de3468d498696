//! What the suite says of itself: which case notices which fault of the reference, and the page of the
//! cases about the API. The reference, which is a client that commits a fault when it is told to, and what
//! writes a page are of `http1-conformance`.

// The lints allow tests to fail by `unwrap`, and know them by this attribute.
#[cfg(test)]
mod kills;
#[cfg(test)]
#[path = "../../crates/http1-conformance/tests/mutants/mod.rs"]
mod mutants;
#[cfg(test)]
mod own;
#[cfg(test)]
#[path = "../../crates/http1-conformance/src/testing/page.rs"]
mod page;

// Where the page finds them.
#[cfg(test)]
use http1_conformance::{Case, Source};
