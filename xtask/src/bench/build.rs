//! `build`: what a program that sends one request takes on with each client.

use std::fs;
use std::path::Path;

use super::Bench;
use super::numbers::{Build, Built, Named, Numbers};
use super::table::{Table, Tone, figure};
use crate::process::{command, output, run as run_command, say};
use crate::workspace::tree;

/// The programs in `tests/bench/downstream`, by the client that each depends on.
const PROGRAMS: [&str; 7] = [
    "talkspace-hyper",
    "talkspace-blocking",
    "ureq",
    "reqwest-ring",
    "reqwest",
    "octocrab",
    "async-stripe",
];

/// Of those, the project's: all that a quick run builds.
const OURS: usize = 2;

pub(super) fn run(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<(), String> {
    let folder = bench.root.join("tests/bench");
    // So that no download is in the measured time.
    run_command(command(&folder, "cargo", &["fetch", "--locked", "--quiet"]))?;
    let mut programs = Vec::new();
    let count = if bench.quick { OURS } else { PROGRAMS.len() };
    for name in PROGRAMS.into_iter().take(count) {
        say(&format!("build: {name}"));
        let package = format!("with-{name}");
        let target = bench.folder().join("build").join(name);
        programs.push(Named {
            name: name.to_owned(),
            figures: Built {
                crates: crates(&folder, &package)?,
                cpu_seconds: cpu_seconds(&folder, &package, &target)?,
                program_bytes: program_bytes(&folder, &package, &target)?,
            },
        });
    }
    let build = Build {
        quick: bench.quick,
        programs,
    };
    print(&build);
    numbers.build = Some(build);
    Ok(())
}

/// Without the program itself.
fn crates(folder: &Path, package: &str) -> Result<u64, String> {
    Ok(tree(folder, package)?.len() as u64 - 1)
}

/// The time that all processes of a debug build from nothing take together.
fn cpu_seconds(folder: &Path, package: &str, target: &Path) -> Result<f64, String> {
    // There is nothing to remove the first time.
    let _ = fs::remove_dir_all(target);
    // The shell's word for the time of its children, which std has none for.
    let script = "\"$@\" && times";
    let build = [
        "-c",
        script,
        "sh",
        "cargo",
        "build",
        "--locked",
        "--offline",
        "--quiet",
        "--package",
        package,
    ];
    let mut build = command(folder, "sh", &build);
    build.env("CARGO_TARGET_DIR", target);
    let times = output(build)?;
    children(&times).ok_or_else(|| format!("these are no times: {times}"))
}

/// The sum of the second line of what the shell says: `1m2.03s 0m4.05s`.
fn children(times: &str) -> Option<f64> {
    let words = times.lines().nth(1)?.split_whitespace();
    words
        .map(|time| {
            let (minutes, seconds) = time.trim_end_matches('s').split_once('m')?;
            Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
        })
        .sum()
}

fn program_bytes(folder: &Path, package: &str, target: &Path) -> Result<u64, String> {
    let build = [
        "build",
        "--release",
        "--locked",
        "--offline",
        "--quiet",
        "--package",
        package,
    ];
    let mut build = command(folder, "cargo", &build);
    build.env("CARGO_TARGET_DIR", target);
    build.env("CARGO_PROFILE_RELEASE_STRIP", "symbols");
    build.env("CARGO_PROFILE_RELEASE_DEBUG", "false");
    run_command(build)?;
    let program = target.join("release").join(package);
    let program =
        fs::metadata(&program).map_err(|error| format!("{}: {error}", program.display()))?;
    Ok(program.len())
}

fn print(build: &Build) {
    let mut table = Table::new(&["one request with", "crates", "debug CPU s", "release MiB"]);
    for program in &build.programs {
        let built = &program.figures;
        let figures = [
            built.crates.to_string(),
            figure(built.cpu_seconds, 1),
            figure(built.program_bytes as f64 / 1_048_576.0, 2),
        ];
        table.row(&program.name, figures);
    }
    table.print(|_| Tone::Plain);
}
