//! An operation of the spec as a command.

use std::process::ExitCode;

use clap::Args;

use crate::connection::Connection;
use crate::failure::Failure;
use crate::record::Record;
use crate::report::Outcome;
use crate::sender::Sender;

/// The arguments of one operation; the generated commands implement it.
pub(crate) trait Send: Args {
    /// Whether the operation takes the application key.
    const NEEDS_KEY: bool;

    /// Sends the request that the arguments describe.
    fn send(self, sender: &Sender) -> Result<Record, Failure>;
}

/// The arguments of an operation, and how to reach the service.
#[derive(Debug, Args)]
pub(crate) struct Connected<A: Args> {
    #[command(flatten)]
    operation: A,

    #[command(flatten)]
    connection: Connection,
}

impl<A: Send> Connected<A> {
    pub(crate) fn run(self) -> ExitCode {
        let Self {
            operation,
            connection,
        } = self;
        let outcome = connection.with_sender(A::NEEDS_KEY, |sender| {
            Ok(Outcome::Done(operation.send(sender)?))
        });
        connection.manner().finish(outcome)
    }
}
