//! The registry of the cases that are added keeps its own rules.

use std::collections::BTreeSet;

use super::*;
use crate::cases;
use crate::testing::{page, up_to_date};

const PREFACE: &str = "\
These cases are about the API, and are added to those of
[`http1_conformance`](http1_conformance::guide::cases), of which the contract of a transport asks for all. Where a
case needs what stands in brackets, it is not applicable to a transport that does not claim it.
";

#[test]
fn the_page_of_cases_is_up_to_date() {
    up_to_date("src/guide/cases.md", &page(PREFACE, &own(), family));
}

#[test]
fn ids_are_unique_in_the_whole() {
    let cases = cases();
    let ids: BTreeSet<_> = cases.iter().map(Case::id).collect();
    assert_eq!(ids.len(), cases.len());
    assert_eq!(cases.len(), http1_conformance::cases().len() + own().len());
}

#[test]
fn what_is_added_builds_on_what_there_is() {
    let cases = cases();
    for case in own() {
        assert!(!case.requirement().is_empty() && !case.requirement().ends_with('.'));
        for basic in case.builds_on() {
            assert!(cases.iter().any(|other| other.id() == basic), "{basic}");
        }
    }
}
