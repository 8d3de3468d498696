//! `cargo xtask ci deny` and `cargo xtask ci budget`: what enters the tree.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::process::{command, output, run, say};
use crate::tools;

const DENY: &str = "0.20.2";

/// Licences, sources, bans and duplicates, by `.cargo/deny.toml`.
pub(crate) fn deny(root: &Path) -> Result<(), String> {
    let deny = tools::cargo(root, "cargo-deny", DENY)?;
    let check = ["--all-features", "check", "bans", "licenses", "sources"];
    run(command(root, &deny, &check))?;
    say("deny: known advisories are not looked up: that needs a database from elsewhere");
    Ok(())
}

/// The file that pins what each crate costs whoever depends on it.
const PINS: &str = "xtask/src/supply/crates.txt";
/// The published crates, and the most that each may ever count.
const BUDGETS: [(&str, usize); 5] = [
    ("talkspace-core", 24),
    ("talkspace-blocking", 45),
    ("talkspace-hyper", 60),
    ("talkspace-sandbox", 75),
    ("talkspace-cli", 90),
];

/// Each published crate has the normal dependencies that are written down, and
/// no more than its budget.
pub(crate) fn budget(root: &Path) -> Result<(), String> {
    let mut found = String::from(
        "# The crates in the normal tree of each published crate, on Linux.\n\
         # Rewrite with: TALKSPACE_BLESS=1 cargo xtask ci budget\n",
    );
    let mut wrong = Vec::new();
    for (package, most) in BUDGETS {
        let tree = [
            "tree",
            "--edges=normal",
            "--prefix=none",
            "--no-dedupe",
            "--format={p}",
            "--all-features",
            "--target=x86_64-unknown-linux-gnu",
            "--package",
            package,
        ];
        let tree = output(command(root, "cargo", &tree))?;
        let crates = names(&tree);
        if crates.len() > most {
            wrong.push(format!("{package}: {} crates, of {most}", crates.len()));
        }
        let list: Vec<_> = crates.iter().copied().collect();
        found.push_str(&format!(
            "\n{package} {}\n  {}\n",
            list.len(),
            list.join("\n  ")
        ));
    }
    let file = root.join(PINS);
    if std::env::var_os("TALKSPACE_BLESS").is_some() {
        fs::write(&file, &found).map_err(|error| format!("{PINS}: {error}"))?;
    }
    let pinned = fs::read_to_string(&file).map_err(|error| format!("{PINS}: {error}"))?;
    wrong.extend(differences(&pinned, &found));
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!(
        "\n  {}\n  if that is meant, say why in the commit, and run: TALKSPACE_BLESS=1 cargo xtask ci budget",
        wrong.join("\n  ")
    ))
}

/// The names in what `cargo tree` prints.
fn names(tree: &str) -> BTreeSet<&str> {
    tree.lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect()
}

/// What came and what went, crate by crate.
fn differences(pinned: &str, found: &str) -> Vec<String> {
    let (pinned, found) = (entries(pinned), entries(found));
    let gone = pinned
        .difference(&found)
        .map(|(of, name)| format!("{of}: {name} is gone"));
    let new = found
        .difference(&pinned)
        .map(|(of, name)| format!("{of}: {name} is new"));
    new.chain(gone).collect()
}

fn entries(text: &str) -> BTreeSet<(&str, &str)> {
    let mut package = "";
    let mut entries = BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix("  ") {
            Some(name) => {
                entries.insert((package, name));
            }
            None => package = line.split(' ').next().unwrap_or_default(),
        }
    }
    entries
}

#[cfg(test)]
mod tests;
