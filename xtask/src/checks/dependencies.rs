//! `cargo xtask ci dependencies`: each published crate pulls in what its
//! `dependencies.txt` lists, no more and no less; and the commands of the README build nothing twice.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::process::{command, output, say};
use crate::workspace::published;

/// One platform, so that the lists hold on whatever machine checks them.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// The most crates that a list may grow to, the crate itself among them.
const BUDGETS: &[(&str, usize)] = &[
    ("talkspace-core", 25),
    ("talkspace-hyper", 60),
    ("talkspace-blocking", 45),
    ("talkspace-sandbox", 75),
];

const WHY: &str =
    "why a crate is there: cargo tree --edges normal --package PACKAGE --invert CRATE";

/// Compares the crates that are pulled in with those that are listed.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let mut breaches = Vec::new();
    for package in published(root)? {
        let name = package.name.as_str();
        let tree = [
            "tree",
            "--locked",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--all-features",
            "--target",
            PLATFORM,
            "--package",
            name,
        ];
        let tree = output(command(root, "cargo", &tree))?;
        let list = format!("crates/{name}/dependencies.txt");
        let listed = fs::read_to_string(root.join(&list)).unwrap_or_default();
        let pulled = crates_in(&tree);
        let change = changes(&listed.lines().collect(), &pulled);
        if !change.is_empty() {
            breaches.push(format!(
                "{name} does not pull in what {list} lists; if that is meant, change the list:\n    {}",
                change.join("\n    ")
            ));
        }
        if let Some((_, most)) = BUDGETS.iter().find(|(of, _)| *of == name)
            && pulled.len() > *most
        {
            breaches.push(format!("{name} may pull in {most} crates at most"));
        }
        say(&format!("dependencies: {name}: {} crates", pulled.len()));
    }
    breaches.extend(shared::breaches(root)?);
    if breaches.is_empty() {
        return Ok(());
    }
    Err(format!("\n  {}\n{WHY}", breaches.join("\n  ")))
}

/// The names of the crates in a tree that was printed without a prefix.
fn crates_in(tree: &str) -> BTreeSet<&str> {
    // Duplicate versions are not counted here: cargo-deny allows none.
    tree.lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect()
}

/// What to add to a list, and what to take out of it.
fn changes(listed: &BTreeSet<&str>, pulled: &BTreeSet<&str>) -> Vec<String> {
    let added = pulled.difference(listed).map(|name| format!("+ {name}"));
    let removed = listed.difference(pulled).map(|name| format!("- {name}"));
    added.chain(removed).collect()
}

mod shared;
#[cfg(test)]
mod tests;
