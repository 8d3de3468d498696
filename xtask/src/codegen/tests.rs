//! The way from a spec to files as a whole; the steps have tests beside them.

mod whole;

use std::fs;
use std::path::PathBuf;

use super::emit::File;
use super::{SPEC, format, generate};
use crate::checkout;

/// A small spec with everything that the generator understands.
pub(super) const ROOMS: &str = include_str!("tests/rooms.yaml");

/// The workspace.
pub(super) fn workspace() -> PathBuf {
    checkout::root().unwrap()
}

/// The project's own spec.
pub(super) fn real_spec() -> String {
    fs::read_to_string(workspace().join(SPEC)).unwrap()
}

/// The small spec with one thing changed.
pub(super) fn rooms_with(from: &str, to: &str) -> String {
    edited(ROOMS, from, to)
}

/// A text with one thing changed, which must be there once.
pub(super) fn edited(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "in the text once: {from}");
    text.replace(from, to)
}

/// All that is wrong with a spec.
pub(super) fn findings(spec: &str) -> Vec<String> {
    match generate(spec) {
        Ok(_) => Vec::new(),
        Err(findings) => findings.to_string().lines().map(str::to_owned).collect(),
    }
}

/// A change to the small spec is found out, and nothing else is said.
#[track_caller]
pub(super) fn assert_finding(from: &str, to: &str, place: &str, message: &str) {
    let found = findings(&rooms_with(from, to));
    let hash = if place.is_empty() { "" } else { "#" };
    assert_eq!(found, [format!("{SPEC}{hash}{place}: {message}")]);
}

/// Breaks the project's own spec in one place after another, where it stands first after
/// `before`, and sees that each breach is found, and said in these words.
pub(super) fn assert_found(breaches: &[(&str, &str, &str, &str)]) {
    for (before, right, wrong, words) in breaches {
        let found = findings(&broken(before, right, wrong)).join("\n");
        assert!(found.contains(words), "{wrong}: {found}");
    }
}

/// The project's own spec, with `wrong` for the first `right` after `before`.
pub(super) fn broken(before: &str, right: &str, wrong: &str) -> String {
    let spec = real_spec();
    let start = spec.find(before).unwrap();
    let (head, tail) = spec.split_at(start);
    assert!(tail.contains(right), "{right}");
    format!("{head}{}", tail.replacen(right, wrong, 1))
}

/// The files for a spec, formatted.
pub(super) fn formatted(spec: &str) -> Vec<File> {
    let files = generate(spec).unwrap_or_else(|findings| panic!("{findings}"));
    format::format(&workspace(), files).unwrap()
}

/// A folder of a test's own, gone when the test is over.
#[derive(Debug)]
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let process = std::process::id();
        let path = std::env::temp_dir().join(format!("xtask-{name}-{process}"));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder left behind is no failure.
        let _ = fs::remove_dir_all(&self.0);
    }
}
