//! The table, the waits, the budget and `Retry-After`.

use std::time::{Duration, Instant};

use http::HeaderMap;
use proptest::prelude::*;

use super::{Backoff, Outcome, RetryBudget, Verdict, decide, retry_after};
use crate::operation::Effect::{Converges, Once, Reads, Rings};
use crate::transport::TransportError;
use crate::{Delivery, FailureKind, Phase, Status};

#[test]
fn the_whole_table() {
    use Outcome::{Broken, Final, NotSent, Unavailable, Uncertain};
    // Columns: reads, converges, once, rings.
    for (outcome, again) in [
        (Final, [false, false, false, false]),
        (NotSent, [true, true, true, true]),
        (Uncertain, [true, true, false, false]),
        (Unavailable, [true, true, true, false]),
        (Broken, [true, false, false, false]),
    ] {
        for (effect, again) in [Reads, Converges, Once, Rings].into_iter().zip(again) {
            let verdict = decide(effect, outcome, false);
            assert_eq!(
                verdict == Verdict::Retry,
                again,
                "{effect} after {outcome:?}"
            );
        }
    }
    assert_eq!(
        decide(Rings, Unavailable, true),
        Verdict::Retry,
        "when it is allowed"
    );
    assert_eq!(decide(Rings, Uncertain, true), Verdict::Stop, "never");
}

#[test]
fn statuses_of_failure_are_told_apart() {
    for (http, envelope, outcome) in [
        (502, Some(502), Outcome::Unavailable),
        (200, Some(502), Outcome::Unavailable),
        (502, None, Outcome::Uncertain),
        (503, None, Outcome::Uncertain),
        (504, None, Outcome::Uncertain),
        (408, None, Outcome::Uncertain),
        (429, None, Outcome::Unavailable),
        (500, Some(500), Outcome::Broken),
        (500, None, Outcome::Broken),
        (400, Some(400), Outcome::Final),
        (404, None, Outcome::Final),
        (302, None, Outcome::Final),
        (501, Some(501), Outcome::Final),
    ] {
        let status = Status::new(http, envelope);
        assert_eq!(Outcome::of_status(status), outcome, "{status:?}");
    }
}

#[test]
fn failures_are_told_apart() {
    use Delivery::{MaybeSent, NotSent};
    for (kind, delivery, outcome) in [
        (FailureKind::Connect, NotSent, Outcome::NotSent),
        (FailureKind::Proxy, NotSent, Outcome::Final),
        (FailureKind::Resolve, NotSent, Outcome::NotSent),
        (FailureKind::Closed, NotSent, Outcome::NotSent),
        (FailureKind::Closed, MaybeSent, Outcome::Uncertain),
        (FailureKind::Truncated, MaybeSent, Outcome::Uncertain),
        (FailureKind::Tls, NotSent, Outcome::Final),
        (FailureKind::Cancelled, NotSent, Outcome::Final),
        (FailureKind::BodySource, MaybeSent, Outcome::Final),
        (FailureKind::TooLarge, MaybeSent, Outcome::Final),
        (FailureKind::Protocol, MaybeSent, Outcome::Final),
    ] {
        let error = TransportError::new(kind, delivery);
        assert_eq!(
            Outcome::of_transport(&error),
            outcome,
            "{kind:?} {delivery:?}"
        );
    }
    let late = |phase| Outcome::of_transport(&TransportError::timeout(phase));
    assert_eq!(late(Phase::Connect), Outcome::NotSent);
    assert_eq!(late(Phase::Head), Outcome::Uncertain);
}

proptest! {
    #[test]
    fn a_wait_stays_under_its_ceiling(seed: u64, first in 0u64..10_000, max in 0u64..10_000) {
        let (first, max) = (Duration::from_millis(first), Duration::from_millis(max));
        let mut backoff = Backoff::new(first, max, seed);
        for attempt in 0..20 {
            let ceiling = first.saturating_mul(1 << attempt).min(max);
            prop_assert!(backoff.draw() <= ceiling);
        }
    }
}

#[test]
fn the_budget_is_ten_and_a_tenth_of_the_requests() {
    let (budget, now) = (RetryBudget::new(), Instant::now());
    let retries = |now| (0..1000).take_while(|_| budget.withdraw(now)).count();
    assert_eq!(retries(now), 10);
    assert_eq!(retries(now), 0);
    assert_eq!(retries(now + Duration::from_millis(3500)), 3);
    assert_eq!(retries(now + Duration::from_secs(3600)), 10);
    for _ in 0..200 {
        budget.deposit();
    }
    assert_eq!(retries(now + Duration::from_secs(3600)), 20);
    for _ in 0..100_000 {
        budget.deposit();
    }
    assert_eq!(retries(now + Duration::from_secs(3600)), 100, "capped");
}

