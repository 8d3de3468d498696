//! The clients that are measured, and the process that one runs in.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::process::{command, output, run};

use super::Bench;

/// How a client waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Async,
    Blocking,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    pub(crate) name: &'static str,
    program: &'static str,
    pub(crate) style: Style,
}

/// What ratios are to.
pub(crate) const FLOOR: &str = "floor";

/// All of them, those of the project last.
pub(crate) const CLIENTS: &[Client] = &[
    Client::new(FLOOR, "via_floor", Style::Blocking),
    Client::new("floor-json", "via_floor_json", Style::Blocking),
    Client::new("hyper-conn", "via_hyper_conn", Style::Async),
    Client::new("hyper-util", "via_hyper_util", Style::Async),
    Client::new("reqwest", "via_reqwest", Style::Async),
    Client::new("progenitor", "via_progenitor", Style::Async),
    Client::new("ureq", "via_ureq", Style::Blocking),
    Client::new("reqwest-blocking", "via_reqwest_blocking", Style::Blocking),
    Client::new("talkspace-hyper", "via_talkspace_hyper", Style::Async),
    Client::new(
        "talkspace-blocking",
        "via_talkspace_blocking",
        Style::Blocking,
    ),
];

/// Those with these names, in that order.
pub(super) fn clients<'n>(names: &'n [&str]) -> impl Iterator<Item = &'static Client> + 'n {
    let find = |name: &&str| CLIENTS.iter().find(|client| client.name == *name);
    names.iter().filter_map(find)
}

impl Client {
    const fn new(name: &'static str, program: &'static str, style: Style) -> Self {
        Self {
            name,
            program,
            style,
        }
    }

    pub(crate) fn program(&self, bench: &Bench<'_>) -> PathBuf {
        programs(&bench.folder()).join(self.program)
    }
}

/// Builds packages of the benchmark's workspace, for release, and returns the
/// folder of the programs.
pub(crate) fn build(root: &Path, packages: &[&str]) -> Result<PathBuf, String> {
    let target = root.join("target/bench");
    let mut build = command(
        &root.join("tests/bench"),
        "cargo",
        &["build", "--release", "--locked", "--quiet"],
    );
    build.env("CARGO_TARGET_DIR", target.join("cargo"));
    for package in packages {
        build.args(["--package", package]);
    }
    run(build)?;
    Ok(programs(&target))
}

/// Builds all clients, and the servers. Those of the project are built apart:
/// beside others they would get their features.
pub(super) fn build_clients(root: &Path) -> Result<(), String> {
    build(root, &["engines"])?;
    build(root, &["peers", "server"]).map(drop)
}

fn programs(folder: &Path) -> PathBuf {
    folder.join("cargo/release")
}

/// What a client says after a command.
#[derive(Clone, Debug)]
pub(crate) struct Report(Vec<(String, f64)>);

impl Report {
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let pairs = words.chunks_exact(2).map(|pair| match pair {
            [name, value] => Some(((*name).to_owned(), value.parse().ok()?)),
            _ => None,
        });
        pairs.collect::<Option<_>>().map(Self)
    }

    /// What a client says that obeys the one command it was started with.
    pub(crate) fn of(command: Command) -> Result<Self, String> {
        let said = output(command)?;
        Self::parse(&said).ok_or_else(|| format!("this is no report: {said}"))
    }

    pub(crate) fn get(&self, name: &str) -> Result<f64, String> {
        let mut pairs = self.0.iter();
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| *value)
            .ok_or_else(|| format!("the client does not say {name}"))
    }
}

/// A client that waits for commands.
pub(crate) struct Running {
    child: Child,
    commands: Option<ChildStdin>,
    reports: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Result<Self, String> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run {command:?}: {error}"))?;
        let reports = child.stdout.take().ok_or("nothing to read")?;
        Ok(Self {
            commands: child.stdin.take(),
            reports: BufReader::new(reports),
            child,
        })
    }

    /// Has it obey one command.
    pub(crate) fn obey(&mut self, order: &str) -> Result<Report, String> {
        let commands = self.commands.as_mut().ok_or("nowhere to write")?;
        writeln!(commands, "{order}").map_err(|error| format!("{order}: {error}"))?;
        let mut report = String::new();
        self.reports
            .read_line(&mut report)
            .map_err(|error| format!("{order}: {error}"))?;
        Report::parse(&report)
            .filter(|report| !report.0.is_empty())
            .ok_or_else(|| format!("{order}: the client ended"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The end of its input is the end of it; unless it hangs.
        self.commands.take();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
