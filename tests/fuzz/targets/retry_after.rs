//! Any `Retry-After`, with any `Date`: a request obeys it where it can, and never
//! waits past its deadline.

#![no_main]

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{DATE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::{Corpus, fuzz_target};
use talkspace_core::codec::Target;
use talkspace_core::unversioned::{Attempts, Step};
use talkspace_core::{AppKey, BaseUrl, GetVersion, RequestOptions, RetryBudget};
use talkspace_fuzz::KEY;

const MAX_RETRIES: u32 = 4;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    /// The timeout of the whole request, if there is one.
    total: Option<Duration>,
    /// How long every exchange takes.
    exchange: Duration,
    seed: u64,
    too_many: bool,
    date: Option<&'a [u8]>,
    retry_after: &'a [u8],
}

static TARGET: LazyLock<Arc<Target>> = LazyLock::new(|| {
    let base = BaseUrl::parse("http://127.0.0.1").expect("a base URL");
    Arc::new(Target::new(base, AppKey::new(KEY)))
});

fuzz_target!(|input: Input<'_>| -> Corpus {
    match response(&input) {
        Some(response) => send(&input, &response),
        None => return Corpus::Reject,
    }
    Corpus::Keep
});

/// The response to every exchange, if it can come over a wire.
fn response(input: &Input<'_>) -> Option<Response<Bytes>> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = match input.too_many {
        true => StatusCode::TOO_MANY_REQUESTS,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    let backoff = HeaderValue::from_bytes(input.retry_after).ok()?;
    response.headers_mut().insert(RETRY_AFTER, backoff);
    if let Some(date) = input.date {
        let date = HeaderValue::from_bytes(date).ok()?;
        response.headers_mut().insert(DATE, date);
    }
    Some(response)
}

fn send(input: &Input<'_>, response: &Response<Bytes>) {
    let mut policy = RequestOptions::default()
        .max_retries(MAX_RETRIES)
        .no_timeout();
    if let Some(total) = input.total {
        policy = policy.timeout(total);
    }
    let start = Instant::now();
    let mut now = start;
    let deadline = input.total.and_then(|total| start.checked_add(total));
    let target = Arc::clone(&TARGET);
    let operation = GetVersion::new();
    let mut attempts = Attempts::new(
        operation,
        target,
        policy,
        RetryBudget::new(),
        start,
        input.seed,
    );
    let least = seconds(input.retry_after);
    let mut exchanges = 0;
    loop {
        match attempts.next(now) {
            Step::Exchange(exchange) => {
                exchanges += 1;
                assert!(exchanges <= MAX_RETRIES + 1);
                assert_eq!(exchange.limits().deadline, deadline);
                assert!(deadline.is_none_or(|deadline| now < deadline));
                now = match now.checked_add(input.exchange) {
                    Some(then) => then,
                    // No clock goes on that long.
                    None => return,
                };
                attempts.received(now, Ok(response.clone()));
            }
            Step::Wait(wait) => {
                assert!(least.is_none_or(|least| wait >= least), "{wait:?}");
                now = now.checked_add(wait).expect("a time that can be said");
                assert!(deadline.is_none_or(|deadline| now < deadline), "{wait:?}");
            }
            Step::Done(result) => {
                let error = result.expect_err("an error");
                // Without a response there was no `Retry-After`.
                if exchanges > 0 && error.status().is_some() && least.is_some() {
                    assert_eq!(error.retry_after(), least);
                }
                return;
            }
        }
    }
}

/// The value, if it is a number of seconds (RFC 9110 §10.2.3), or as many as fit.
fn seconds(value: &[u8]) -> Option<Duration> {
    let digits = value.trim_ascii();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut seconds = 0_u64;
    for digit in digits {
        seconds = seconds
            .saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'));
    }
    Some(Duration::from_secs(seconds))
}
