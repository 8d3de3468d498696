//! The file of expected failures is strict about itself.

use super::*;
use crate::report::Failure;

fn parse(text: &str) -> ExpectedFailures {
    ExpectedFailures::parse(text).unwrap()
}

fn judged(expected: &ExpectedFailures, id: &str, passed: bool) -> CaseResult {
    let failed = CaseResult::Failed(Failure::default());
    let status = if passed { CaseResult::Passed } else { failed };
    expected.judge(id, status, Profile::Contract)
}

#[test]
fn a_flaky_line_takes_a_pass_and_a_failure_and_needs_a_reason() {
    let expected = parse("flaky: a/b -- it races");
    assert!(matches!(
        judged(&expected, "a/b", true),
        CaseResult::Flaky(_, None)
    ));
    assert!(matches!(
        judged(&expected, "a/b", false),
        CaseResult::Flaky(_, Some(_))
    ));
    let skipped = expected.judge(
        "a/b",
        CaseResult::Skipped("no".to_owned()),
        Profile::Contract,
    );
    assert!(matches!(skipped, CaseResult::Skipped(_)));
    assert!(ExpectedFailures::parse("flaky: a/b").is_err());
    assert_eq!(expected.unmatched(&["a/c"]).count(), 1);
}

#[test]
fn comments_and_empty_lines_are_free() {
    let expected = parse("# why\n\n  a/b -- slow engine\n");
    assert!(
        matches!(judged(&expected, "a/b", true), CaseResult::Stale(reason) if reason == "slow engine")
    );
    assert!(matches!(judged(&expected, "a/c", true), CaseResult::Passed));
    // Its line may be about what an error is called, which this profile does not judge.
    let rfc = expected.judge("a/b", CaseResult::Passed, Profile::Rfc);
    assert!(matches!(rfc, CaseResult::Passed));
}

#[test]
fn a_line_needs_a_reason_a_pattern_and_whole_stars() {
    for (text, problem) in [
        ("a/b", "a reason is required, after `--`"),
        ("a/b --  ", "a reason is required, after `--`"),
        ("-- because", "a pattern is required, before `--`"),
        ("a/b* -- because", "`*` and `**` stand for whole elements"),
    ] {
        let bad = ExpectedFailures::parse(&format!("# first\n{text}")).unwrap_err();
        assert_eq!(bad, BadLine { number: 2, problem });
    }
}

#[test]
fn stars_match_by_element() {
    for (pattern, id, expected) in [
        ("a/b", "a/b", true),
        ("a/b", "a/b/c", false),
        ("a/*", "a/b", true),
        ("a/*", "a/b/c", false),
        ("a/*", "a", false),
        ("a/**", "a/b/c", true),
        ("a/**", "a", true),
        ("**/c", "a/b/c", true),
        ("**/c", "a/b/d", false),
        ("*/b/**", "a/b", true),
        ("**", "a/b/c", true),
    ] {
        assert_eq!(matches(pattern, id), expected, "{pattern} against {id}");
    }
}

#[test]
fn a_line_that_matches_nothing_is_named() {
    let expected = parse("a/b -- x\nz/** -- y");
    let complaints: Vec<_> = expected.unmatched(&["a/b", "a/c"]).collect();
    assert_eq!(
        complaints,
        ["expected failures, line 2: `z/**` matches no case"]
    );
}
