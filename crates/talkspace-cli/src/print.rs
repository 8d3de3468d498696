//! Output for people and for programs.

use std::fmt::Display;
use std::io::Write;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};
use talkspace_core::{Delivery, Error, ErrorKind};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const CARE: Style = AnsiColor::Yellow.on_default().bold();
const FAINT: Style = Style::new().dimmed();

/// Something that went well.
pub(crate) fn good(text: impl Display) -> String {
    format!("{GOOD}{text}{GOOD:#}")
}

/// Something beside the point.
pub(crate) fn faint(text: impl Display) -> String {
    format!("{FAINT}{text}{FAINT:#}")
}

/// Text from elsewhere, without what would steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|character| {
            if character.is_control() {
                '\u{FFFD}'
            } else {
                character
            }
        })
        .collect()
}

/// Writes to standard output. A reader that went away is not an error.
pub(crate) fn out(text: &str) {
    let mut out = anstream::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a JSON document to standard output.
pub(crate) fn out_json(value: &Value) {
    out(&format!("{value:#}\n"));
}

/// Tells something beside the point, on standard error.
pub(crate) fn note(what: impl Display) {
    let mut err = anstream::stderr().lock();
    let _ = writeln!(err, "{FAINT}{}{FAINT:#}", printable(&what.to_string()));
}

/// Says what is to be careful about, on standard error.
pub(crate) fn warning(what: impl Display) {
    let mut err = anstream::stderr().lock();
    let _ = writeln!(
        err,
        "{CARE}warning:{CARE:#} {}",
        printable(&what.to_string())
    );
}

/// Says what went wrong, on standard error.
pub(crate) fn failure(what: impl Display) {
    let mut err = anstream::stderr().lock();
    let _ = writeln!(err, "{BAD}error:{BAD:#} {}", printable(&what.to_string()));
}

/// Reports a failed call, to a person or to a program.
pub(crate) fn error(error: &Error, json: bool) {
    if json {
        out_json(&error_json(error));
    } else {
        failure(error);
        let mut cause = std::error::Error::source(error);
        // The first cause is in the line above already.
        while let Some(deeper) = cause.and_then(std::error::Error::source) {
            let mut err = anstream::stderr().lock();
            let _ = writeln!(err, "  because: {}", printable(&deeper.to_string()));
            cause = Some(deeper);
        }
        if let Some(look) = look(error) {
            let mut err = anstream::stderr().lock();
            let _ = writeln!(err, "  to see whether it was: {look}");
        }
    }
}

/// The command that shows whether a call was applied, where one does.
fn look(error: &Error) -> Option<&'static str> {
    match (error.delivery(), error.operation()) {
        (Delivery::MaybeSent, "createTalkspace") => {
            Some("talkspace list-talkspaces, and get-talkspace for who is in a new one")
        }
        (Delivery::MaybeSent, "addToTalkspace") => {
            Some("talkspace get-talkspace, once the phone may have been answered")
        }
        _ => None,
    }
}

fn error_json(error: &Error) -> Value {
    json!({
        "operation": error.operation(),
        "error": {
            "kind": kind(error.kind()),
            "delivery": match error.delivery() {
                Delivery::NotSent => "not_sent",
                Delivery::MaybeSent => "maybe_sent",
                Delivery::Answered => "answered",
            },
            "status": error.status().map(|status| status.code()),
            "http_status": error.status().map(|status| status.http()),
            "message": error.message(),
            "attempts": error.attempts(),
            "retryable": error.is_retryable(),
            "text": error.to_string(),
        },
    })
}

fn kind(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::Invalid => "invalid".to_owned(),
        ErrorKind::Refused => "refused".to_owned(),
        ErrorKind::Unreadable => "unreadable".to_owned(),
        ErrorKind::Transport(failure) => format!("transport:{failure:?}").to_lowercase(),
        other => format!("{other:?}").to_lowercase(),
    }
}
