//! What came and what went is named.

use super::{changes, crates_in};

const TREE: &str = "\
core v0.1.0 (/a folder/core)
http v1.5.0
itoa v1.0.19
serde_derive v1.0.229 (proc-macro)
http v1.5.0 (*)

";

#[test]
fn a_crate_counts_once() {
    let crates: Vec<_> = crates_in(TREE).into_iter().collect();
    assert_eq!(crates, ["core", "http", "itoa", "serde_derive"]);
}

#[test]
fn both_directions_are_a_change() {
    let pulled = crates_in(TREE);
    assert!(changes(&pulled, &pulled).is_empty());
    let listed = ["core", "http", "serde_derive", "url"].into();
    assert_eq!(changes(&listed, &pulled), ["+ itoa", "- url"]);
}
