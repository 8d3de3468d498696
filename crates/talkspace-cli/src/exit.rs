//! What the exit status says.

use std::process::ExitCode;

use talkspace_core::{Delivery, Effect, Error, ErrorKind, OPERATIONS};

/// The service said no.
pub(crate) const REFUSED: u8 = 1;
/// The command was used wrongly; nothing was sent.
pub(crate) const USAGE: u8 = 2;
/// The service gave no answer; surely nothing was applied.
pub(crate) const NOTHING_APPLIED: u8 = 3;
/// The request may have been applied.
pub(crate) const MAYBE_APPLIED: u8 = 4;
/// Somebody did not want to wait for the end. Shells know it as that.
pub(crate) const INTERRUPTED: u8 = 130;

/// The exit status for a failed call.
pub(crate) fn of(error: &Error) -> ExitCode {
    ExitCode::from(match (error.kind(), error.delivery()) {
        (ErrorKind::Invalid, _) => USAGE,
        (_, Delivery::Answered) => REFUSED,
        (_, Delivery::NotSent) => NOTHING_APPLIED,
        (_, Delivery::MaybeSent) if reads(error.operation()) => NOTHING_APPLIED,
        (_, Delivery::MaybeSent) => MAYBE_APPLIED,
    })
}

/// Whether an operation only looks.
fn reads(operation: &str) -> bool {
    let mut all = OPERATIONS.iter();
    all.any(|info| info.id == operation && info.effect == Effect::Reads)
}
