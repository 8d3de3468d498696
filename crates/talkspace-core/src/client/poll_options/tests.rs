//! Pauses grow, and end with patience.

use std::time::{Duration, Instant};

use super::PollOptions;

#[test]
fn pauses_grow_by_half_up_to_the_longest() {
    let ms = Duration::from_millis;
    let mut now = Instant::now();
    let mut pauses = PollOptions::default().backoff(ms(200), ms(500)).begin(now);
    let mut taken = Vec::new();
    for _ in 0..5 {
        let pause = pauses.next(now).unwrap();
        taken.push(pause);
        now += pause;
    }
    assert_eq!(taken, [ms(200), ms(300), ms(450), ms(500), ms(500)]);
}

#[test]
fn a_pause_that_would_outlast_patience_is_not_taken() {
    let start = Instant::now();
    let mut pauses = PollOptions::default()
        .timeout(Duration::from_secs(1))
        .begin(start);
    assert!(pauses.next(start).is_some());
    assert_eq!(pauses.next(start + Duration::from_millis(900)), None);
}

#[test]
fn patience_beyond_the_clock_has_no_end() {
    let start = Instant::now();
    let mut pauses = PollOptions::default().timeout(Duration::MAX).begin(start);
    assert!(pauses.next(start + Duration::from_secs(1 << 30)).is_some());
}
