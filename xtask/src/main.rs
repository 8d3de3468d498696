//! The workspace's own tasks: `cargo xtask <task>`.

mod bench;
mod browser;
mod checks;
mod ci;
mod compiler;
mod html;
mod process;
mod tools;
mod workspace;

use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;

use xtask::checkout;
use xtask::codegen::{self, Mode};

use crate::checks::{api, costs, engines, fuzz, switchboard};

const USAGE: &str = "\
usage: cargo xtask <task>

tasks:
  codegen [--check]   generate Rust from spec/openapi.yaml, or see whether that was done
  ci [CHECK …]        run all checks, or those named
  ci --fast           run those for after each edit: formats, generated code, lints, unit tests
  fuzz [TARGET …] [--seconds N]
                      feed hostile input to all fuzz targets, or those named
  bench [SECTION …]   measure what a request costs, beside other clients
  numbers [FILE]      publish what the benchmark wrote, or draw anew what is published
  engines [NAME …]    play the suite against all engines, or those named, and publish the page
  engines --merge     publish what the last runs have reported
  engines --judge     draw the page anew, with the judgements as they are
  switchboard         take anew the picture of the sandbox's page that the README shows
  api                 write down what is public in each library; `ci api` compares
  costs               write down what the core costs; `ci costs` compares";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // Nothing is left to do when the stream is closed.
    match run(&arguments) {
        Ok(said) => {
            let _ = writeln!(io::stdout(), "{said}");
            ExitCode::SUCCESS
        }
        Err(said) => {
            let _ = writeln!(anstream::stderr(), "{said}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<String, String> {
    if let [] | ["help" | "--help" | "-h"] = arguments {
        return Ok(USAGE.to_owned());
    }
    let root = &checkout::root()?;
    match arguments {
        ["codegen"] => codegen::run(root, Mode::Write),
        ["codegen", "--check"] => codegen::run(root, Mode::Check),
        ["ci", names @ ..] => ci::ci(root, names),
        ["fuzz", options @ ..] => fuzz::fuzz(root, options),
        ["bench", arguments @ ..] => bench::run(root, arguments),
        ["numbers"] => bench::publish(root, None),
        ["numbers", file] => bench::publish(root, Some(file)),
        ["engines", "--merge"] => engines::publish_last(root),
        ["engines", "--judge"] => engines::redraw(root),
        ["engines", names @ ..] => engines::publish(root, names),
        ["switchboard"] => switchboard::publish(root),
        ["api"] => api::write(root),
        ["costs"] => costs::write(root),
        _ => Err(format!(
            "there is no task `{}`\n\n{USAGE}",
            arguments.join(" ")
        )),
    }
}
