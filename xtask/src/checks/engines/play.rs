//! Plays the suite against a subject.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::report::{self, Report};
use super::subjects::{Cargo, Program, Shim, Subject};
use crate::process::{command, output, run};

/// How long a subject may take, when it is built: far beyond the minutes that a busy machine takes.
const BOUND: Duration = Duration::from_secs(30 * 60);

/// What says the version of the runtime of a subject of Rust.
const RUSTC: [&str; 2] = ["rustc", "--version"];

/// The command that plays the suite against a shim.
const RUNNER: &[&str] = &["--bin", "http1-conformance"];

/// An engine is no transport: the contract does not bind it.
const RFC: [&str; 2] = ["--profile", "rfc"];

/// What came of a run.
pub(super) enum Played {
    /// The report, and the version of the runtime.
    Report(Report, String),
    /// This machine has no such runtime, or not what the program needs.
    Missing(String),
}

/// Reads the report that the last run of a subject has left, if there is one.
pub(super) fn last(root: &Path, target: &Path, subject: &Subject) -> Result<Played, String> {
    let file = target.join(format!("{}.json", subject.name));
    if !file.is_file() {
        return Ok(Played::Missing("it was not played yet".to_owned()));
    }
    let runtime = match &subject.program {
        Program::Cargo(_) => version(root, &RUSTC.map(str::to_owned))?,
        Program::Shim(shim) => {
            let out = target.join(&subject.name);
            version(&shim.folder, &filled(&shim.version, &out))?
        }
    };
    Ok(Played::Report(report::read(&file)?, runtime))
}

/// Builds a subject, plays the suite against it, and reads its report.
pub(super) fn play(root: &Path, target: &Path, subject: &Subject) -> Result<Played, String> {
    let file = target.join(format!("{}.json", subject.name));
    fs::create_dir_all(target).map_err(|error| format!("{}: {error}", target.display()))?;
    // That of an earlier run does not count.
    let _ = fs::remove_file(&file);
    let (suite, runtime) = match &subject.program {
        Program::Cargo(program) => (
            cargo(root, program)?,
            version(root, &RUSTC.map(str::to_owned))?,
        ),
        Program::Shim(shim) => match prepare(root, &target.join(&subject.name), shim) {
            Ok(ready) => ready,
            Err(missing) => return Ok(Played::Missing(missing)),
        },
    };
    bounded(
        with_report(suite, &file, &subject.arguments),
        &target.join(format!("{}.log", subject.name)),
    )?;
    Ok(Played::Report(report::read(&file)?, runtime))
}

/// A command that runs the suite, and what is to come behind its own arguments.
struct Run {
    command: Command,
    behind: Vec<String>,
}

fn with_report(run: Run, file: &Path, arguments: &[String]) -> Command {
    let mut command = run.command;
    // Its judgement is not the run's: what failed is in the report.
    command.arg("--report").arg(file);
    command.args(arguments).args(run.behind);
    command
}

fn cargo(root: &Path, program: &Cargo) -> Result<Run, String> {
    let folder = root.join(&program.folder);
    let mut what = vec![
        "--quiet".to_owned(),
        format!("--package={}", program.package),
    ];
    if program.folder != Path::new(".") {
        what.push(format!(
            "--target-dir={}",
            root.join("target/engines").display()
        ));
    }
    let (build, verb) = match (&program.test, &program.bin) {
        (Some(test), None) => {
            what.push(format!("--test={test}"));
            (&["test", "--no-run"][..], "test")
        }
        (None, Some(bin)) => {
            what.push(format!("--bin={bin}"));
            (&["build"][..], "run")
        }
        _ => return Err(format!("{}: either a test or a bin", program.package)),
    };
    let mut built = command(&folder, "cargo", build);
    built.args(&what);
    run(built)?;
    let mut suite = command(&folder, "cargo", &[verb]);
    suite.args(&what).arg("--");
    if program.bin.is_some() {
        suite.args(RFC);
    }
    Ok(Run {
        command: suite,
        behind: Vec::new(),
    })
}

/// Builds a shim, if its runtime is there.
fn prepare(root: &Path, out: &Path, shim: &Shim) -> Result<(Run, String), String> {
    if let Some(missing) = shim.needs.iter().find(|program| !is_there(program)) {
        return Err(format!("there is no `{missing}` here"));
    }
    fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    for step in &shim.build {
        let step = filled(step, out);
        output(command_of(&shim.folder, &step)?)?;
    }
    let runtime = version(&shim.folder, &filled(&shim.version, out))?;
    let mut build = command(root, "cargo", &["build", "--quiet"]);
    build.args(RUNNER);
    run(build)?;
    let mut suite = command(
        &shim.folder,
        "cargo",
        &["run", "--quiet", "--manifest-path"],
    );
    suite.arg(root.join("Cargo.toml")).args(RUNNER);
    suite.arg("--").args(RFC);
    let mut behind = vec!["--".to_owned()];
    behind.extend(filled(&shim.run, out));
    Ok((
        Run {
            command: suite,
            behind,
        },
        runtime,
    ))
}

fn command_of(folder: &Path, words: &[String]) -> Result<Command, String> {
    let [program, arguments @ ..] = words else {
        return Err("an empty command".to_owned());
    };
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    Ok(command(folder, program, &arguments))
}

/// The first line of what a command prints.
fn version(folder: &Path, words: &[String]) -> Result<String, String> {
    let text = output(command_of(folder, words)?)?;
    Ok(text.lines().next().unwrap_or_default().trim().to_owned())
}

/// A command with the folder for what is built.
fn filled(words: &[String], out: &Path) -> Vec<String> {
    let out = out.to_string_lossy();
    let words = words.iter();
    words.map(|word| word.replace("{out}", &out)).collect()
}

fn is_there(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Runs a command that has to end in time, with all that it started. What it says goes to a file.
fn bounded(mut command: Command, log: &PathBuf) -> Result<(), String> {
    let file = fs::File::create(log).map_err(|error| format!("{}: {error}", log.display()))?;
    let errors = file.try_clone().map_err(|error| error.to_string())?;
    command.stdin(Stdio::null()).stdout(file).stderr(errors);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command
        .spawn()
        .map_err(|error| format!("cannot run the suite: {error}"))?;
    let end = Instant::now() + BOUND;
    loop {
        match child.try_wait() {
            // 0 and 1 are verdicts.
            Ok(Some(status)) if matches!(status.code(), Some(0 | 1 | 101)) => return Ok(()),
            Ok(Some(status)) => {
                return Err(format!("it ended with {status}; see {}", log.display()));
            }
            Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(50)),
            Ok(None) => {
                kill(&mut child);
                let minutes = BOUND.as_secs() / 60;
                return Err(format!(
                    "it took more than {minutes} minutes; see {}",
                    log.display()
                ));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// Ends a command and what it started.
fn kill(child: &mut Child) {
    let group = format!("-{}", child.id());
    // It may be gone already.
    let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    let _ = child.kill();
    let _ = child.wait();
}
