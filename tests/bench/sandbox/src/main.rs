//! The sandbox, as it is measured.
//!
//! ```text
//! sandbox serve               serves the example application
//! sandbox serve FILE          the same, and keeps the state in a file
//! sandbox scale ROUNDS OPEN…  what operations take while so many conferences are open
//! ```

mod hall;
mod scale;

use std::env;
use std::io::{self, Write as _};
use std::thread;

use bench::Outcome;
use talkspace_sandbox::{Sandbox, SandboxBuilder};

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let examples = Sandbox::builder().examples();
    match *arguments.as_slice() {
        ["serve"] => serve(examples),
        ["serve", file] => serve(examples.state(file)),
        ["scale", rounds, ref sizes @ ..] => scale::run(rounds.parse()?, sizes),
        _ => Err("the commands are in the source".into()),
    }
}

/// Serves until the process is killed.
fn serve(sandbox: SandboxBuilder) -> Outcome<()> {
    let server = sandbox.start()?;
    writeln!(io::stdout(), "listening on {}", server.url())?;
    io::stdout().flush()?;
    loop {
        thread::park();
    }
}
