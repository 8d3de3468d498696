//! What a command came to, told.

use std::process::ExitCode;

use crate::failure::Failure;
use crate::print;
use crate::record::Record;

/// How a command tells what it came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    pub(crate) json: bool,
    pub(crate) verbose: bool,
}

/// What a command came to when nothing went wrong.
#[derive(Debug)]
pub(crate) enum Outcome {
    Done(Record),
    /// Nothing more is to be told.
    Quiet,
}

impl Manner {
    /// For a person, in short.
    pub(crate) const TEXT: Self = Self {
        json: false,
        verbose: false,
    };

    pub(crate) fn finish(self, outcome: Result<Outcome, Failure>) -> ExitCode {
        let told = outcome.and_then(|outcome| match outcome {
            Outcome::Done(record) => record.print(self.json, self.verbose),
            Outcome::Quiet => Ok(0),
        });
        match told {
            Ok(status) => ExitCode::from(status),
            Err(failure) => failure.report(self.json, self.verbose),
        }
    }
}

/// Writes to standard output what a command was asked for.
pub(crate) fn out(text: &str) -> Result<(), Failure> {
    print::out(text).map_err(cannot_write)
}

pub(crate) fn cannot_write(why: std::io::Error) -> Failure {
    Failure::Output(format!("cannot write to standard output: {why}"))
}
