//! What cargo says about a workspace is read as it is meant.

use super::{crates_in, published_in, selected};

const METADATA: &str = r#"{"packages": [
    {"name": "tool", "version": "0.1.0", "rust_version": null, "features": {}, "publish": null,
     "targets": [{"kind": ["bin"]}]},
    {"name": "library", "version": "0.1.0", "rust_version": "1.85", "features": {"extra": []}, "publish": ["crates-io"],
     "targets": [{"kind": ["test"]}, {"kind": ["lib"]}]},
    {"name": "task", "version": "0.1.0", "rust_version": null, "features": {}, "publish": [],
     "targets": [{"kind": ["bin"]}]}
], "version": 1}"#;

#[test]
fn what_is_published_is_found_and_sorted() {
    let packages = published_in(METADATA).unwrap();
    let names: Vec<_> = packages.iter().map(|package| &*package.name).collect();
    assert_eq!(names, ["library", "tool"]);
    assert!(packages[0].is_library());
    assert!(!packages[1].is_library());
    assert_eq!(
        selected(&packages),
        ["--package", "library", "--package", "tool"]
    );
}

#[test]
fn other_metadata_is_an_error() {
    assert!(published_in("[]").is_err());
}

#[test]
fn a_crate_that_a_tree_shows_twice_is_one() {
    let crates = crates_in("a v1.0.0 (/a)\nb v2.0.0\n\nc v0.1.0\nb v2.0.0 (*)\n");
    assert_eq!(crates.len(), 3);
    assert!(crates.contains("b v2.0.0"));
}
