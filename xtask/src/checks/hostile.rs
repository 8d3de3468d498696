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
const LAWS: [&str; 3] = [
    "round_trip::every_request",
    "round_trip::every_error",
    "in_memory::any_request",
];

/// Of a description of `kinds.yaml`, what those get who read no Markdown.
const PLAIN: &str = "It is made up: see the whole story (https://a.example/b), the rest \
    (https://a.example/f), https://a.example/c, (https://a.example/d_e), x, [z], <b> and an odd `.";

pub(crate) fn check(root: &Path) -> Result<(), String> {
    let place = root.join("target/hostile/checkout");
    let checkout = place.as_path();
    copy::workspace(root, checkout)?;
    let path = "spec/openapi.yaml";
    let read = fs::read_to_string(root.join(path));
    let spec = read.map_err(|error| format!("{path}: {error}"))?;
    let spec = spec::hostile(&spec)?;
    let written = copy::write(&checkout.join(path), spec.as_bytes());
    written.map_err(|error| format!("{path}: {error}"))?;
    let said = codegen::run(checkout, Mode::Write)?;
    say(said.lines().next().unwrap_or_default());

    let target = root.join("target/hostile/cargo");
    let cargo = |arguments: &[&str]| {
        let mut cargo = command(checkout, "cargo", arguments);
        cargo.env("CARGO_TARGET_DIR", &target);
        cargo
    };
    let core = ["--package=talkspace-core", "--all-features"];
    let lint = [&["clippy", "--quiet", "--package=talkspace-cli"], &core[..]].concat();
    run(cargo(&[&lint[..], &["--", "-D", "warnings"]].concat()))?;
    let mut doc = cargo(&[&["doc", "--quiet", "--no-deps"], &core[..]].concat());
    doc.env("RUSTDOCFLAGS", "-D warnings");
    run(doc)?;
    // The same packages, so that nothing is built for another choice of features.
    let packages = ["--package=talkspace-cli", "--package=talkspace-tests"];
    let build = [&["build", "--quiet"], &packages[..], &["--bin=talkspace"]].concat();
    run(cargo(&build))?;
    let tests = ["--test=together", "--"];
    let all = [&["test", "--quiet"], &packages[..], &tests, &LAWS].concat();
    let mut test = cargo(&all);
    test.env("TALKSPACE_PROPTEST_CASES", "100");
    run(test)?;
    let objects = checkout.join("crates/talkspace-core/tests/hostile.rs");
    let written = copy::write(&objects, OBJECTS.as_bytes());
    written.map_err(|error| format!("{}: {error}", objects.display()))?;
    let test = [
        "test",
        "--quiet",
        "--package=talkspace-core",
        "--features=server",
        "--test=hostile",
    ];
    run(cargo(&test))?;
    let program = format!("debug/talkspace{}", std::env::consts::EXE_SUFFIX);
    commands(checkout, &target.join(program))
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
    say(&format!("hostile: {} commands have help", names.len()));
    match names.len() > OPERATIONS.len() {
        true => Ok(()),
        false => Err("the commands are not in the help".to_owned()),
    }
}
