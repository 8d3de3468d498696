//! No wait, and no exchange, goes beyond a request's deadline.

use std::time::{Duration, Instant};

use fastrand::Rng;
use http::Response;
use talkspace_core::transport::TransportError;
use talkspace_core::unversioned::Step;
use talkspace_core::{
    Delivery, Effect, FailureKind, GetVersion, Phase, RequestOptions, RetryBudget,
};

use crate::common::{Outcome, request};

const RUNS: u64 = 10_000;

/// What was seen in all runs.
#[derive(Debug, Default)]
struct Seen {
    exchanges: u32,
    waits: u32,
    given_up: u32,
    nothing_sent: u32,
    nearest: Option<Duration>,
    /// How many requests ended in which nothing was late, and how late they did.
    punctual: u32,
    overrun: Duration,
}

#[test]
fn nothing_is_begun_that_would_cross_the_deadline() {
    let mut seen = Seen::default();
    for seed in 0..RUNS {
        run(seed, &mut seen);
    }
    println!("{RUNS} runs: {seen:?}");
    let Seen {
        exchanges,
        waits,
        given_up,
        nothing_sent,
        nearest,
        punctual,
        overrun,
    } = seen;
    assert!(exchanges > 10_000 && waits > 3_000 && given_up > 1_000 && nothing_sent > 100);
    assert!(
        nearest.is_some_and(|rest| rest < Duration::from_millis(10)),
        "near misses"
    );
    assert!(punctual > 3_000 && overrun.is_zero());
}

fn run(seed: u64, seen: &mut Seen) {
    let mut rng = Rng::with_seed(seed);
    let start = Instant::now();
    let mut now = start;
    let plan = Plan::random(&mut rng);
    let deadline = plan.total.and_then(|total| start.checked_add(total));
    let budget = RetryBudget::new();
    let mut request = request(GetVersion::new(), &plan.policy(), &budget, now, rng.u64(..));
    // A caller may be slow to begin.
    if !plan.is_punctual {
        now += pick(&mut rng, &[0, 0, 0, 0, 0, 1, 100, 70_000]);
    }
    let (mut attempts, mut retry_after) = (0, Duration::ZERO);
    let outcome = loop {
        let what = format!("run {seed}, attempt {attempts}, {plan:?}");
        match request.next(now) {
            Step::Exchange(exchange) => {
                attempts += 1;
                seen.exchanges += 1;
                assert_eq!(exchange.limits().deadline, deadline, "{what}");
                assert!(deadline.is_none_or(|deadline| now < deadline), "{what}");
                assert!(attempts <= plan.max_retries + 1, "{what}");
                // Transports have to keep the deadline, but this one may not.
                now += pick(&mut rng, &[0, 0, 1, 1, 20, 20, 500, 5_000, 14_999, 60_000]);
                let mut outcome;
                (outcome, retry_after) = random_outcome(&mut rng);
                if let Some(deadline) = deadline.filter(|end| plan.is_punctual && now > *end) {
                    now = deadline;
                    (outcome, retry_after) =
                        (Err(TransportError::timeout(Phase::Head)), Duration::ZERO);
                }
                request.received(now, outcome);
            }
            Step::Wait(wait) => {
                seen.waits += 1;
                assert!(wait >= retry_after, "{what}: {wait:?} of {retry_after:?}");
                assert!(
                    wait <= plan.longest_wait(attempts, retry_after),
                    "{what}: {wait:?}"
                );
                if let Some(deadline) = deadline {
                    assert!(
                        now + wait < deadline,
                        "{what}: {wait:?} crosses the deadline"
                    );
                    let rest = deadline - (now + wait);
                    seen.nearest = Some(seen.nearest.map_or(rest, |nearest| nearest.min(rest)));
                }
                let Some(then) = now.checked_add(wait) else {
                    return;
                };
                // The system may wake it late.
                let late = pick(&mut rng, &[0, 0, 0, 1, 30, 3_000]);
                now = then
                    + if plan.is_punctual {
                        Duration::ZERO
                    } else {
                        late
                    };
            }
            Step::Done(result) => break result,
        }
    };
    if let Some(deadline) = deadline.filter(|_| plan.is_punctual) {
        seen.punctual += 1;
        let overrun = now.saturating_duration_since(deadline);
        seen.overrun = seen.overrun.max(overrun);
    }
    let Err(error) = outcome else { return };
    assert_eq!(error.attempts(), attempts);
    if attempts == 0 {
        seen.nothing_sent += 1;
        assert_eq!(error.delivery(), Delivery::NotSent);
    }
    // It gave up: out of retries, or since the longest wait there could be
    // would not have fitted. Never for less.
    if error.is_retryable() && attempts <= plan.max_retries {
        seen.given_up += 1;
        let longest = plan.longest_wait(attempts, retry_after);
        let fits = match (deadline, now.checked_add(longest)) {
            // Without a deadline, no `Retry-After` is waited for without end.
            (None, _) => retry_after <= Duration::from_secs(60),
            (Some(deadline), Some(then)) => then < deadline,
            (Some(_), None) => false,
        };
        assert!(
            !fits,
            "run {seed}, {plan:?}: {longest:?} would have fitted: {error}"
        );
    }
}

