//! `cargo xtask` works on the checkout that it is run in, wherever it was built.

#[cfg(test)]
mod copy;
#[cfg(test)]
mod seen;

use std::path::PathBuf;
use std::process::Command;

use xtask::checkout;

use copy::{Copy, GENERATION};
use seen::sees_its_own;

/// Where it was built does not count: what cargo says of its package does, or,
/// where it is started without cargo, the current folder.
#[test]
fn it_works_on_the_checkout_that_it_is_run_in() {
    let here = checkout::root().unwrap();
    let copy = Copy::of(&here, &GENERATION, "copy");
    sees_its_own(&copy, &[&here], |arguments| {
        let mut xtask = Command::new(program());
        if arguments == ["codegen"] {
            xtask.current_dir(copy.0.join("spec"));
            xtask.env_remove("CARGO_MANIFEST_DIR");
        } else {
            xtask.current_dir(&here);
            xtask.env("CARGO_MANIFEST_DIR", copy.0.join("xtask"));
        }
        xtask.args(arguments).output().unwrap()
    });
}

#[test]
fn it_says_where_there_is_no_checkout() {
    let mut xtask = Command::new(program());
    xtask.current_dir("/").args(["codegen", "--check"]);
    let output = xtask.env_remove("CARGO_MANIFEST_DIR").output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("/ is in no checkout"), "{said}");
}

/// The program, built with this test, wherever this checkout was at that time.
#[cfg(test)]
fn program() -> PathBuf {
    if let Some(told) = std::env::var_os("CARGO_BIN_EXE_xtask") {
        return told.into();
    }
    let test = std::env::current_exe().unwrap();
    let name = format!("xtask{}", std::env::consts::EXE_SUFFIX);
    let beside = test.ancestors().map(|folder| folder.join(&name));
    let mut built = beside.filter(|path| path.is_file());
    built.next().expect("xtask beside its tests")
}
