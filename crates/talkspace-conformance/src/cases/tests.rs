//! The registry keeps its own rules.

use std::collections::BTreeSet;

use super::*;
use crate::testing::up_to_date;

const GROUPS: [&str; 16] = [
    "property", "tls", "request", "upload", "head", "interim", "framing", "coding", "conn",
    "policy", "time", "cancel", "conc", "error", "retry", "api",
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

#[test]
fn cases_that_judge_a_time_are_alone_and_repeated() {
    let cases = cases();
    let expects = || cases.iter().filter(|case| case.expects_timeout());
    assert!(expects().count() > 5, "such cases exist");
    for case in expects() {
        assert!(case.is_timed() && case.is_alone(), "{}", case.id());
    }
}

/// The page of all cases, as people read it.
#[test]
fn the_page_of_cases_is_up_to_date() {
    let mut page = String::new();
    let (mut group, mut last) = ("", "");
    let cases = cases();
    for case in &cases {
        let family = family(case.id());
        if family == last {
            continue;
        }
        last = family;
        let (first, _) = family.split_once('/').unwrap();
        if first != group {
            group = first;
            page.push_str(&format!(
                "\n# `{group}`\n\n| case | level | requirement | source |\n|---|---|---|---|\n"
            ));
        }
        let needs: String = case
            .needs()
            .iter()
            .map(|need| format!(" (needs {need})"))
            .collect();
        let requirement = case.requirement().replace('|', "\\|");
        page.push_str(&format!(
            "| `{family}` | {} | {requirement}{needs} | {} |\n",
            case.level(),
            case.rfc(),
        ));
    }
    up_to_date("src/guide/cases.md", page.trim_start());
}
