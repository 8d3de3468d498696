//! What is one path.

use super::Path;

#[test]
fn names_of_parameters_and_slashes_make_no_other_path() {
    let same = |one: &str, other: &str| Path::new(one.into()).is(&Path::new(other.into()));
    assert!(same("/a/{x}", "/a/{y}"));
    assert!(same("/a/", "/a"));
    assert!(!same("/a/{x}", "/a/b"));
    assert!(!same("/a/{x}", "/a/{x}/{y}"));
}