#[test]
fn frequent_retries_do_not_slow_the_refill() {
    let start = Instant::now();
    for step in [1, 7, 99, 100, 101, 150, 199, 1001] {
        let budget = RetryBudget::new();
        let (mut granted, mut elapsed) = (0, Duration::ZERO);
        while elapsed < Duration::from_secs(60) {
            granted += (0..20)
                .take_while(|_| budget.withdraw(start + elapsed))
                .count() as u64;
            elapsed += Duration::from_millis(step);
        }
        let last = elapsed - Duration::from_millis(step);
        assert_eq!(granted, 10 + last.as_secs(), "a retry every {step} ms");
    }
}

#[test]
fn a_clock_read_too_early_regains_nothing_twice() {
    let budget = RetryBudget::new();
    let retries = |now| (0..1000).take_while(|_| budget.withdraw(now)).count();
    let (early, late) = (Instant::now(), Instant::now() + Duration::from_secs(5));
    assert_eq!(retries(early), 10);
    assert_eq!(retries(late), 5);
    // Another thread read the clock before, and comes to the lock after.
    assert_eq!(retries(early), 0);
    assert_eq!(retries(late), 0);
    assert_eq!(retries(late + Duration::from_secs(1)), 1);
}

#[test]
fn its_size_can_be_set() {
    let now = Instant::now();
    let retries = |budget: &RetryBudget, now| {
        let granted = (0..2000).take_while(|_| budget.withdraw(now));
        granted.count()
    };
    let budget = RetryBudget::new().reserve(3).percent(50);
    assert_eq!(retries(&budget, now), 3);
    for _ in 0..5 {
        budget.deposit();
    }
    assert_eq!(retries(&budget, now), 2, "and half of one is left");
    budget.deposit();
    assert_eq!(retries(&budget, now), 1);
    assert_eq!(retries(&budget, now + Duration::from_secs(3600)), 3);

    let none = RetryBudget::new().reserve(0).percent(0);
    for _ in 0..1000 {
        none.deposit();
    }
    assert_eq!(retries(&none, now + Duration::from_secs(3600)), 0);

    let most = RetryBudget::new().reserve(u32::MAX).percent(u32::MAX);
    most.deposit();
    most.deposit();
    assert_eq!(retries(&most, now), 2000);
}

#[test]
fn a_budget_of_another_size_is_another_budget() {
    let (budget, now) = (RetryBudget::new().reserve(1), Instant::now());
    let other = budget.clone().reserve(1);
    assert!(budget.withdraw(now) && !budget.withdraw(now));
    assert!(other.withdraw(now));
}

#[test]
fn clones_share_a_budget() {
    let (budget, now) = (RetryBudget::new(), Instant::now());
    let clone = budget.clone();
    assert_eq!((0..1000).take_while(|_| budget.withdraw(now)).count(), 10);
    assert!(!clone.withdraw(now));
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let parse =
        |(name, value): &(&'static str, &str)| (name.parse().unwrap(), value.parse().unwrap());
    pairs.iter().map(parse).collect::<HeaderMap>()
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let seconds = |pairs: &[_]| retry_after(&headers(pairs)).map(|wait| wait.as_secs());
    assert_eq!(seconds(&[("retry-after", " 7 ")]), Some(7));
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    let later = "Sun, 06 Nov 1994 08:50:07 GMT";
    assert_eq!(seconds(&[("retry-after", later), ("date", date)]), Some(30));
    assert_eq!(seconds(&[("retry-after", date), ("date", later)]), Some(0));
    for nonsense in ["", "-1", "1.5", "1e3", "soon"] {
        assert_eq!(seconds(&[("retry-after", nonsense)]), None, "{nonsense}");
    }
}

#[test]
fn a_wait_that_cannot_be_said_is_the_longest_and_not_none() {
    let read = |pairs: &[_]| retry_after(&headers(pairs));
    for (seconds, wait) in [
        ("4294967295", 4_294_967_295),
        ("4294967296", 4_294_967_296),
        ("18446744073709551615", u64::MAX),
        ("18446744073709551616", u64::MAX),
        ("99999999999999999999999999", u64::MAX),
    ] {
        let wait = Duration::from_secs(wait);
        assert_eq!(read(&[("retry-after", seconds)]), Some(wait), "{seconds}");
    }
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    let never = "Fri, 31 Dec 9999 23:59:59 GMT";
    let wait = read(&[("retry-after", never), ("date", date)]);
    assert_eq!(wait, Some(Duration::from_secs(252_618_189_022)));
    // There is no clock but the response's.
    assert_eq!(read(&[("retry-after", date)]), Some(Duration::MAX));
    let odd = [("retry-after", date), ("date", "yesterday")];
    assert_eq!(read(&odd), Some(Duration::MAX));
}
