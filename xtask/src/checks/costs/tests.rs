//! What counts as a change.

use super::{Costs, changes};

const TEXT: &str = "\
# a remark
on x86_64, rustc 1.95.0
encode createTalkspace      5000    6   1100
send                       14000   17   1800
";

fn costs(text: &str) -> Costs {
    Costs::parse(text).unwrap()
}

fn changed(from: &str, to: &str) -> Vec<String> {
    changes(&costs(TEXT), &costs(&TEXT.replace(from, to)))
}

#[test]
fn what_is_written_is_read() {
    assert_eq!(costs(&costs(TEXT).to_string()), costs(TEXT));
}

#[test]
fn no_change_is_none() {
    assert!(changed("", "").is_empty());
    assert!(changed(" 5000 ", " 5100 ").is_empty());
    assert!(changed(" 5000 ", " 4900 ").is_empty());
}

#[test]
fn two_per_cent_are_the_limit_either_way() {
    let dearer = changed(" 5000 ", " 5101 ");
    assert_eq!(
        dearer,
        ["encode createTalkspace: 5000 → 5101 instructions (+2.0 %)"]
    );
    let cheaper = changed(" 5000 ", " 4899 ");
    assert_eq!(
        cheaper,
        ["encode createTalkspace: 5000 → 4899 instructions (-2.0 %)"]
    );
}

#[test]
fn allocations_are_exact_everywhere() {
    assert_eq!(changed(" 17 ", " 18 "), ["send: 17 → 18 allocations"]);
    let elsewhere = TEXT.replace("1.95.0", "1.96.0").replace(" 17 ", " 16 ");
    let elsewhere = elsewhere.replace(" 14000 ", " 15000 ");
    assert_eq!(
        changes(&costs(TEXT), &costs(&elsewhere)),
        ["send: 17 → 16 allocations"]
    );
}

#[test]
fn rows_that_come_or_go_are_changes() {
    assert_eq!(
        changed("send ", "sent "),
        ["sent: is not written down", "send: is no longer counted"]
    );
}
