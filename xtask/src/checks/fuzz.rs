//! `cargo xtask fuzz [TARGET …] [--seconds N]`: hostile input for all that
//! reads or writes a wire.
//!
//! No nightly compiler is needed: without unsafe code there is nothing for a
//! sanitizer to find, and the instruments alone are in every compiler. Nor is
//! cargo-fuzz: they are some flags of rustc.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use crate::compiler;
use crate::process::{command, run, say};

const PACKAGE: &str = "tests/fuzz";
const MANIFEST: &str = "tests/fuzz/Cargo.toml";
const BUILD: &str = "target/fuzz/build";
/// What libFuzzer goes by: the edges that were taken, and what was compared. Cargo-fuzz adds the same.
const INSTRUMENTS: &str = "--cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Cllvm-args=-sanitizer-coverage-stack-depth \
    -Cllvm-args=-simplifycfg-branch-fold-threshold=0";
/// What the inputs of most targets look like.
const EXAMPLES: &str = "spec/examples";
const SECONDS: u32 = 30;

/// Which targets to run; all, where none is named.
#[derive(Debug, PartialEq, Eq)]
struct Options<'a> {
    targets: Vec<&'a str>,
    seconds: u32,
}

/// How a run went.
#[derive(Debug, Default, PartialEq, Eq)]
struct Figures {
    executions: u64,
    per_second: u64,
    reached: u64,
    edges: u64,
    /// The input with which it broke.
    broken: Option<String>,
}

/// Runs the named targets, or all of them.
pub(crate) fn fuzz(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let options = options(arguments)?;
    let targets = targets(root, &options.targets)?;
    let programs = build(root)?;
    let broken: Vec<String> = in_turn(&targets, |target| {
        attack(root, &programs, target, options.seconds).err()
    });
    if broken.is_empty() {
        return Ok(format!("nothing broke in {} targets", targets.len()));
    }
    Err(format!("\n  {}", broken.join("\n  ")))
}

/// The check of the package itself, and a short run of every target.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let format = ["fmt", "--check", "--manifest-path", MANIFEST];
    run(command(root, "cargo", &format))?;
    let clippy = [
        "clippy",
        "--quiet",
        "--locked",
        "--manifest-path",
        MANIFEST,
        "--target-dir",
        BUILD,
        "--",
        "-D",
        "warnings",
    ];
    run(command(root, "cargo", &clippy))?;
    fuzz(root, &[]).map(|said| say(&format!("fuzz: {said}")))
}

fn options<'a>(arguments: &[&'a str]) -> Result<Options<'a>, String> {
    let mut options = Options {
        targets: Vec::new(),
        seconds: SECONDS,
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if *argument == "--seconds" {
            let seconds = arguments.next().and_then(|text| text.parse().ok());
            // Zero would mean for ever.
            let seconds = seconds.filter(|seconds| *seconds > 0);
            options.seconds = seconds.ok_or("--seconds takes a number above 0")?;
        } else {
            options.targets.push(argument);
        }
    }
    Ok(options)
}

/// The targets with these names; a target is a file in the package.
fn targets(root: &Path, names: &[&str]) -> Result<Vec<String>, String> {
    let folder = root.join(PACKAGE).join("targets");
    let mut known = Vec::new();
    let entries =
        fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        known.extend(path.file_stem().map(|it| it.to_string_lossy().into_owned()));
    }
    known.sort();
    if let Some(unknown) = names
        .iter()
        .find(|name| !known.iter().any(|it| it == *name))
    {
        let known = known.join(", ");
        return Err(format!("there is no target `{unknown}`; there are {known}"));
    }
    known.retain(|target| names.is_empty() || names.contains(&target.as_str()));
    Ok(known)
}

