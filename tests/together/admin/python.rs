//! The five things that a program's test has to know, from a Python test with nothing
//! but the standard library.

use std::process::Command;

use talkspace_sandbox::Sandbox;
use talkspace_tests::{root, software};

use super::KEY;

#[test]
fn a_python_test_knows_what_happened_and_makes_it_happen() {
    let Some(python) = software::find("python3", "python3") else {
        return;
    };
    let server = Sandbox::start().unwrap();
    let test = root().join("tests/together/admin/five.py");
    let run = Command::new(python)
        .arg(test)
        .env("SANDBOX", server.url())
        .env("TALKSPACE_APP_KEY", KEY)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{told}");
    assert!(told.contains("Ran 5 tests"), "{told}");
}
