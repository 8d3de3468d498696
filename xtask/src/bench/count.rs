//! Counts what a program does, exactly: valgrind runs it.
//!
//! callgrind counts the instructions, memcheck the allocations. Both are what
//! the program itself does, without the kernel, and neither is disturbed by
//! whatever else the machine does. Nothing is added to the program.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::process::command;

const MISSING: &str = "there is no valgrind; on Debian: apt-get install valgrind";

/// What one repetition costs.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Cost {
    pub(crate) instructions: f64,
    /// Those that `realloc` makes included.
    pub(crate) allocations: f64,
    /// How many bytes they asked for.
    pub(crate) bytes: f64,
}

/// Counts the difference between few repetitions and many, which is free of
/// what the program does once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counter {
    few: u32,
    many: u32,
}

impl Counter {
    /// Counts 1,000 repetitions of a request.
    pub(crate) const WHOLE: Self = Self {
        few: 200,
        many: 1_200,
    };

    /// Counts 100, to see that it works, and where all are alike.
    pub(crate) const QUICK: Self = Self { few: 50, many: 150 };

    /// Counts the difference between so many repetitions and so many.
    pub(crate) const fn between(few: u32, many: u32) -> Self {
        Self { few, many }
    }

    /// Counts what a program does whose last argument is how often.
    pub(crate) fn count(
        self,
        root: &Path,
        program: &Path,
        arguments: &[&str],
    ) -> Result<Cost, String> {
        let all = |times: u32| {
            let times = times.to_string();
            Cost::of_process(root, program, &[arguments, &[&times]].concat())
        };
        let (few, many) = (all(self.few)?, all(self.many)?);
        let repetitions = f64::from(self.many - self.few);
        let each = |of: fn(&Cost) -> f64| (of(&many) - of(&few)) / repetitions;
        Ok(Cost {
            instructions: each(|cost| cost.instructions),
            allocations: each(|cost| cost.allocations),
            bytes: each(|cost| cost.bytes),
        })
    }
}

impl Cost {
    /// What a program costs from its start to its end.
    pub(crate) fn of_process(
        root: &Path,
        program: &Path,
        arguments: &[&str],
    ) -> Result<Self, String> {
        let instructions = instructions(root, program, arguments)?;
        let (allocations, bytes) = allocations(root, program, arguments)?;
        Ok(Self {
            instructions: instructions as f64,
            allocations: allocations as f64,
            bytes: bytes as f64,
        })
    }
}

fn instructions(root: &Path, program: &Path, arguments: &[&str]) -> Result<u64, String> {
    let options = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
    let said = valgrind(root, &options, program, arguments)?;
    let count = said
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, count)| number(count));
    count.ok_or_else(|| format!("callgrind counted nothing: {said}"))
}

fn allocations(root: &Path, program: &Path, arguments: &[&str]) -> Result<(u64, u64), String> {
    // Of memcheck only the counts are wanted, not the checks.
    let options = ["--leak-check=no", "--undef-value-errors=no"];
    let said = valgrind(root, &options, program, arguments)?;
    let counts = said
        .lines()
        .find_map(|line| line.split_once("total heap usage:"))
        .and_then(|(_, counts)| {
            let mut counts = counts.split_whitespace().filter_map(number);
            // "17 allocs, 16 frees, 1,878 bytes allocated"
            Some((counts.next()?, counts.nth(1)?))
        });
    counts.ok_or_else(|| format!("memcheck counted nothing: {said}"))
}

fn valgrind(
    root: &Path,
    options: &[&str],
    program: &Path,
    arguments: &[&str],
) -> Result<String, String> {
    let mut valgrind: Command = command(root, "valgrind", options);
    valgrind.arg(program).args(arguments);
    match valgrind.output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            if output.status.success() {
                Ok(said)
            } else {
                Err(format!(
                    "{} ended with {}: {said}",
                    program.display(),
                    output.status
                ))
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Err(MISSING.to_owned()),
        Err(error) => Err(format!("cannot run valgrind: {error}")),
    }
}

/// A number with commas in it.
fn number(text: &str) -> Option<u64> {
    text.trim().replace(',', "").parse().ok()
}