/// Builds the targets, and returns where they are, below the workspace.
fn build(root: &Path) -> Result<PathBuf, String> {
    let host = compiler::host(root)?;
    // With a target, what runs while it is built has no instruments.
    let build = [
        "build",
        "--quiet",
        "--locked",
        "--release",
        "--target",
        &host,
    ];
    let place = ["--manifest-path", MANIFEST, "--target-dir", BUILD];
    let mut cargo = command(root, "cargo", &[build.as_slice(), &place].concat());
    cargo.env("RUSTFLAGS", INSTRUMENTS);
    run(cargo)?;
    Ok(Path::new(BUILD).join(host).join("release"))
}

/// Does it with all, as many at a time as there are processors.
fn in_turn<T: Send>(targets: &[String], act: impl Fn(&str) -> Option<T> + Sync) -> Vec<T> {
    let waiting = Mutex::new(targets.iter());
    let next = || waiting.lock().ok()?.next();
    thread::scope(|scope| {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..processors)
            .map(|_| scope.spawn(|| std::iter::from_fn(next).filter_map(|it| act(it)).collect()))
            .collect();
        let done = workers.into_iter().flat_map(|worker| worker.join());
        done.flat_map(|found: Vec<T>| found).collect()
    })
}

/// Runs a target, and says how it went.
fn attack(root: &Path, programs: &Path, target: &str, seconds: u32) -> Result<(), String> {
    let program = programs.join(target).to_string_lossy().into_owned();
    // What is found goes into the first folder; the others are only read.
    let found = format!("target/fuzz/corpus/{target}");
    let kept = format!("{PACKAGE}/corpus/{target}");
    let artifacts = format!("target/fuzz/artifacts/{target}/");
    for folder in [&found, &kept, &artifacts] {
        fs::create_dir_all(root.join(folder)).map_err(|error| format!("{folder}: {error}"))?;
    }
    let log = format!("target/fuzz/{target}.log");
    let writing = File::create(root.join(&log)).map_err(|error| format!("{log}: {error}"))?;
    let time = format!("-max_total_time={seconds}");
    let prefix = format!("-artifact_prefix={artifacts}");
    let arguments = [
        &time,
        &prefix,
        // An input that takes longer is as good as one that hangs.
        "-timeout=20",
        "-print_final_stats=1",
        &found,
        &kept,
        EXAMPLES,
    ];
    let mut fuzzing = command(root, &program, &arguments);
    let status = fuzzing.stderr(writing).status();
    let status = status.map_err(|error| format!("cannot run {program}: {error}"))?;
    let said = fs::read(root.join(&log)).map_err(|error| format!("{log}: {error}"))?;
    let figures = figures(&String::from_utf8_lossy(&said));
    say(&format!(
        "fuzz: {target}: {} executions, {} a second, {} of {} edges reached",
        figures.executions, figures.per_second, figures.reached, figures.edges
    ));
    match figures.broken {
        None if status.success() && figures.executions > 0 => Ok(()),
        None => Err(format!("{target} ended with {status}; see {log}")),
        Some(input) => Err(format!(
            "{target} broke, see {log}; again: {program} {input}"
        )),
    }
}

/// What libFuzzer says at its end.
fn figures(log: &str) -> Figures {
    let mut figures = Figures::default();
    let number = |text: &str| {
        let digits = text
            .trim_start()
            .split(|it: char| !it.is_ascii_digit())
            .next();
        digits
            .and_then(|digits| digits.parse().ok())
            .unwrap_or_default()
    };
    for line in log.lines() {
        if let Some(text) = line.strip_prefix("stat::number_of_executed_units:") {
            figures.executions = number(text);
        } else if let Some(text) = line.strip_prefix("stat::average_exec_per_sec:") {
            figures.per_second = number(text);
        } else if let Some((_, text)) = line.split_once("Test unit written to ") {
            figures.broken = Some(text.to_owned());
        } else if let Some((_, text)) = line.split_once("Loaded 1 modules   (") {
            figures.edges = number(text);
        } else if let Some((_, text)) = line.split_once(" cov: ") {
            figures.reached = number(text);
        }
    }
    figures
}

#[cfg(test)]
mod tests;
