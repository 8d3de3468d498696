//! An operation of the spec as a command.

use std::process::ExitCode;

use clap::Args;
use talkspace_core::Error;

use crate::connection::Connection;
use crate::record::Record;
use crate::sender::Sender;
use crate::trace::is_rehearsed;
use crate::{exit, print};

/// The arguments of one operation; the generated commands implement it.
pub(crate) trait Send: Args {
    /// Whether the operation takes the application key.
    const NEEDS_KEY: bool;

    /// Sends the request that the arguments describe.
    fn send(self, sender: &Sender) -> Result<Record, Error>;
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
        let json = self.connection.json;
        let sender = match self.connection.open_for(A::NEEDS_KEY) {
            Ok(sender) => sender,
            Err(problem) => {
                print::failure(problem);
                return ExitCode::from(exit::USAGE);
            }
        };
        match self.operation.send(&sender) {
            Ok(record) => record.print(json),
            Err(error) if is_rehearsed(&error) => ExitCode::SUCCESS,
            Err(error) => {
                print::error(&error, json);
                exit::of(&error)
            }
        }
    }
}
