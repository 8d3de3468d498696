//! What a task says, and where it writes.

use std::path::Path;
use std::process::Output;

use crate::copy::{Copy, files_of};

#[track_caller]
pub(crate) fn assert_up_to_date(output: &Output) {
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complaint}");
    assert!(said.contains("files are up to date"), "{said}");
}

#[track_caller]
pub(crate) fn assert_differs(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("run: cargo xtask codegen"), "{said}");
}

/// Sees that a check in `copy` is about it, and that nothing else is written.
pub(crate) fn sees_its_own(copy: &Copy, others: &[&Path], xtask: impl Fn(&[&str]) -> Output) {
    let before: Vec<_> = others.iter().map(|other| files_of(other)).collect();
    copy.edit_the_spec();
    let edited = copy.files();
    assert_differs(&xtask(&["codegen", "--check"]));
    assert!(edited == copy.files(), "a check writes nothing");
    let written = xtask(&["codegen"]);
    assert!(written.status.success());
    assert!(edited != copy.files(), "it writes here");
    assert_up_to_date(&xtask(&["codegen", "--check"]));
    let after: Vec<_> = others.iter().map(|other| files_of(other)).collect();
    assert!(before == after, "it writes nowhere else");
}
