//! Text from the spec cannot become anything else.

use super::{Comment, Literal, Span, cell, wrap};
use crate::codegen::model::Prose;

#[test]
fn a_literal_cannot_end_early() {
    assert_eq!(Literal("a\"; b").to_string(), r#""a\"; b""#);
    assert_eq!(Literal("line\nend\\").to_string(), r#""line\nend\\""#);
}

#[test]
fn code_cannot_end_early() {
    assert_eq!(Span("a`b\nc").to_string(), "``a`b c``");
}

#[test]
fn every_line_of_a_comment_is_one() {
    let prose = Prose::new("One.\n}\npub fn evil() {\n\nTwo.");
    let comment = Comment::item(4).prose(&prose).to_string();
    assert_eq!(
        comment,
        "    /// One. } pub fn evil() {\n    ///\n    /// Two.\n"
    );
}

#[test]
fn comments_are_80_columns_wide() {
    let prose = Prose::new(&"word ".repeat(100));
    for (comment, indent) in [
        (Comment::item(0), 0),
        (Comment::item(4), 4),
        (Comment::module(), 0),
    ] {
        let comment = comment.prose(&prose).to_string();
        let widest = comment.lines().map(str::len).max().unwrap();
        assert!((76..=80).contains(&widest), "{indent}: {widest}");
    }
}

#[test]
fn a_line_never_begins_something_else() {
    assert_eq!(wrap("aaa bbb - ccc", 7), ["aaa bbb -", "ccc"]);
    assert_eq!(
        wrap("aaa bbb 1. ccc # ddd", 7),
        ["aaa bbb 1.", "ccc #", "ddd"]
    );
}

#[test]
fn entries_of_a_list_keep_their_lines() {
    assert_eq!(
        wrap("Intro:\n- one two three\n- four", 9),
        ["Intro:", "- one two", "  three", "- four"]
    );
}

#[test]
fn a_cell_is_one_line() {
    assert_eq!(cell(&Prose::new("a |\n  b")), r"a \| b");
    let several = "One:\n\n- `a` [b][1]\n\n```\n<c>\n```\n\n[1]: https://d.example";
    assert_eq!(
        cell(&Prose::new(several)),
        r"One: - `a` b (<https://d.example>) \<c>"
    );
}
