//! The registry of the cases that are added keeps its own rules.

use std::collections::BTreeSet;

use super::*;
use crate::cases;

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
