//! Why a command did not do what it was asked for.

use std::process::ExitCode;

use serde_json::{Map, Value, json};
use talkspace_core::{
    Delivery, Error, ErrorKind, FailureKind, InvalidRequest, InvalidRequestKind, Limit, Phase,
};

use crate::{exit, print};

/// How much of a body that the service gave is shown, in lines.
const MAX_LINES: usize = 40;

/// What went wrong; each kind has an exit status of its own.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The call itself.
    Call(Error),
    /// The call succeeded, and waiting for what it brings about later did not.
    Wait(Error),
    /// The command was used wrongly, or a setting or a file could not be used.
    /// Nothing was sent.
    Usage(String),
    /// What was asked for is not there yet.
    NotThere(String),
    /// What the service gave could not be written.
    Output(String),
    /// Somebody did not want to wait for the end, and nothing was changed.
    Interrupted,
    /// Nor for what changes something to be cancelled.
    InterruptedTwice,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl Failure {
    /// Tells a person or a program.
    pub(crate) fn report(&self, json: bool, verbose: bool) -> ExitCode {
        let status = self.status();
        if !json {
            self.tell(verbose);
        } else if let Err(why) = print::document(&self.to_json(verbose)) {
            // What failed before is what matters.
            self.tell(verbose);
            if !matches!(self, Self::Output(_)) {
                print::failure(format!("cannot write to standard output: {why}"));
            }
        }
        ExitCode::from(status)
    }

    pub(crate) fn status(&self) -> u8 {
        match self {
            Self::Call(error) => exit::of(error),
            Self::Wait(error) if is_cancelled(error) => exit::INTERRUPTED,
            Self::Wait(_) => exit::NOT_REACHED,
            Self::Usage(_) => exit::USAGE,
            Self::NotThere(_) => exit::NOT_THERE,
            Self::Output(_) => exit::OUTPUT,
            Self::Interrupted => exit::INTERRUPTED,
            Self::InterruptedTwice => exit::MAYBE_APPLIED,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Call(error) | Self::Wait(error) => kind_of(error),
            Self::Usage(_) => "usage",
            Self::NotThere(_) => "not_there",
            Self::Output(_) => "output",
            Self::Interrupted | Self::InterruptedTwice => "interrupted",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Call(error) => error.to_string(),
            Self::Wait(error) if is_cancelled(error) => {
                "interrupted while waiting; the service had said yes".to_owned()
            }
            Self::Wait(error) => format!("the service said yes; after that, {error}"),
            Self::Usage(what) | Self::NotThere(what) | Self::Output(what) => what.clone(),
            Self::Interrupted => "interrupted; nothing was changed".to_owned(),
            Self::InterruptedTwice => {
                "interrupted twice; what was under way may have been applied".to_owned()
            }
        }
    }

    fn call(&self) -> Option<&Error> {
        match self {
            Self::Call(error) | Self::Wait(error) => Some(error),
            _ => None,
        }
    }

    /// For a person.
    pub(crate) fn tell(&self, verbose: bool) {
        print::failure(self.text());
        let Some(error) = self.call() else { return };
        let mut cause = std::error::Error::source(error);
        // The first cause is in the line above already.
        while let Some(deeper) = cause.and_then(std::error::Error::source) {
            print::more(format!("because: {deeper}"));
            cause = Some(deeper);
        }
        if let Some(look) = look(error) {
            print::more(format!("to see whether it was: {look}"));
        }
        if let Some(option) = allowing(error) {
            print::more(format!("the option for it: {option}"));
        }
        if verbose {
            if let Some(id) = error.request_id() {
                print::more(format!("the service calls this request {id}"));
            }
            tell_body(error.body().unwrap_or_default());
        }
    }

    /// The document of a command that failed. `kind` is one of a fixed set of
    /// words, and `text` is for people.
    pub(crate) fn to_json(&self, verbose: bool) -> Value {
        let operation = self.call().map(Error::operation);
        json!({ "operation": operation, "error": self.error_json(verbose) })
    }

    pub(crate) fn error_json(&self, verbose: bool) -> Value {
        let mut members = Map::new();
        let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
        add("kind", self.kind().into());
        add("text", self.text().into());
        add("exit_status", self.status().into());
        let Some(error) = self.call() else {
            let delivery = match self {
                Self::InterruptedTwice => Delivery::MaybeSent,
                Self::NotThere(_) | Self::Output(_) => Delivery::Responded,
                _ => Delivery::NotSent,
            };
            add("delivery", delivery.as_str().into());
            return members.into();
        };
        let delivery = match self {
            Self::Wait(_) => Delivery::Responded,
            _ => error.delivery(),
        };
        let status = error.status();
        add("delivery", delivery.as_str().into());
        add("status", status.map(|status| status.code()).into());
        add("http_status", status.map(|status| status.http()).into());
        add("message", error.message().into());
        add("effect", error.effect().as_str().into());
        add("phase", error.phase().map(Phase::as_str).into());
        add("limit", error.limit().map(Limit::as_str).into());
        add("attempts", error.attempts().into());
        add("retryable", error.is_retryable().into());
        add("look", look(error).into());
        if verbose {
            add("request_id", error.request_id().into());
            add("body", error.body().into());
        }
        members.into()
    }
}

/// Shows what came in place of a response: as a rule a page of some gateway.
fn tell_body(body: &str) {
    if body.trim().is_empty() {
        return;
    }
    print::more("what came in its place:");
    for line in body.lines().take(MAX_LINES) {
        print::more(format!("| {line}"));
    }
    let rest = body.lines().skip(MAX_LINES).count();
    if rest > 0 {
        print::more(format!("and {rest} more lines"));
    }
}

/// The command that shows whether a call was applied, where one does.
fn look(error: &Error) -> Option<&'static str> {
    if !exit::is_in_doubt(error) {
        return None;
    }
    Some(match error.operation() {
        "createTalkspace" => "talkspace list-talkspaces, and get-talkspace for who is in a new one",
        "addToTalkspace" => "talkspace get-talkspace, once the phone may have been answered",
        "moveParticipant" => "talkspace get-talkspace, for both TalkSpaces",
        "register" => "talkspace get-registration-status, once the phone may have been answered",
        "recordMedia" => "talkspace get-media-status, once the phone may have been answered",
        "uploadMedia" => "talkspace get-media-status",
        _ => return None,
    })
}

/// The option that lets a request through which the library refuses to send.
fn allowing(error: &Error) -> Option<&'static str> {
    let invalid: &InvalidRequest = error.invalid_request()?;
    match invalid.kind() {
        InvalidRequestKind::ForeignHost | InvalidRequestKind::PlainHttp => Some("--media-host"),
        _ => None,
    }
}

fn is_cancelled(error: &Error) -> bool {
    error.kind() == ErrorKind::Transport(FailureKind::Cancelled)
}

/// The word by which a program knows a failed call.
fn kind_of(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Transport(failure) => failure.as_str(),
        kind => kind.as_str(),
    }
}
