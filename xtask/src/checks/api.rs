//! `cargo xtask ci api`: the public items of each library are those that its `api.txt` lists, and what
//! has changed of them since the last release stands in `CHANGELOG.md`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::checks::rustdoc;
use crate::process::say;
use crate::workspace::published;

mod changelog;
mod items;
#[cfg(test)]
mod tests;
mod types;

use items::Api;

/// What a line of the text means.
const HEAD: &str = "\
# What is public in this library, with all features. `..` stands for what else there may be, and for the
# default of a method. Written by `cargo xtask api`, compared by `cargo xtask ci api`.
";

/// Compares each library with its text.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let mut breaches = Vec::new();
    let texts = texts(root)?;
    for (path, text) in &texts {
        let found = fs::read_to_string(root.join(path)).unwrap_or_default();
        if found != *text {
            let change = changes(&found, text);
            breaches.push(format!("{}\n    {}", path.display(), change.join("\n    ")));
        }
    }
    if !breaches.is_empty() {
        return Err(format!(
            "the public items are others than written; if that is meant: cargo xtask api\n  {}",
            breaches.join("\n  ")
        ));
    }
    let unsaid = changelog::unsaid(root, &texts)?;
    if unsaid.is_empty() {
        return Ok(());
    }
    Err(format!(
        "say under \"Unreleased\" in {} what has changed, with its name as code:\n  {}",
        changelog::FILE,
        unsaid.join("\n  ")
    ))
}

/// Writes each library's text anew.
pub(crate) fn write(root: &Path) -> Result<String, String> {
    for (path, text) in texts(root)? {
        fs::write(root.join(&path), text)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        say(&format!("{}", path.display()));
    }
    Ok("written; say in CHANGELOG.md what has changed".to_owned())
}

/// The text of each library, and where it is.
fn texts(root: &Path) -> Result<Vec<(PathBuf, String)>, String> {
    let mut texts = Vec::new();
    for folder in [root.to_owned(), root.join("tests/engines")] {
        let packages = published(&folder)?;
        for package in packages.iter().filter(|package| package.is_library()) {
            let name = &package.name;
            let json = rustdoc::json(root, &folder, name)?;
            let json = serde_json::from_str(&json).map_err(|error| format!("{name}: {error}"))?;
            let path = Path::new("crates").join(name).join("api.txt");
            texts.push((path, format!("{HEAD}\n{}", Api::new(json).text())));
        }
    }
    Ok(texts)
}

/// The lines that are there once, and not twice.
fn changes(before: &str, after: &str) -> Vec<String> {
    let less = before
        .lines()
        .filter(|line| !after.lines().any(|other| other == *line));
    let more = after
        .lines()
        .filter(|line| !before.lines().any(|other| other == *line));
    let less = less.map(|line| format!("- {}", line.trim()));
    less.chain(more.map(|line| format!("+ {}", line.trim())))
        .collect()
}
