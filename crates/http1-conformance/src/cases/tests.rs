//! The registry keeps its own rules.

use std::collections::BTreeSet;

use super::*;
use crate::case::Level;
use crate::testing::{page, up_to_date};

const GROUPS: [&str; 17] = [
    "property", "proxy", "tls", "request", "upload", "head", "interim", "framing", "coding", "odd",
    "conn", "policy", "time", "cancel", "conc", "error", "retry",
];

#[test]
fn ids_are_unique_and_speak_of_their_group() {
    let cases = cases();
    let ids: BTreeSet<_> = cases.iter().map(Case::id).collect();
    assert_eq!(ids.len(), cases.len());
    for id in ids {
        let group = id.split('/').next().unwrap();
        assert!(GROUPS.contains(&group), "{id}");
        assert!(
            id.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-/".contains(c)),
            "{id}"
        );
    }
}

#[test]
fn requirements_are_sentences_without_an_end() {
    for case in cases() {
        assert!(!case.requirement().is_empty(), "{}", case.id());
        assert!(!case.requirement().ends_with('.'), "{}", case.id());
        assert!(!case.source().to_string().is_empty(), "{}", case.id());
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

const PREFACE: &str = "\
A case whose source is a sentence of an RFC is *required*: the sentence binds a client, a user agent, a sender or a
recipient, and gives the level. One without a key word that defines what a message means counts as MUST. All
others are *the contract*, which asks for what RFCs leave to a client; the section that is near to it
stands beside it. What is required alone is played unless a suite takes the contract on.

What an error is called is judged apart from what the adapter does: the column *errors* says which kind or phase,
and which delivery, the contract wants. A case needs what stands in brackets, and is not applicable to a subject that
does not claim it.
";

/// The page of all cases, as people read it.
#[test]
fn the_page_of_cases_is_up_to_date() {
    up_to_date("src/guide/cases.md", &page(PREFACE, &cases(), |id| id));
}

/// The key word of a sentence is its level; one that has none defines what a message means.
#[test]
fn levels_are_those_of_their_sentences() {
    let cases = cases();
    let required = cases.iter().filter(|case| case.is_required());
    assert!(required.clone().count() > 60);
    for case in required {
        for quote in case.quotes() {
            let has = |words: [&str; 2]| words.iter().any(|word| quote.text().contains(word));
            let level = match has(["SHOULD", "RECOMMENDED"]) && !has(["MUST", "REQUIRED"]) {
                true => Level::Should,
                false => Level::Must,
            };
            assert_eq!(quote.level(), level, "{quote}");
        }
        assert_eq!(case.level(), case.quotes()[0].level(), "{}", case.id());
    }
}

/// What a case builds on exists, and builds on nothing itself that builds on the case.
#[test]
fn cases_build_on_cases() {
    let cases = cases();
    for case in &cases {
        for basic in case.builds_on() {
            let found = cases.iter().find(|other| other.id() == basic).unwrap();
            assert!(!found.builds_on().contains(&case.id()), "{}", case.id());
        }
    }
}
