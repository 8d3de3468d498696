//! What a person is told who has made mistakes.

use super::{Findings, Pointer, or_nearest};
use crate::codegen::generate;
use crate::codegen::tests::{ROOMS, rooms_with};

/// What is shown of a spec, without colours.
fn shown(spec: &str) -> String {
    let findings = generate(spec).unwrap_err();
    anstream::adapter::strip_str(&findings.show(spec)).to_string()
}

#[test]
fn a_finding_shows_the_line_and_what_in_it_is_wrong() {
    let spec = rooms_with("summary: Reads the motto of a room.", "sumary: Reads it.");
    let line = 1 + ROOMS[..ROOMS.find("summary: Reads the").unwrap()]
        .matches('\n')
        .count();
    let right = format!(
        "\
error: the key is not understood; did you mean `summary`?
   --> spec/openapi.yaml:{line}:7
    |
{line} |       sumary: Reads it.
    |       ^^^^^^"
    );
    let without_margin = |text: &str| text.replace(' ', "");
    let shown = shown(&spec);
    assert!(
        without_margin(&shown).contains(&without_margin(&right)),
        "{shown}"
    );
}

#[test]
fn a_value_is_underlined_and_a_node_with_parts_by_its_key() {
    let shown_of = |from: &str, to: &str| shown(&rooms_with(from, to));
    let shown = shown_of("openapi: 3.1.0", "openapi: 3.0.3");
    assert!(shown.contains("openapi.yaml:1:10"), "{shown}");
    assert!(shown.contains("         ^^^^^\n"), "{shown}");
    let shown = shown_of("      operationId: getMotto\n", "");
    assert!(shown.contains("    get:\n"), "{shown}");
    assert!(shown.contains("    ^^^\n"), "{shown}");
}

#[test]
fn what_is_no_yaml_is_shown_where_it_ends_to_be() {
    let shown = shown("openapi: 3.1.0\ninfo: [\n");
    assert!(shown.contains("spec/openapi.yaml:"), "{shown}");
    assert!(shown.ends_with("spec/openapi.yaml: 1 mistake; nothing was written"));
}

#[test]
fn a_message_says_nothing_to_a_terminal() {
    let spec = rooms_with("openapi: 3.1.0", "openapi: \"3\\e[31m\\n\"");
    let shown = shown(&spec);
    assert!(shown.contains("OpenAPI 3\\u{1b}[31m\\n;"), "{shown}");
}

#[test]
fn slips_of_different_kinds_are_said_in_one_run() {
    let spec = rooms_with(
        "x-talkspace-already: ['404']",
        "x-talkspace-already: ['409']",
    );
    let spec = spec.replacen("summary: Reads the motto", "sumary: Reads the motto", 1);
    let shown = shown(&spec);
    for said in ["did you mean `summary`?", "409", "2 mistakes"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
}

#[test]
fn what_follows_from_a_mistake_is_none_of_its_own() {
    let motto = Pointer::root()
        .child("components")
        .child("schemas")
        .child("Motto");
    let findings = Findings::default();
    findings.add(&motto.child("type"), "not supported");
    let later = Findings::default();
    let elsewhere = Pointer::root().child("paths").child("/room");
    later.add(
        &elsewhere.child("get"),
        "there is no `Motto` under components/schemas",
    );
    later.add(&motto, "no example");
    later.add(&elsewhere, "not in this place");
    findings.add_independent(later);
    assert_eq!(findings.to_string().lines().count(), 2, "{findings}");
}

#[test]
fn nothing_is_like_a_word_that_is_nothing_like_it() {
    let words = ["summary", "description"];
    let said = |word| or_nearest(word, words.into_iter(), || "all".to_owned());
    assert_eq!(said("sumary"), "did you mean `summary`?");
    assert_eq!(said("descriptoin"), "did you mean `description`?");
    assert_eq!(said("x"), "all");
    assert_eq!(or_nearest("x", [].into_iter(), String::new), "");
}
