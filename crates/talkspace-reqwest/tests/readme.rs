//! The README lists the failures that the run of the suite expects, each with its reason.

#[test]
fn the_readme_lists_what_fails_as_expected() {
    let readme = include_str!("../README.md").lines();
    let listed: Vec<_> = readme.filter(|line| line.starts_with("* `")).collect();
    let expected = include_str!("../expected_failures.txt").lines();
    let expected: Vec<_> = expected
        .filter_map(|line| line.split_once(" -- "))
        .map(|(case, reason)| match case.strip_prefix("flaky: ") {
            Some(case) => format!("* `{case}`, at times: {reason}"),
            None => format!("* `{case}`: {reason}"),
        })
        .collect();
    assert!(!expected.is_empty());
    assert_eq!(listed, expected);
}
