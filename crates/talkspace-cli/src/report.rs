//! The outcome of a command, reported.

use std::process::ExitCode;

use crate::failure::Failure;
use crate::print;
use crate::record::Record;

/// How a command reports its outcome.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    pub(crate) json: bool,
    pub(crate) verbose: bool,
}

/// The outcome of a command that did not fail.
#[derive(Debug)]
pub(crate) enum Outcome {
    Done(Record),
    /// Nothing more is to be reported.
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

/// Writes the output of a command to standard output.
pub(crate) fn out(text: &str) -> Result<(), Failure> {
    print::out(text).map_err(cannot_write)
}

pub(crate) fn cannot_write(why: std::io::Error) -> Failure {
    Failure::Output(format!("cannot write to standard output: {why}"))
}
