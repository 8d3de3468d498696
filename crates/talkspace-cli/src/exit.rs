//! What the exit status says.

use std::process::ExitCode;

use talkspace_core::{Delivery, Error, ErrorKind};

/// The service said no.
pub(crate) const REFUSED: u8 = 1;
/// The command was used wrongly; nothing was sent.
pub(crate) const USAGE: u8 = 2;
/// The service could not be reached; surely nothing was sent.
pub(crate) const NOT_SENT: u8 = 3;
/// The request may have been applied.
pub(crate) const MAYBE_APPLIED: u8 = 4;
/// Somebody did not want to wait for the end. Shells know it as that.
pub(crate) const INTERRUPTED: u8 = 130;

/// The exit status for a failed call.
pub(crate) fn of(error: &Error) -> ExitCode {
    ExitCode::from(match (error.kind(), error.delivery()) {
        (ErrorKind::Invalid, _) => USAGE,
        (_, Delivery::Answered) => REFUSED,
        (_, Delivery::NotSent) => NOT_SENT,
        (_, Delivery::MaybeSent) => MAYBE_APPLIED,
    })
}
