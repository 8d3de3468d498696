//! A window is over with its bytes, or too slow.

use std::time::Duration;

use talkspace_core::transport::Rate;

use super::Windows;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn each_window_has_its_whole_time() {
    let mut windows = Windows::new(Some(Rate::new(100, seconds(10))));
    assert_eq!(windows.interval(), Some(seconds(10) / 4));
    assert_eq!(windows.left(seconds(4), 99), seconds(6));
    assert_eq!(
        windows.left(seconds(9), 100),
        seconds(10),
        "the next begins"
    );
    assert_eq!(windows.left(seconds(18), 199), seconds(1));
    assert_eq!(windows.left(seconds(19), 199), Duration::ZERO);
    assert_eq!(windows.left(seconds(30), 199), Duration::ZERO);
}

#[test]
fn who_looks_late_takes_nothing_for_slow_that_was_not() {
    let mut windows = Windows::new(Some(Rate::new(100, seconds(10))));
    assert_eq!(windows.left(seconds(60), 100), seconds(10));
}

#[test]
fn without_a_rate_nothing_is_too_slow() {
    let mut windows = Windows::new(None);
    assert_eq!(windows.interval(), None);
    assert_eq!(windows.left(Duration::MAX, 0), Duration::MAX);
    let mut none = Windows::new(Some(Rate::new(0, seconds(1))));
    assert_eq!(none.left(seconds(60), 0), seconds(1));
}
