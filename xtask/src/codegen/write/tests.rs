//! Files are written where they differ, and only there.

use std::fs;

use super::{PREAMBLE, apply, compare};
use crate::codegen::tests::Folder;

const IDS: &str = "crates/talkspace-core/src/value/ids.rs";
const OLD: &str = "crates/talkspace-core/src/request/old/old.rs";

fn files() -> Vec<(String, String)> {
    vec![(IDS.to_owned(), "one\ntwo\n".to_owned())]
}

#[test]
fn what_is_missing_is_written_once() {
    let folder = Folder::new("missing");
    let differences = compare(&folder.0, &files()).unwrap();
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0].said, format!("{IDS} is missing"));
    apply(&folder.0, &files(), &differences).unwrap();
    assert_eq!(
        fs::read_to_string(folder.0.join(IDS)).unwrap(),
        "one\ntwo\n"
    );

    let written = fs::metadata(folder.0.join(IDS))
        .unwrap()
        .modified()
        .unwrap();
    let differences = compare(&folder.0, &files()).unwrap();
    assert_eq!(differences, []);
    apply(&folder.0, &files(), &differences).unwrap();
    let again = fs::metadata(folder.0.join(IDS))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(written, again);
}

#[test]
fn the_first_line_that_differs_is_shown() {
    let folder = Folder::new("differs");
    let differences = compare(&folder.0, &files()).unwrap();
    apply(&folder.0, &files(), &differences).unwrap();
    for (actual, line, expected, shown) in [
        ("one\n2\n", 2, "`two`", "`2`"),
        ("one\n", 2, "`two`", "``"),
        ("one\ntwo", 3, "``", "the end of the file"),
        ("one\ntwo\nthree\n", 3, "``", "`three`"),
        ("one\ntwo\r\n", 2, "`two`", "`two\r`"),
    ] {
        fs::write(folder.0.join(IDS), actual).unwrap();
        let differences = compare(&folder.0, &files()).unwrap();
        assert_eq!(
            differences[0].said,
            format!("{IDS}:{line} differs\n  expected: {expected}\n  actual:   {shown}")
        );
    }
}

#[test]
fn what_is_stale_goes_with_its_folder() {
    let folder = Folder::new("stale");
    let differences = compare(&folder.0, &files()).unwrap();
    apply(&folder.0, &files(), &differences).unwrap();
    let old = folder.0.join(OLD);
    fs::create_dir_all(old.parent().unwrap()).unwrap();
    fs::write(&old, format!("//! Old.\n//!\n//! {PREAMBLE}\n")).unwrap();
    let by_hand = old.with_file_name("../by_hand.rs");
    fs::write(&by_hand, "//! Kept.\n").unwrap();

    let differences = compare(&folder.0, &files()).unwrap();
    assert_eq!(differences.len(), 1);
    assert_eq!(
        differences[0].said,
        format!("{OLD} is there, and nothing generates it")
    );
    apply(&folder.0, &files(), &differences).unwrap();
    assert!(!old.parent().unwrap().exists());
    assert!(
        folder
            .0
            .join("crates/talkspace-core/src/request/by_hand.rs")
            .exists()
    );
    assert!(folder.0.join(IDS).exists());
}

#[test]
fn an_error_names_the_file_and_nothing_is_half() {
    let folder = Folder::new("errors");
    let mut files = files();
    files.push((OLD.to_owned(), "new\n".to_owned()));
    let differences = compare(&folder.0, &files).unwrap();
    // Where a folder should be is a file.
    let above = folder.0.join(OLD).parent().unwrap().to_owned();
    fs::create_dir_all(above.parent().unwrap()).unwrap();
    fs::write(&above, "in the way").unwrap();
    let error = apply(&folder.0, &files, &differences).unwrap_err();
    assert!(error.starts_with(&format!("{OLD}: ")), "{error}");
    assert!(!folder.0.join(IDS).exists(), "nothing was replaced");

    // What is left of it goes with the next run.
    fs::remove_file(above).unwrap();
    let differences = compare(&folder.0, &files[..1]).unwrap();
    let told: Vec<_> = differences.iter().map(|it| it.said.clone()).collect();
    assert_eq!(
        told[1..],
        [format!("{IDS}.new is there, and nothing generates it")]
    );
    apply(&folder.0, &files[..1], &differences).unwrap();
    assert_eq!(compare(&folder.0, &files[..1]), Ok(vec![]));
}
