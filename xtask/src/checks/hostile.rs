//! `cargo xtask ci hostile`: what the generator accepts, no later tool rejects.
//!
//! A copy of the workspace has a spec with names that mean something elsewhere, and with
//! every kind of input and of response. What is generated for it is linted, documented,
//! built, and used: its commands give help, and its requests go to the sandbox.

mod copy;
mod names;
mod spec;

use std::fs;
use std::path::Path;

use xtask::codegen::{self, Mode};

use crate::process::{command, output, run, say};

use self::names::OPERATIONS;

/// A service in memory, and a client that reads what it gives of every kind.
const OBJECTS: &str = include_str!("hostile/objects.rs.in");

/// What holds of every operation: what one side writes the other reads, and what a sandbox
/// does not have is 501, over each transport.
const LAWS: [&str; 4] = [
    "round_trip::every_request",
    "round_trip::every_response",
    "round_trip::every_error",
    "in_memory::any_request",
];

/// Of a description of `kinds.yaml`, what those get who read no Markdown.
const PLAIN: &str = "It is made up: see the whole story (https://a.example/b), the rest \
    (https://a.example/f), https://a.example/c, (https://a.example/d_e), x, [z], <b> and an odd `.";

/// A command that gives a value several times.
const DRY: [&str; 9] = [
    "send-hostile-many",
    "--base-url=http://127.0.0.1:1",
    "--dry-run",
    "--fn-id=id",
    "--value=ab",
    "--cell=a",
    "--cell=b",
    "--request=-1",
    "--always",
];

pub(crate) fn check(root: &Path) -> Result<(), String> {
    let place = root.join("target/hostile/checkout");
    let checkout = place.as_path();
    copy::workspace(root, checkout)?;
    edit(root, checkout, "spec/openapi.yaml", spec::hostile)?;
    edit(root, checkout, "Cargo.toml", of_another_version)?;
    let said = codegen::run(checkout, Mode::Write)?;
    say(said.lines().next().unwrap_or_default());

    let target = root.join("target/hostile/cargo");
    let cargo = |arguments: &[&str]| {
        let mut cargo = command(checkout, "cargo", arguments);
        cargo.arg("--quiet").env("CARGO_TARGET_DIR", &target);
        // There is what other crates were built to for the workspace.
        cargo.env("CARGO_BUILD_BUILD_DIR", root.join("target"));
        cargo
    };
    let mut lint = cargo(&["clippy", "--workspace", "--all-features", "--bin=talkspace"]);
    lint.args(["--", "-D", "warnings"]);
    run(lint)?;
    let mut doc = cargo(&[
        "doc",
        "--package=talkspace-core",
        "--all-features",
        "--no-deps",
    ]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    run(doc)?;
    run(cargo(&["build", "--workspace", "--bin=talkspace"]))?;
    let mut test = cargo(&["test", "--workspace", "--test=together"]);
    test.arg("--").args(LAWS);
    test.env("TALKSPACE_PROPTEST_CASES", "100");
    run(test)?;
    let objects = checkout.join("crates/talkspace-core/tests/hostile.rs");
    let written = copy::write(&objects, OBJECTS.as_bytes());
    written.map_err(|error| format!("{}: {error}", objects.display()))?;
    run(cargo(&["test", "--workspace", "--test=hostile"]))?;
    let program = format!("debug/talkspace{}", std::env::consts::EXE_SUFFIX);
    commands(checkout, &target.join(program))
}

/// Writes what becomes of a file.
fn edit(
    root: &Path,
    checkout: &Path,
    path: &str,
    change: fn(&str) -> Result<String, String>,
) -> Result<(), String> {
    let read = fs::read_to_string(root.join(path));
    let text = change(&read.map_err(|error| format!("{path}: {error}"))?)?;
    let written = copy::write(&checkout.join(path), text.as_bytes());
    written.map_err(|error| format!("{path}: {error}"))
}

/// By the version, cargo keeps what is built of the copy apart from what is built of the workspace.
fn of_another_version(manifest: &str) -> Result<String, String> {
    let version = "\n[workspace.package]\nversion = \"";
    let parts = manifest.split_once(version);
    let parts = parts.and_then(|(before, rest)| Some((before, rest.split_once('"')?)));
    let (before, (number, after)) = parts.ok_or("Cargo.toml has no version")?;
    Ok(format!("{before}{version}{number}+hostile\"{after}"))
}

/// Has every command show its help, and the manual and the completions be printed.
fn commands(checkout: &Path, program: &Path) -> Result<(), String> {
    let program = program.to_string_lossy();
    let print = |arguments: &[&str]| output(command(checkout, &program, arguments));
    let help = print(&["--help"])?;
    let (_, list) = help.split_once("\nCommands:\n").unwrap_or_default();
    let (list, _) = list.split_once("\n\n").unwrap_or_default();
    let lines = list.lines().filter_map(|line| line.strip_prefix("  "));
    let names = lines.filter_map(|line| line.split(' ').next());
    // A line that goes on begins further to the right.
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    for name in &names {
        if *name != "help" {
            print(&[name, "--help"])?;
        }
    }
    let pages = checkout.join("target/man");
    fs::create_dir_all(&pages).map_err(|error| format!("{}: {error}", pages.display()))?;
    print(&["man", &pages.to_string_lossy()])?;
    print(&["completions", "bash"])?;
    let page = pages.join("talkspace-hostile-kinds.1");
    let page = fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
    for text in [print(&["hostile-kinds", "--help"])?, page] {
        if !text.contains(PLAIN) {
            return Err(format!("it has marks of Markdown:\n{text}"));
        }
    }
    let mut dry = command(checkout, &program, &DRY);
    dry.env("TALKSPACE_APP_KEY", "key");
    let dry = output(dry)?;
    for line in ["cell = a ", "cell = b ", "request = -1 ", "always = true "] {
        if !dry.contains(line) {
            return Err(format!("`{line}` is not in what would be sent:\n{dry}"));
        }
    }
    say(&format!("hostile: {} commands have help", names.len()));
    match names.len() > OPERATIONS.len() {
        true => Ok(()),
        false => Err("the commands are not in the help".to_owned()),
    }
}
