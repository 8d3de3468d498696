//! Tests that need a process of their own.

use std::ffi::OsStr;
use std::process::Command;

/// Set in the process that a test runs in once more.
const CHILD: &str = "TALKSPACE_TEST_IN_CHILD";

/// Whether this is the process of a test that needs its own. If not, runs the
/// test, such as `roots::are_loaded_once`, in one that has these variables.
pub(super) fn is_this(test: &str, variables: &[(&str, &OsStr)]) -> bool {
    if std::env::var_os(CHILD).is_some() {
        return true;
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("tests::{test}")])
        .env(CHILD, test)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{told}");
    assert!(told.contains("1 passed"), "{told}");
    false
}
