//! Exit statuses.

use talkspace_core::{Delivery, Effect, Error, ErrorKind, FailureKind};

pub(crate) const ERROR_RESPONSE: u8 = 1;
pub(crate) const USAGE: u8 = 2;
pub(crate) const NOTHING_APPLIED: u8 = 3;
pub(crate) const MAYBE_APPLIED: u8 = 4;
pub(crate) const POLLING: u8 = 5;
pub(crate) const NOT_THERE: u8 = 6;
pub(crate) const TOO_LARGE: u8 = 7;
pub(crate) const OUTPUT: u8 = 8;
/// 128 + SIGINT, as shells have it.
pub(crate) const INTERRUPTED: u8 = 130;

/// The statuses, as the help and the manual have them.
pub(crate) const TABLE: [(u8, &str); 10] = [
    (0, "done"),
    (
        ERROR_RESPONSE,
        "the service responded with a status of failure, or with a body that cannot be read",
    ),
    (
        USAGE,
        "wrong usage, or a setting or a file that cannot be used; nothing was sent",
    ),
    (
        NOTHING_APPLIED,
        "there was no whole response, and nothing was applied",
    ),
    (
        MAYBE_APPLIED,
        "the request may have been applied: check before you send it again",
    ),
    (
        POLLING,
        "the request succeeded; polling for its effect timed out or failed",
    ),
    (NOT_THERE, "there is nothing to download yet"),
    (TOO_LARGE, "the download is larger than --at-most allows"),
    (
        OUTPUT,
        "the output could not be written: to the file, or to standard output",
    ),
    (
        INTERRUPTED,
        "interrupted (128 + SIGINT); no request is in doubt",
    ),
];

/// The table as text.
pub(crate) fn table() -> String {
    let mut text = "Exit status:\n".to_owned();
    for (status, what) in TABLE {
        text.push_str(&format!("{status:>5}  {what}\n"));
    }
    text
}

/// The exit status for a failed request.
pub(crate) fn of(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Invalid => USAGE,
        ErrorKind::PollTimeout => POLLING,
        ErrorKind::Transport(FailureKind::Writer) => OUTPUT,
        _ if is_in_doubt(error) => MAYBE_APPLIED,
        ErrorKind::Transport(FailureKind::Cancelled) => INTERRUPTED,
        ErrorKind::Transport(FailureKind::TooLarge) if error.operation() == "downloadMedia" => {
            TOO_LARGE
        }
        ErrorKind::Status | ErrorKind::Decode => ERROR_RESPONSE,
        _ if error.delivery() == Delivery::Responded => ERROR_RESPONSE,
        _ => NOTHING_APPLIED,
    }
}

/// Whether it may have been applied, and that changes something.
pub(crate) fn is_in_doubt(error: &Error) -> bool {
    error.delivery() == Delivery::MaybeSent && error.effect() != Effect::Reads
}
