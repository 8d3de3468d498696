//! What `cargo run` builds is what `cargo test` builds: each crate once, with the same features.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use crate::process::{command, output};

/// What the README runs, and what everything here is run by.
const PROGRAMS: [&str; 2] = ["talkspace", "xtask"];

/// What cargo would build, one entry for each crate and each set of features.
#[derive(Deserialize)]
struct Graph {
    units: Vec<Unit>,
}

#[derive(Deserialize)]
struct Unit {
    pkg_id: String,
    mode: String,
    features: Vec<String>,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    index: usize,
}

pub(super) fn breaches(root: &Path) -> Result<Vec<String>, String> {
    let tests = built(root, &["test", "--workspace", "--no-run"])?;
    let mut breaches = Vec::new();
    for program in PROGRAMS {
        let program = built(root, &["build", "--bin", program])?;
        breaches.extend(program.difference(&tests).map(|built| {
            format!(
                "`cargo test` builds {built} another time, with other features: \
                 tests/Cargo.toml names those that only tests ask for"
            )
        }));
    }
    Ok(breaches)
}

/// The crates that a command of cargo would build for other crates, each with its features.
fn built(root: &Path, arguments: &[&str]) -> Result<BTreeSet<String>, String> {
    let mut cargo = command(root, "cargo", arguments);
    // Only the output is unstable: it says what would be built, and builds nothing.
    cargo.args(["--locked", "--unit-graph", "-Zunstable-options"]);
    cargo.env("RUSTC_BOOTSTRAP", "1");
    built_in(&output(cargo)?)
}

fn built_in(graph: &str) -> Result<BTreeSet<String>, String> {
    let graph: Graph = serde_json::from_str(graph)
        .map_err(|error| format!("cargo's unit graph is not what it was: {error}"))?;
    let used = graph.units.iter().flat_map(|unit| &unit.dependencies);
    let used: BTreeSet<_> = used.map(|dependency| dependency.index).collect();
    let units = graph.units.iter().enumerate();
    let built = units.filter(|(index, unit)| used.contains(index) && unit.mode == "build");
    // The name and the version are at the end of a package's id.
    let built = built.map(|(_, unit)| {
        let name = unit.pkg_id.rsplit('/').next().unwrap_or_default();
        format!("{name} [{}]", unit.features.join(","))
    });
    Ok(built.collect())
}
