//! The cases about the API, one module for each group of ids.

use http1_conformance::Case;

mod api;
mod retry;
#[cfg(test)]
mod tests;

/// The cases that this crate adds to those of [`http1_conformance`].
pub(crate) fn own() -> Vec<Case> {
    [retry::cases(), api::cases()].concat()
}
