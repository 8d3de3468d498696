//! Reads the command line, and reports one that cannot be read.

use std::ffi::OsStr;
use std::process::ExitCode;

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory, Error, FromArgMatches};

use crate::exit;
use crate::failure::Failure;
use crate::{print, report, words};

/// Reads the arguments of this process.
///
/// # Errors
///
/// The exit status when there is nothing to do but to show the help or to say
/// what is wrong; that was done then.
pub(crate) fn parse<A: CommandFactory + FromArgMatches>() -> Result<A, ExitCode> {
    let command = A::command().after_long_help(exit::table() + "\n" + &words::table());
    let command = without_empty(command);
    let read = command
        .try_get_matches()
        .and_then(|matches| A::from_arg_matches(&matches));
    read.map_err(|error| tell(&discreet(with_hint(error))))
}

/// A variable that is empty counts as one that is not set: a compose file writes
/// `${NAME:-}` for one that may be missing.
fn without_empty(command: Command) -> Command {
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    command
        .mut_args(|argument| match argument.get_env().is_some_and(is_empty) {
            true => argument.env(Resettable::Reset),
            false => argument,
        })
        .mut_subcommands(without_empty)
}

/// Whether a program reads what this process says. It is known even where the
/// arguments cannot be read.
pub(crate) fn wants_json() -> bool {
    std::env::args_os()
        .take_while(|argument| argument != "--")
        .any(|argument| argument == "--json" || is_json_with_value(&argument))
}

/// The option takes none. A program that gives it one, such as `--json=true`,
/// reads JSON all the same.
fn is_json_with_value(argument: &OsStr) -> bool {
    argument.as_encoded_bytes().starts_with(b"--json=")
}

fn tell(error: &Error) -> ExitCode {
    if !error.use_stderr() {
        let shown = report::out(&error.render().ansi().to_string());
        return match shown {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.report(false, false),
        };
    }
    if wants_json() {
        let text = error.render().to_string();
        // After that comes how the command is used in general.
        let what = text.split("\n\n").next().unwrap_or_default();
        let what = what.trim_start_matches("error: ");
        let words: Vec<_> = what.split_whitespace().collect();
        return Failure::Usage(words.join(" ")).report(true, false);
    }
    let _ = error.print();
    ExitCode::from(exit::USAGE)
}

/// A sandbox takes a port by `--listen`, where people look for an option of that name.
fn with_hint(mut error: Error) -> Error {
    let is_port =
        |said: &ContextValue| matches!(said, ContextValue::String(said) if said == "--port");
    if std::env::args_os().any(|argument| argument == "sandbox")
        && error.get(ContextKind::InvalidArg).is_some_and(is_port)
    {
        let listen = ContextValue::String("--listen".to_owned());
        error.insert(ContextKind::SuggestedArg, listen);
    }
    error
}

/// How many digits a value may have that is repeated; a phone number has more.
const FEW: usize = 5;

/// What stands in a place that is not its own may be a phone number or a key
/// whose option was forgotten. It is not repeated.
fn discreet(mut error: Error) -> Error {
    let is_unknown = error.kind() == ErrorKind::UnknownArgument;
    for kind in [
        ContextKind::InvalidArg,
        ContextKind::InvalidSubcommand,
        ContextKind::InvalidValue,
    ] {
        let Some(ContextValue::String(said)) = error.get(kind) else {
            continue;
        };
        let is_stray = is_unknown && !said.starts_with('-');
        let shown = match is_stray || said.chars().filter(char::is_ascii_digit).count() > FEW {
            true => "…".to_owned(),
            // It may have come from elsewhere, by a script.
            false => print::printable(said),
        };
        error.insert(kind, ContextValue::String(shown));
    }
    error
}
