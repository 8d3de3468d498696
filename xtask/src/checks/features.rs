//! `cargo xtask ci features`: each published crate is clean alone, without
//! features, with each of them, and with all.
//!
//! What builds in the workspace may do so only because a neighbour asked for
//! a feature of a common dependency.

use std::path::Path;

use crate::process::{command, run, say};
use crate::workspace::published;

/// Runs the lints on each crate with each set of features.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    for package in published(root)? {
        let features: Vec<_> = package.features.keys().map(String::as_str).collect();
        for set in sets(&features) {
            say(&format!("features: {} [{set}]", package.name));
            let lint = [
                "clippy",
                "--quiet",
                "--locked",
                "--package",
                &package.name,
                "--no-default-features",
                "--features",
                &set,
                "--",
                "-D",
                "warnings",
            ];
            run(command(root, "cargo", &lint))?;
        }
    }
    Ok(())
}

/// None, each alone, and all.
fn sets(features: &[&str]) -> Vec<String> {
    let mut sets = vec![String::new()];
    sets.extend(features.iter().map(|feature| (*feature).to_owned()));
    sets.push(features.join(","));
    sets.dedup();
    sets
}

#[cfg(test)]
mod tests;
