//! Why there is no further attempt.

use std::time::Duration;

use bytes::Bytes;

use super::{CREATED, Driven, closed, response};
use crate::observe::GivenUp;
use crate::{
    CreateTalkspace, Delivery, ErrorKind, FailureKind, GetVersion, Operation, RequestOptions,
    RetryBudget,
};

type Outcome = Result<http::Response<Bytes>, crate::transport::TransportError>;

fn why<O: Operation>(
    operation: O,
    options: RequestOptions,
    budget: RetryBudget,
    outcomes: impl IntoIterator<Item = Outcome>,
) -> (Option<GivenUp>, bool, String) {
    let mut driven = Driven::on(operation, options, budget);
    let error = driven.run(outcomes).unwrap_err();
    (error.given_up(), error.is_retryable(), error.to_string())
}

#[test]
fn each_reason_is_told() {
    let (options, budget) = (RequestOptions::default(), RetryBudget::new);
    let busy = |seconds: &str| -> Outcome {
        let response = http::Response::builder().status(503);
        let response = response.header("retry-after", seconds);
        Ok(response.body(Bytes::new()).unwrap())
    };
    let version = GetVersion::new;
    let create = || CreateTalkspace::new("eta");
    let tls = || Err(crate::transport::TransportError::not_sent(FailureKind::Tls));
    let once = options.max_retries(0);
    let short = options.timeout(Duration::from_secs(5));
    let empty = || budget().reserve(0);

    let cases = [
        (why(version(), options, budget(), [tls()]), GivenUp::Final),
        (
            why(version(), options, budget(), [response(404, "")]),
            GivenUp::Final,
        ),
        (
            why(create(), options, budget(), [response(201, "<html>")]),
            GivenUp::Final,
        ),
        (
            why(create(), options, budget(), [closed(Delivery::MaybeSent)]),
            GivenUp::Effect,
        ),
        (
            why(create(), options, budget(), [response(503, "")]),
            GivenUp::Effect,
        ),
        (
            why(version(), once, budget(), [response(503, "")]),
            GivenUp::Count,
        ),
        (
            why(
                version(),
                options,
                budget(),
                [(); 3].map(|()| response(503, "")),
            ),
            GivenUp::Count,
        ),
        (
            why(version(), short, budget(), [busy("6")]),
            GivenUp::Deadline,
        ),
        (
            why(version(), options.no_timeout(), budget(), [busy("61")]),
            GivenUp::Deadline,
        ),
        (
            why(version(), options, empty(), [response(503, "")]),
            GivenUp::Budget,
        ),
        (
            why(create(), options, empty(), [closed(Delivery::NotSent)]),
            GivenUp::Budget,
        ),
    ];
    for ((given_up, retryable, text), expected) in cases {
        assert_eq!(given_up, Some(expected), "{text}");
        let is_final = matches!(expected, GivenUp::Final | GivenUp::Effect);
        assert_eq!(retryable, !is_final, "{text}");
        let told = text.contains("the retry budget is used up");
        assert_eq!(told, expected == GivenUp::Budget, "{text}");
    }
}

#[test]
fn without_an_attempt_nothing_is_given_up() {
    let (options, budget) = (RequestOptions::default(), RetryBudget::new());
    let mut driven = Driven::on(CreateTalkspace::new(""), options, budget);
    let error = driven.run([]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.given_up(), None);

    // A success has no reason either: there is no error to ask.
    let mut driven = Driven::new(CreateTalkspace::new("eta"), options);
    assert!(driven.run([response(201, CREATED)]).is_ok());
}

#[test]
fn the_line_counts_the_attempts_that_the_budget_allowed() {
    let budget = RetryBudget::new().reserve(1).percent(0);
    let outcomes = [response(503, ""), response(503, "")];
    let (given_up, _, text) = why(
        GetVersion::new(),
        RequestOptions::default(),
        budget,
        outcomes,
    );
    assert_eq!(given_up, Some(GivenUp::Budget));
    assert_eq!(
        text,
        "getVersion: status 503 (2 attempts, the retry budget is used up)"
    );
}
