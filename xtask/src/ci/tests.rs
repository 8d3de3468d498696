//! What is no check is told apart: an option, or a name that nobody knows.

use std::path::Path;

use super::ci;

#[test]
fn an_option_of_cargo_is_no_unknown_check() {
    let said = |names: &[&str]| ci(Path::new("none"), names).unwrap_err();
    assert!(said(&["--fast", "-j2"]).starts_with("`-j2` is no check"));
    assert!(said(&["fmt", "--fast"]).starts_with("`--fast` is no check"));
    assert!(said(&["fmtt"]).starts_with("there is no check `fmtt`; there are "));
}
