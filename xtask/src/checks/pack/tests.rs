//! What is too much in a tarball is found, and what is not there.

use std::collections::BTreeSet;

use super::{EVERYWHERE, changes};

fn tarball(files: &[&str]) -> BTreeSet<(String, String)> {
    let files = EVERYWHERE.iter().chain(files);
    files
        .map(|file| ("one".to_owned(), (*file).to_owned()))
        .collect()
}

#[test]
fn sources_need_no_line() {
    let found = tarball(&["src/lib.rs", "tests/all.rs", "src/page.css"]);
    assert!(changes("one src/page.css\n", &found).is_empty());
}

#[test]
fn what_is_not_listed_is_too_much() {
    let found = tarball(&["dependencies.txt", "build.rs", "src/page.css"]);
    assert_eq!(
        changes("one src/page.css\n", &found),
        ["+ one build.rs", "+ one dependencies.txt"]
    );
}

#[test]
fn what_is_listed_is_there_and_so_are_licences() {
    let mut found = tarball(&[]);
    found.remove(&("one".to_owned(), "LICENSE-MIT".to_owned()));
    assert_eq!(
        changes("one src/page.css\n", &found),
        ["- one src/page.css", "- one LICENSE-MIT"]
    );
}
