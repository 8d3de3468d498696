//! When a case is given up.

use super::*;

const WATCHDOG: Duration = Duration::from_secs(30);

#[test]
fn a_case_whose_exchanges_end_is_waited_for_and_one_that_stands_still_is_not() {
    let evidence = Evidence::default();
    let mut waits = 0;
    let verdict = await_verdict(
        || {
            waits += 1;
            if waits < 5 {
                evidence.begin(format!("GET /{waits}"), None);
            }
            Err(RecvTimeoutError::Timeout)
        },
        &evidence,
        WATCHDOG,
    );
    assert_eq!(waits, 5);
    let Err(CaseEnd::Problems(problems)) = verdict else {
        unreachable!("{verdict:?}");
    };
    assert_eq!(problems, ["hung after 30s; last event at the peer: none"]);
}

#[test]
fn what_was_waited_for_much_longer_than_the_machine_was_late_did_not_come() {
    let (starved, lateness) = (Duration::from_millis(200), Duration::from_millis(40));
    let second = Duration::from_secs(1);
    assert!(is_for_want_of_time(second, Some(starved), lateness));
    assert!(!is_for_want_of_time(WATCHDOG, Some(starved), lateness));
    assert!(is_for_want_of_time(WATCHDOG, Some(WATCHDOG), lateness));
    // Not every system counts it.
    assert!(is_for_want_of_time(WATCHDOG, None, lateness));
}
