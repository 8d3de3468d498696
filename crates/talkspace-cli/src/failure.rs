//! Why a command failed.

use std::process::ExitCode;

use serde_json::{Map, Value, json};
use talkspace_core::observe::GivenUp;
use talkspace_core::{
    Delivery, Error, ErrorKind, FailureKind, InvalidRequest, InvalidRequestKind, Limit, Phase,
};

use crate::sure::Seen;
use crate::{exit, print, words};

/// How much of an error response's body is shown, in lines.
const MAX_LINES: usize = 40;

/// What went wrong; each kind has an exit status of its own.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The request itself.
    Request(Error),
    /// A request that was to be sure was not applied, and will not be.
    NotApplied(Error),
    /// It may have been applied, or may still be.
    InDoubt {
        error: Error,
        /// Where it may have been applied.
        candidates: Vec<Seen>,
        /// Why that could not be looked for.
        look_error: Option<Error>,
    },
    /// The request succeeded, and polling for what it brings about later did not.
    Polling(Error),
    /// The command was used wrongly, or a setting or a file could not be used.
    /// Nothing was sent.
    Usage(String),
    /// What is to be downloaded is not there yet.
    NotThere(String),
    /// The output could not be written.
    Output(String),
    /// A signal ended the command, and no request is in doubt.
    Interrupted,
    /// A second signal came before a request that changes something was cancelled.
    InterruptedTwice,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Request(error)
    }
}

impl Failure {
    /// Reports it to a person or to a program.
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
            Self::Request(error) | Self::NotApplied(error) => exit::of(error),
            Self::InDoubt { .. } => exit::MAYBE_APPLIED,
            Self::Polling(error) if is_cancelled(error) => exit::INTERRUPTED,
            Self::Polling(_) => exit::POLLING,
            Self::Usage(_) => exit::USAGE,
            Self::NotThere(_) => exit::NOT_THERE,
            Self::Output(_) => exit::OUTPUT,
            Self::Interrupted => exit::INTERRUPTED,
            Self::InterruptedTwice => exit::MAYBE_APPLIED,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Request(error)
            | Self::NotApplied(error)
            | Self::InDoubt { error, .. }
            | Self::Polling(error) => kind_of(error),
            Self::Usage(_) => words::USAGE,
            Self::NotThere(_) => words::NOT_THERE,
            Self::Output(_) => words::OUTPUT,
            Self::Interrupted | Self::InterruptedTwice => words::INTERRUPTED,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Request(error) => error.to_string(),
            Self::NotApplied(error) => format!("not applied: {error}"),
            Self::InDoubt { error, .. } => format!("in doubt: {error}"),
            Self::Polling(error) if is_cancelled(error) => {
                "interrupted while polling; the request had succeeded".to_owned()
            }
            Self::Polling(error) => format!("the request succeeded; after that, {error}"),
            Self::Usage(what) | Self::NotThere(what) | Self::Output(what) => what.clone(),
            Self::Interrupted => "interrupted; nothing was changed".to_owned(),
            Self::InterruptedTwice => {
                "interrupted twice; the request under way may have been applied".to_owned()
            }
        }
    }

    fn error(&self) -> Option<&Error> {
        match self {
            Self::Request(error)
            | Self::NotApplied(error)
            | Self::InDoubt { error, .. }
            | Self::Polling(error) => Some(error),
            _ => None,
        }
    }

    /// What is known of a request that was to be sure.
    const fn verdict(&self) -> Option<&'static str> {
        match self {
            Self::NotApplied(_) => Some(words::NOT_APPLIED),
            Self::InDoubt { .. } => Some(words::IN_DOUBT),
            _ => None,
        }
    }

    /// For a person.
    pub(crate) fn tell(&self, verbose: bool) {
        print::failure(self.text());
        let Some(error) = self.error() else { return };
        for cause in causes(error) {
            print::more(format!("because: {cause}"));
        }
        if let Self::InDoubt {
            candidates,
            look_error,
            ..
        } = self
        {
            for candidate in candidates {
                print::more(format!(
                    "it may be what this shows: {}",
                    candidate.to_text()
                ));
            }
            match look_error {
                Some(error) => print::more(format!("looking for it failed: {error}")),
                None if candidates.is_empty() => {
                    print::more("nothing of it was seen; it may still be applied");
                }
                None => {}
            }
        }
        if let Some(check) = check(error) {
            print::more(format!("to see whether it was: {check}"));
        }
        if let Some(option) = allowing(error) {
            print::more(format!("the option for it: {option}"));
        }
        if verbose {
            if let Some(id) = error.request_id() {
                print::more(format!("request id: {id}"));
            }
            tell_body(error.body().unwrap_or_default());
        }
    }

    /// The document of a command that failed. `text` is for people; the words of
    /// the other members are in [`words`].
    pub(crate) fn to_json(&self, verbose: bool) -> Value {
        let operation = self.error().map(Error::operation);
        json!({ "operation": operation, "error": self.error_json(verbose) })
    }

    pub(crate) fn error_json(&self, verbose: bool) -> Value {
        let mut members = Map::new();
        let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
        add("kind", self.kind().into());
        add("text", self.text().into());
        add("exit_status", self.status().into());
        let Some(error) = self.error() else {
            let delivery = match self {
                Self::InterruptedTwice => Delivery::MaybeSent,
                Self::NotThere(_) | Self::Output(_) => Delivery::Responded,
                _ => Delivery::NotSent,
            };
            add("delivery", delivery.as_str().into());
            return members.into();
        };
        let causes = causes(error).map(|cause| Value::from(cause.to_string()));
        add("causes", causes.collect());
        let delivery = match self {
            Self::Polling(_) => Delivery::Responded,
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
        let given_up = error.given_up().map(GivenUp::as_str);
        add("given_up", given_up.into());
        add("retryable", error.is_retryable().into());
        add("check", check(error).into());
        if let Some(id) = error.client_request_id() {
            add("client_request_id", id.to_string().into());
        }
        if let Some(verdict) = self.verdict() {
            add("verdict", verdict.into());
        }
        if let Self::InDoubt {
            candidates,
            look_error,
            ..
        } = self
        {
            let candidates = candidates.iter().map(Seen::to_json);
            add("candidates", candidates.collect());
            let look_error = look_error.as_ref().map(Error::to_string);
            add("look_error", look_error.into());
        }
        if verbose {
            add("request_id", error.request_id().into());
            add("body", error.body().into());
        }
        members.into()
    }
}

