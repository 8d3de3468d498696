//! Polling backs off, and ends with the timeout.

use std::time::{Duration, Instant};

use super::PollOptions;

#[test]
fn backoff_grows_by_half_up_to_the_longest() {
    let ms = Duration::from_millis;
    let mut now = Instant::now();
    let mut backoff = PollOptions::default().backoff(ms(200), ms(500)).begin(now);
    let mut taken = Vec::new();
    for _ in 0..5 {
        let wait = backoff.next(now).unwrap();
        taken.push(wait);
        now += wait;
    }
    assert_eq!(taken, [ms(200), ms(300), ms(450), ms(500), ms(500)]);
}

#[test]
fn a_wait_that_would_outlast_the_timeout_is_not_taken() {
    let start = Instant::now();
    let mut backoff = PollOptions::default()
        .timeout(Duration::from_secs(1))
        .begin(start);
    assert!(backoff.next(start).is_some());
    assert_eq!(backoff.next(start + Duration::from_millis(900)), None);
}

#[test]
fn a_timeout_beyond_the_clock_has_no_end() {
    let start = Instant::now();
    let mut backoff = PollOptions::default().timeout(Duration::MAX).begin(start);
    assert!(backoff.next(start + Duration::from_secs(1 << 30)).is_some());
}
