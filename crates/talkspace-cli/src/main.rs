//! The command `talkspace`.

mod connection;
mod demo;
mod exit;
mod files;
mod generated;
mod hidden;
mod operation;
mod print;
mod record;
mod sandbox;
mod sender;
mod shell;
mod story;
mod trace;
mod view;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use generated::Operations;

/// Telephone conferences over the TalkSpace REST API.
///
/// Exit status: 0 done, 1 the service said no, 2 wrong usage, 3 the service gave
/// no answer and nothing was applied, 4 the request may have been applied.
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
    Operation(Operations),
    UploadMedia(files::Upload),
    DownloadMedia(files::Fetch),
    Completions(shell::Completions),
    Man(shell::Man),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Demo(demo) => demo.run(),
        Command::Sandbox(serve) => serve.run(),
        Command::Operation(operation) => operation.run(),
        Command::UploadMedia(upload) => upload.run(),
        Command::DownloadMedia(fetch) => fetch.run(),
        Command::Completions(completions) => completions.run(Arguments::command()),
        Command::Man(man) => man.run(Arguments::command()),
    }
}
