//! What came and what went.

use super::{differences, names};

const PINNED: &str = "# a remark\n\ncore 2\n  bytes\n  http\n\nhyper 1\n  bytes\n";

#[test]
fn what_is_new_and_what_is_gone_is_said_with_its_crate() {
    assert!(differences(PINNED, PINNED).is_empty());
    let found = "core 2\n  bytes\n  openssl\n\nhyper 1\n  bytes\n";
    assert_eq!(
        differences(PINNED, found),
        ["core: openssl is new", "core: http is gone"]
    );
}

#[test]
fn a_tree_has_each_crate_once() {
    let tree = "talkspace-core v0.1.0 (/somewhere)\nbytes v1.0.0\nhttp v1.0.0\nbytes v1.0.0\n\n";
    assert_eq!(
        names(tree).into_iter().collect::<Vec<_>>(),
        ["bytes", "http", "talkspace-core"]
    );
}
