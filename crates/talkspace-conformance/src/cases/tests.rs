//! The registry keeps its own rules.

use std::collections::BTreeSet;

use super::*;

const GROUPS: [&str; 7] = [
    "request", "upload", "head", "interim", "framing", "coding", "api",
];

#[test]
fn ids_are_unique_and_speak_of_their_group() {
    let cases = cases();
    let ids: BTreeSet<_> = cases.iter().map(Case::id).collect();
    assert_eq!(ids.len(), cases.len());
    for id in ids {
        let group = id.split('/').next().unwrap();
        assert!(GROUPS.contains(&group), "{id}");
        // Ids of operations are in camel case.
        assert!(
            id.chars()
                .all(|c| c.is_ascii_alphanumeric() || "-/".contains(c))
        );
    }
}

#[test]
fn requirements_are_sentences_without_an_end() {
    for case in cases() {
        assert!(!case.requirement().is_empty(), "{}", case.id());
        assert!(!case.requirement().ends_with('.'), "{}", case.id());
        assert!(!case.rfc().is_empty(), "{}", case.id());
    }
}
