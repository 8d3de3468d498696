//! Tests that need a process of their own are ignored, and run by another test.

use std::ffi::OsStr;
use std::process::Command;

/// Runs the ignored test of this name, such as `roots::where_there_are_none`,
/// in a process with these variables.
pub(super) fn passes(test: &str, variables: &[(&str, &OsStr)]) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("tests::{test}"), "--ignored"])
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{told}");
    assert!(told.contains("1 passed"), "{told}");
}
