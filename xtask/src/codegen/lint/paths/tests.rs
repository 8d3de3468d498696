//! What is one path.

use super::same_path;
use crate::codegen::lower::path;

#[test]
fn names_of_parameters_and_slashes_make_no_other_path() {
    let same = |one, other| same_path(&path(one).segments, &path(other).segments);
    assert!(same("/a/{x}", "/a/{y}"));
    assert!(same("/a/", "/a"));
    assert!(!same("/a/{x}", "/a/b"));
    assert!(!same("/a/{x}", "/a/{x}/{y}"));
}
