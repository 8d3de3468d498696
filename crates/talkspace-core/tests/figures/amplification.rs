//! How much more often than usual a failing service gets requests.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use fastrand::Rng;
use http::Response;
use talkspace_core::unversioned::{Attempts, Step};
use talkspace_core::{GetVersion, RequestOptions, RetryBudget};

use crate::common::{Outcome, not_connected, request};

const TASKS: usize = 64;
const REQUESTS: u32 = 10_000;

/// What came of many requests on one budget.
#[derive(Debug, Default)]
struct Load {
    requests: u32,
    attempts: u32,
    lost: u32,
    elapsed: Duration,
}

impl Load {
    /// Makes [`REQUESTS`] from [`TASKS`] at once. Of the attempts, a share of
    /// `failing` fails; each takes up to 20 ms.
    fn of(failing: f64, policy: &RequestOptions) -> Self {
        let (budget, start) = (RetryBudget::new(), Instant::now());
        let (mut load, mut rng) = (Self::default(), Rng::with_seed(7));
        let mut tasks: Vec<Option<Attempts<GetVersion>>> = (0..TASKS).map(|_| None).collect();
        let mut due: BinaryHeap<_> = (0..TASKS).map(|task| Reverse((start, task))).collect();
        while let Some(Reverse((now, task))) = due.pop() {
            load.elapsed = now - start;
            let begun = tasks[task].get_or_insert_with(|| {
                load.requests += 1;
                request(GetVersion::new(), policy, &budget, now, rng.u64(..))
            });
            // Without an exchange under way, what is handed over is dropped.
            begun.received(now, outcome(rng.f64() < failing));
            let wake = match begun.next(now) {
                Step::Exchange(_) => {
                    load.attempts += 1;
                    assert!(load.attempts < 5 * REQUESTS, "there is no bound");
                    now + Duration::from_micros(rng.u64(1..20_000))
                }
                Step::Wait(wait) => now + wait,
                Step::Done(result) => {
                    load.lost += u32::from(result.is_err());
                    tasks[task] = None;
                    if load.requests >= REQUESTS {
                        continue;
                    }
                    now
                }
            };
            due.push(Reverse((wake, task)));
        }
        load
    }

    /// The most attempts that these requests may make in this time.
    fn allowed(&self) -> f64 {
        1.1 * f64::from(self.requests) + 10.0 + self.elapsed.as_secs_f64()
    }

    fn attempts_per_request(&self) -> f64 {
        f64::from(self.attempts) / f64::from(self.requests)
    }
}

fn outcome(fails: bool) -> Outcome {
    match fails {
        true => not_connected(),
        false => Ok(Response::new("01.02.06".into())),
    }
}

#[test]
fn a_service_that_is_down_gets_a_tenth_more_requests() {
    println!("failing  attempts/request  without budget  requests lost  virtual time");
    for percent in (0..=100).step_by(10) {
        let failing = f64::from(percent) / 100.0;
        let load = Load::of(failing, &RequestOptions::default());
        let unbounded = 1.0 + failing + failing.powi(2);
        println!(
            "{percent:>6} %  {:>13.4}  {unbounded:>14.2}  {:>8.2} %  {:>10.1} s",
            load.attempts_per_request(),
            f64::from(load.lost) * 100.0 / f64::from(load.requests),
            load.elapsed.as_secs_f64(),
        );
        assert!((REQUESTS..REQUESTS + TASKS as u32).contains(&load.requests));
        assert!(
            f64::from(load.attempts) <= load.allowed(),
            "{percent} %: {load:?}"
        );
        // The budget is there to be used: no request gives up while there is some.
        let usable = f64::from(load.requests) * 1.09_f64.min(unbounded - 0.02);
        assert!(f64::from(load.attempts) >= usable, "{percent} %: {load:?}");
    }
}

#[test]
fn no_policy_sends_more() {
    for backoff in [Duration::ZERO, Duration::from_millis(200)] {
        let policy = RequestOptions::default()
            .max_retries(1000)
            .backoff(backoff, Duration::from_secs(5));
        let load = Load::of(1.0, &policy);
        println!(
            "1000 retries allowed, first wait up to {backoff:?}: {:.4} attempts/request, {:.1} s",
            load.attempts_per_request(),
            load.elapsed.as_secs_f64(),
        );
        assert!(f64::from(load.attempts) <= load.allowed(), "{load:?}");
    }
}

/// The attempts of one request that never succeeds.
fn attempts(policy: &RequestOptions, budget: &RetryBudget, now: Instant) -> u32 {
    let policy = policy.backoff(Duration::ZERO, Duration::ZERO);
    let mut request = request(GetVersion::new(), &policy, budget, now, 1);
    loop {
        match request.next(now) {
            Step::Exchange(_) => request.received(now, not_connected()),
            Step::Wait(_) => {}
            Step::Done(result) => return result.unwrap_err().attempts(),
        }
    }
}

#[test]
fn a_lone_failure_gets_its_two_retries() {
    let (budget, now) = (RetryBudget::new(), Instant::now());
    assert_eq!(attempts(&RequestOptions::default(), &budget, now), 3);
}

#[test]
fn an_empty_reserve_is_full_within_ten_seconds() {
    let greedy = RequestOptions::default().max_retries(1000);
    let (budget, start) = (RetryBudget::new(), Instant::now());
    assert_eq!(attempts(&greedy, &budget, start), 1 + 10);
    let full = start + Duration::from_secs(10);
    assert_eq!(attempts(&greedy, &budget, full), 1 + 10, "after 10 s");
}
