//! The cases that `talkspace-conformance` adds.

use std::collections::BTreeSet;

use talkspace_conformance::cases;

use crate::Case;
use crate::page::{page, up_to_date};

const PREFACE: &str = "\
These cases are about the API, and are added to those of
[`http1_conformance`](http1_conformance::guide::cases), of which the contract of a transport asks for all. Where a
case needs what stands in brackets, it is not applicable to a transport that does not claim it.
";

pub(crate) fn own() -> Vec<Case> {
    let others = http1_conformance::cases();
    let others: BTreeSet<&str> = others.iter().map(Case::id).collect();
    let cases = cases().into_iter();
    cases.filter(|case| !others.contains(case.id())).collect()
}

/// The id, or the pattern of those that there are for each operation.
pub(crate) fn family(id: &str) -> &str {
    ["api/encoding/*", "api/operation/*"]
        .into_iter()
        .find(|family| id.starts_with(family.trim_end_matches('*')))
        .unwrap_or(id)
}

#[test]
fn the_page_of_cases_is_up_to_date() {
    let path = "../crates/talkspace-conformance/src/guide/cases.md";
    up_to_date(path, &page(PREFACE, &own(), family));
}