#[derive(Debug)]
struct Plan {
    total: Option<Duration>,
    max_retries: u32,
    first: Duration,
    longest: Duration,
    effect: Effect,
    /// Whether nothing is late, neither the transport nor its timer.
    is_punctual: bool,
}

impl Plan {
    fn random(rng: &mut Rng) -> Self {
        let effects = [
            Effect::Reads,
            Effect::Converges,
            Effect::Once,
            Effect::Rings,
        ];
        Self {
            total: match rng.u8(..10) {
                0 => None,
                1 => Some(Duration::MAX),
                2 => Some(Duration::ZERO),
                _ => Some(pick(rng, &[1, 500, 5_000, 60_000, 60_000, 120_000])),
            },
            max_retries: rng.u32(..8),
            first: extreme(rng, &[0, 1, 200, 3_000]),
            longest: extreme(rng, &[0, 5, 5_000, 60_000]),
            effect: effects[rng.usize(..4)],
            is_punctual: rng.bool(),
        }
    }

    fn policy(&self) -> RequestOptions {
        let policy = RequestOptions::default()
            .max_retries(self.max_retries)
            .backoff(self.first, self.longest)
            .effect(self.effect);
        match self.total {
            Some(total) => policy.timeout(total),
            None => policy.no_timeout(),
        }
    }

    /// The longest wait that may follow that many attempts.
    fn longest_wait(&self, attempts: u32, retry_after: Duration) -> Duration {
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        self.first
            .saturating_mul(doubled)
            .min(self.longest)
            .max(retry_after)
    }
}

/// A time around one of these, in milliseconds.
fn pick(rng: &mut Rng, around: &[u64]) -> Duration {
    let micros = around[rng.usize(..around.len())] * 1000;
    Duration::from_micros(micros + rng.u64(..=micros / 4))
}

fn extreme(rng: &mut Rng, around: &[u64]) -> Duration {
    match rng.u8(..12) {
        0 => Duration::MAX,
        _ => pick(rng, around),
    }
}

/// An outcome, and its `Retry-After`.
fn random_outcome(rng: &mut Rng) -> (Outcome, Duration) {
    if rng.u8(..5) < 2 {
        let kinds = [
            FailureKind::Connect,
            FailureKind::Closed,
            FailureKind::Timeout,
            FailureKind::Truncated,
            FailureKind::Tls,
        ];
        let delivery = [Delivery::NotSent, Delivery::MaybeSent][rng.usize(..2)];
        let error = TransportError::new(kinds[rng.usize(..kinds.len())], delivery);
        return (Err(error), Duration::ZERO);
    }
    let status = [503, 503, 503, 429, 502, 500, 200, 404][rng.usize(..8)];
    let (after, seconds) = [
        (None, 0),
        (Some("0"), 0),
        (Some("1"), 1),
        (Some("7"), 7),
        (Some("59"), 59),
        (Some("4294967295"), 4_294_967_295),
        (Some("4294967296"), 4_294_967_296),
        (Some("99999999999999999999"), u64::MAX),
        (Some("-1"), 0),
        (Some("1e3"), 0),
        (Some("soon"), 0),
        (Some("Sun, 06 Nov 1994 08:49:49 GMT"), 12),
        (Some("Sat, 05 Nov 1994 08:49:37 GMT"), 0),
        (Some("Fri, 31 Dec 9999 23:59:59 GMT"), 252_618_189_022),
    ][rng.usize(..14)];
    let mut response = Response::builder().status(status);
    response = response.header("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    if let Some(after) = after {
        response = response.header("retry-after", after);
    }
    let response = response.body(if status == 200 { "1" } else { "" }.into());
    (Ok(response.unwrap()), Duration::from_secs(seconds))
}
