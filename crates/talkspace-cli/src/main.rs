//! The command `talkspace`: every operation, a demo and a sandbox.
//!
//! ```sh
//! talkspace demo                                # the whole story, in one process
//! talkspace sandbox                             # the service, on a port of this machine
//! talkspace create-talkspace --network-id eta   # an operation
//! ```
//!
//! `talkspace --help` lists the commands and the exit statuses, `talkspace man`
//! writes manual pages, and `--json` makes any command print one JSON document.
//! Each command has a module here; `generated` has those that follow from the spec.

mod cancelled;
mod connection;
mod demo;
mod download;
mod exit;
mod failure;
mod generated;
mod hidden;
mod interrupt;
mod limits;
mod network;
mod operation;
mod output;
mod polled;
mod print;
mod progress;
mod record;
mod recording;
mod rehearsal;
mod report;
mod sandbox;
mod seconds;
mod secret;
mod sender;
mod shell;
mod signals;
mod story;
mod sure;
mod temporary;
mod trace;
mod upload;
mod usage;
mod view;
mod words;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use generated::Operations;

/// Telephone conferences over the TalkSpace REST API.
///
/// With --json, a command prints one JSON document, also when it fails.
#[derive(Debug, Parser)]
#[command(name = "talkspace", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Sandbox(sandbox::Serve),
    #[command(flatten)]
    // As large as the options of the operation that has most.
    Operation(Box<Operations>),
    UploadMedia(upload::Upload),
    DownloadMedia(download::Fetch),
    Completions(shell::Completions),
    Man(shell::Man),
}

fn main() -> ExitCode {
    let arguments: Arguments = match usage::parse() {
        Ok(arguments) => arguments,
        Err(told) => return told,
    };
    // The sandbox has a way of its own to end.
    if !matches!(arguments.command, Command::Sandbox(_)) {
        interrupt::watch(usage::wants_json());
    }
    match arguments.command {
        Command::Demo(demo) => demo.run(),
        Command::Sandbox(serve) => serve.run(),
        Command::Operation(operation) => operation.run(),
        Command::UploadMedia(upload) => upload.run(),
        Command::DownloadMedia(fetch) => fetch.run(),
        Command::Completions(completions) => completions.run(Arguments::command()),
        Command::Man(man) => man.run(Arguments::command()),
    }
}