/// What is beneath an error, from the top.
fn causes(error: &Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(std::error::Error::source(error), |cause| cause.source())
}

/// Shows the body of an error response: as a rule a page of some gateway.
fn tell_body(body: &str) {
    if body.trim().is_empty() {
        return;
    }
    print::more("body of the response:");
    for line in body.lines().take(MAX_LINES) {
        print::more(format!("| {line}"));
    }
    let rest = body.lines().skip(MAX_LINES).count();
    if rest > 0 {
        print::more(format!("and {rest} more lines"));
    }
}

/// The command that shows whether a request was applied, where one does.
fn check(error: &Error) -> Option<&'static str> {
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

/// The option that allows what the library does not do by default.
fn allowing(error: &Error) -> Option<&'static str> {
    if error.kind() == ErrorKind::Transport(FailureKind::TooLarge) {
        return Some(match error.operation() {
            "downloadMedia" => "--at-most",
            _ => "--max-body-bytes",
        });
    }
    let invalid: &InvalidRequest = error.invalid_request()?;
    match invalid.kind() {
        InvalidRequestKind::ForeignHost | InvalidRequestKind::PlainHttp => Some("--media-host"),
        _ => None,
    }
}

fn is_cancelled(error: &Error) -> bool {
    error.kind() == ErrorKind::Transport(FailureKind::Cancelled)
}

/// The stable name of an error, for a program.
fn kind_of(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Transport(failure) => failure.as_str(),
        kind => kind.as_str(),
    }
}
