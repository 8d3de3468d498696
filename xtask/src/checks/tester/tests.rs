//! What counts as a test.

use super::{Counts, judge};

fn counts(requests: u64, registered: u64) -> Counts {
    let text = format!(
        r#"{{"requests": {requests}, "done": {{"getVersion": 2, "register": {registered}}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

#[test]
fn enough_requests_that_reach_every_operation_are_a_test() {
    let said = judge(&counts(2000, 3)).unwrap();
    assert_eq!(
        said,
        "2000 requests, of which 5 did what one of the 2 operations is for"
    );
}

#[test]
fn too_few_requests_are_none() {
    let why = judge(&counts(1999, 3)).unwrap_err();
    assert_eq!(why, "1999 requests are fewer than 2000");
}

#[test]
fn an_operation_that_was_only_rejected_was_not_tested() {
    let why = judge(&counts(2000, 0)).unwrap_err();
    assert_eq!(why, "every request for register was rejected");
}
