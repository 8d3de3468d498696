//! What tests share.

use std::{env, fs};

/// Compares a committed file with what it should say.
pub(crate) fn up_to_date(path: &str, expected: &str) {
    if env::var_os("TALKSPACE_BLESS").is_some() {
        fs::write(path, expected).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    let first = found.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert!(
        found == expected,
        "{path} is out of date at {first:?}; set TALKSPACE_BLESS=1"
    );
}
