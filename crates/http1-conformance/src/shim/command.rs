//! The command: the suite for a program, for authors who write no Rust.

use std::env;
use std::fs;
use std::io::Write;
use std::process::ExitCode;

use super::Program;
use crate::suite::HELP;

const USAGE: &str = "\
Runs the suite against an HTTP client in any language, which a program offers
by the protocol of shims: JSON lines on its standard input and output.

Usage: [OPTIONS] [FILTER]... -- PROGRAM [ARGUMENT]...

  --check-shim         only check whether the program speaks the protocol
  --expected FILE      the failures that are known: `pattern -- reason` lines
  --profile WHICH      rfc (default here) or contract

The others are those of every run of the suite:

";

/// Runs the suite as the arguments of the process say, against the program after `--`.
///
/// The exit code is that of [`Suite::run_from_env`](crate::Suite::run_from_env).
#[must_use]
pub fn main() -> ExitCode {
    run(env::args().skip(1).collect()).unwrap_or_else(|problem| {
        let _ = writeln!(anstream::stderr(), "error: {problem}");
        ExitCode::from(2)
    })
}

fn run(mut words: Vec<String>) -> Result<ExitCode, String> {
    let at = words.iter().position(|word| word == "--");
    let program = at.map(|at| words.split_off(at)).unwrap_or_default();
    let program = Program::new(program.into_iter().skip(1));
    if words.iter().any(|word| word == "--help" || word == "-h") {
        let options = HELP.split_once("\n\n").map_or(HELP, |(_usage, rest)| rest);
        let _ = write!(anstream::stdout(), "{USAGE}{options}");
        return Ok(ExitCode::SUCCESS);
    }
    if program.command.is_empty() {
        return Err(
            "no program is named; it stands after `--`, as in `-- python3 shim.py`".to_owned(),
        );
    }
    if words.iter().any(|word| word == "--check-shim") {
        return Ok(check(&program));
    }
    let mut suite_words = vec!["--profile".to_owned(), "rfc".to_owned()];
    let mut expected = String::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let file = match word.strip_prefix("--expected") {
            Some("") => words.next().ok_or("--expected needs a value")?,
            Some(rest) if rest.starts_with('=') => rest.trim_start_matches('=').to_owned(),
            _ => {
                suite_words.push(word);
                continue;
            }
        };
        expected = fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(program
        .suite()?
        .expected_failures(&expected)
        .run_with(suite_words))
}

fn check(program: &Program) -> ExitCode {
    let checks = program.check();
    let mut out = anstream::stdout();
    for check in &checks {
        let _ = writeln!(out, "{check}");
    }
    ExitCode::from(u8::from(checks.iter().any(|check| check.problem.is_some())))
}
