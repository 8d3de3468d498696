//! For tests: the spec as it is, broken in one place.

use crate::codegen::generate;
use crate::codegen::tests::real_spec;

/// What is found wrong with the spec once `right` was replaced by `wrong`, where
/// it stands first after `before`.
pub(super) fn breaking(before: &str, right: &str, wrong: &str) -> String {
    let spec = real_spec();
    let start = spec.find(before).unwrap();
    let (head, tail) = spec.split_at(start);
    assert!(tail.contains(right), "{right}");
    let spec = format!("{head}{}", tail.replacen(right, wrong, 1));
    match generate(&spec) {
        Ok(_) => String::new(),
        Err(findings) => findings.to_string(),
    }
}

/// Sees that each breach is found, and said in these words.
pub(crate) fn assert_found(breaches: &[(&str, &str, &str, &str)]) {
    for (before, right, wrong, words) in breaches {
        let findings = breaking(before, right, wrong);
        assert!(findings.contains(words), "{wrong}: {findings}");
    }
}

#[test]
fn the_spec_itself_keeps_the_rules() {
    assert_eq!(breaking("openapi", "", ""), "");
}
