//! Words win over parameters, and every path knows its methods.

use super::{covers, same_path, shape};
use crate::codegen::lower::path;

#[test]
fn a_word_comes_before_a_parameter() {
    let mut paths = ["/a/{x}/{y}", "/a/{x}/c", "/a/b/{y}", "/a/{x}", "/a/b/c"];
    paths.sort_by_key(|template| shape(&path(template).segments));
    assert_eq!(
        paths,
        ["/a/b/c", "/a/b/{y}", "/a/{x}", "/a/{x}/c", "/a/{x}/{y}"]
    );
}

#[test]
fn names_of_parameters_and_slashes_make_no_other_path() {
    let same = |one, other| same_path(&path(one).segments, &path(other).segments);
    assert!(same("/a/{x}", "/a/{y}"));
    assert!(same("/a/", "/a"));
    assert!(!same("/a/{x}", "/a/b"));
    assert!(!same("/a/{x}", "/a/{x}/{y}"));
}

#[test]
fn a_parameter_covers_words() {
    let covers = |wide, narrow| covers(&path(wide).segments, &path(narrow).segments);
    assert!(covers("/a/{x}", "/a/notes"));
    assert!(!covers("/a/notes", "/a/{x}"));
    assert!(!covers("/a/{x}", "/b/notes"));
}
