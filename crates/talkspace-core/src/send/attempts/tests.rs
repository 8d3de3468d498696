//! The state machine, driven by hand.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::{Attempts, Step};

mod given_up;
mod secrets;

use crate::codec::Target;
use crate::send::{Response, RetryBudget};
use crate::transport::TransportError;
use crate::{
    AppKey, BaseUrl, CloseTalkspace, CreateTalkspace, Delivery, Effect, Error, ErrorKind,
    FailureKind, GetVersion, Operation, Phase, RequestOptions,
};

const KEY: &str = "6f1b0d3e-9c2a-4d7e-8b1f-5f0c2f6f7d11";
const CREATED: &str = r#"{"ConferenceResponse":{"status":201,"conferenceId":"63c9"}}"#;
const UNAVAILABLE: &str = r#"{"ConferenceResponse":{"status":502,"message":"no circuit"}}"#;
const UNKNOWN: &str = r#"{"ConferenceResponse":{"status":404,"message":""}}"#;

/// A request on a clock of its own.
struct Driven<O: Operation> {
    attempts: Attempts<O>,
    now: Instant,
    start: Instant,
}

impl<O: Operation> Driven<O> {
    fn new(operation: O, options: RequestOptions) -> Self {
        Self::on(operation, options, RetryBudget::new())
    }

    fn on(operation: O, options: RequestOptions, budget: RetryBudget) -> Self {
        let base = BaseUrl::parse("https://a.example").unwrap();
        let target = Arc::new(Target::new(base, AppKey::new(KEY)));
        let now = Instant::now();
        Self {
            attempts: Attempts::new(operation, target, options, budget, now, 1),
            now,
            start: now,
        }
    }

    /// Ends every exchange with the next outcome, until the request is over.
    fn run(
        &mut self,
        outcomes: impl IntoIterator<Item = Result<http::Response<Bytes>, TransportError>>,
    ) -> Result<Response<O::Response>, Error> {
        let mut outcomes = outcomes.into_iter();
        loop {
            match self.attempts.next(self.now) {
                Step::Exchange(exchange) => {
                    assert_eq!(exchange.request().uri().host(), Some("a.example"));
                    let outcome = outcomes.next().expect("one exchange too many");
                    self.attempts.received(self.now, outcome);
                }
                Step::Wait(wait) => self.now += wait,
                Step::Done(result) => {
                    assert!(outcomes.next().is_none(), "an outcome is left over");
                    return result;
                }
            }
        }
    }
}

fn response(status: u16, body: &'static str) -> Result<http::Response<Bytes>, TransportError> {
    response_of(status, body)
}

fn response_of(
    status: u16,
    body: impl Into<Bytes>,
) -> Result<http::Response<Bytes>, TransportError> {
    let response = http::Response::builder().status(status);
    Ok(response.body(body.into()).unwrap())
}

fn closed(delivery: Delivery) -> Result<http::Response<Bytes>, TransportError> {
    Err(TransportError::new(FailureKind::Closed, delivery))
}

#[test]
fn what_surely_was_not_sent_is_sent_again() {
    let mut driven = Driven::new(CreateTalkspace::new("eta"), RequestOptions::default());
    let response = driven
        .run([
            closed(Delivery::NotSent),
            closed(Delivery::NotSent),
            response(201, CREATED),
        ])
        .unwrap();
    assert_eq!(response.attempts, 3);
    assert_eq!(response.body.conference_id.as_str(), "63c9");
}

#[test]
fn a_phone_that_may_have_rung_rings_no_second_time() {
    let mut driven = Driven::new(CreateTalkspace::new("eta"), RequestOptions::default());
    let error = driven.run([closed(Delivery::MaybeSent)]).unwrap_err();
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    assert!(!error.is_retryable());
    assert_eq!(error.attempts(), 1);

    for gateway in [502, 503, 504] {
        let mut driven = Driven::new(CreateTalkspace::new("eta"), RequestOptions::default());
        let error = driven.run([response(gateway, "<html>")]).unwrap_err();
        assert_eq!(error.delivery(), Delivery::MaybeSent);
        assert_eq!(error.kind(), ErrorKind::Status);
    }
}

#[test]
fn an_error_of_the_service_itself_is_no_uncertainty() {
    let mut driven = Driven::new(CreateTalkspace::new("eta"), RequestOptions::default());
    let error = driven.run([response(502, UNAVAILABLE)]).unwrap_err();
    assert_eq!(error.delivery(), Delivery::Responded);
    assert_eq!(error.message(), Some("no circuit"));

    let options = RequestOptions::default().retry_unavailable(true);
    let mut driven = Driven::new(CreateTalkspace::new("eta"), options);
    assert!(
        driven
            .run([response(502, UNAVAILABLE), response(201, CREATED)])
            .is_ok()
    );
}

#[test]
fn a_coded_body_is_not_read() {
    let coded = |status: u16, body: &'static str| {
        response(status, body).map(|mut response| {
            let gzip = http::HeaderValue::from_static("gzip");
            response.headers_mut().insert("content-encoding", gzip);
            response
        })
    };
    let create = || Driven::new(CreateTalkspace::new("eta"), RequestOptions::default());
    let error = create().run([coded(201, CREATED)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    assert_eq!(error.body(), None);
    assert!(error.to_string().contains("a content coding"), "{error}");
    // An error is told by its status alone, as any gateway's.
    let error = create().run([coded(502, UNAVAILABLE)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status);
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    assert_eq!(error.message(), None);
}

#[test]
fn already_so_is_a_success_only_when_it_may_be_our_own_doing() {
    let mut driven = Driven::new(CloseTalkspace::new("63c9"), RequestOptions::default());
    let closed_again = driven
        .run([closed(Delivery::MaybeSent), response(404, UNKNOWN)])
        .unwrap()
        .body;
    assert_eq!(
        closed_again.conference_id.as_str(),
        "63c9",
        "from the request"
    );
    assert_eq!(closed_again.status.code(), 404, "and it does not hide how");

    let mut driven = Driven::new(CloseTalkspace::new("63c9"), RequestOptions::default());
    let error = driven.run([response(404, UNKNOWN)]).unwrap_err();
    assert_eq!(error.delivery(), Delivery::Responded);

    let mut driven = Driven::new(CloseTalkspace::new("63c9"), RequestOptions::default());
    assert!(
        driven
            .run([closed(Delivery::NotSent), response(404, UNKNOWN)])
            .is_err()
    );
}

#[test]
fn an_attempt_that_got_an_error_has_arrived() {
    let mut driven = Driven::new(CloseTalkspace::new("63c9"), RequestOptions::default());
    let error = driven
        .run([
            closed(Delivery::NotSent),
            response(502, UNAVAILABLE),
            closed(Delivery::NotSent),
        ])
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Closed));
    assert_eq!(error.delivery(), Delivery::Responded, "and was not applied");
    assert!(error.is_retryable());
    assert!(!error.to_string().contains("nothing was sent"), "{error}");
}

#[test]
fn an_earlier_attempt_is_not_forgotten() {
    let mut driven = Driven::new(CloseTalkspace::new("63c9"), RequestOptions::default());
    let error = driven
        .run([
            closed(Delivery::MaybeSent),
            closed(Delivery::NotSent),
            closed(Delivery::NotSent),
        ])
        .unwrap_err();
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    assert!(error.is_retryable(), "closing converges");
}

#[test]
fn a_yes_that_cannot_be_read_may_have_been_applied() {
    let mut driven = Driven::new(CreateTalkspace::new("eta"), RequestOptions::default());
    let error = driven.run([response(201, "<html>")]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    assert_eq!(error.body(), Some("<html>"));
}

#[test]
fn retries_end() {
    let mut driven = Driven::new(GetVersion::new(), RequestOptions::default().max_retries(1));
    let error = driven
        .run([response(503, ""), response(503, "")])
        .unwrap_err();
    assert_eq!(error.attempts(), 2);
    assert!(error.is_retryable());

    let mut driven = Driven::new(GetVersion::new(), RequestOptions::default().max_retries(0));
    assert_eq!(driven.run([response(503, "")]).unwrap_err().attempts(), 1);
}

#[test]
fn a_wait_that_would_cross_the_deadline_is_not_begun() {
    let busy = || {
        let response = http::Response::builder()
            .status(503)
            .header("retry-after", "61");
        Ok(response.body(Bytes::new()).unwrap())
    };
    let mut driven = Driven::new(GetVersion::new(), RequestOptions::default());
    let error = driven.run([busy()]).unwrap_err();
    assert_eq!(driven.now, driven.start, "known at once");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(61)));

    let patient = RequestOptions::default().timeout(Duration::from_secs(100));
    let mut driven = Driven::new(GetVersion::new(), patient);
    assert!(driven.run([busy(), response(200, "1")]).is_ok());
    assert!(
        driven.now - driven.start >= Duration::from_secs(61),
        "the wait was honoured"
    );
}

#[test]
fn a_wait_beyond_all_numbers_ends_the_retries() {
    for retry_after in [
        "3600",
        "4294967296",
        "99999999999",
        "18446744073709551616",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ] {
        // Without a total there is nothing else that would end the wait.
        for options in [
            RequestOptions::default(),
            RequestOptions::default().no_timeout(),
        ] {
            let response = http::Response::builder().status(503);
            let response = response.header("retry-after", retry_after);
            let mut driven = Driven::new(GetVersion::new(), options);
            let error = driven
                .run([Ok(response.body(Bytes::new()).unwrap())])
                .unwrap_err();
            assert_eq!(
                (driven.now, error.attempts()),
                (driven.start, 1),
                "{retry_after}"
            );
            assert!(error.retry_after() >= Some(Duration::from_secs(3600)));
        }
    }
}

#[test]
fn a_deadline_that_has_passed_sends_nothing() {
    let mut driven = Driven::new(CreateTalkspace::new("eta"), RequestOptions::default());
    driven.now += Duration::from_secs(61);
    let error = driven.run([]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Timeout));
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert_eq!(error.attempts(), 0);
}

#[test]
fn every_exchange_carries_the_same_deadline() {
    let mut driven = Driven::new(GetVersion::new(), RequestOptions::default());
    let mut deadlines = Vec::new();
    loop {
        match driven.attempts.next(driven.now) {
            Step::Exchange(exchange) => {
                deadlines.push(exchange.limits().deadline.unwrap() - driven.start);
                driven
                    .attempts
                    .received(driven.now, Err(TransportError::timeout(Phase::Head)));
            }
            Step::Wait(wait) => driven.now += wait,
            Step::Done(_) => break,
        }
    }
    assert_eq!(deadlines, [Duration::from_secs(60); 3]);
}

#[test]
fn limits_beyond_the_clock_are_no_limits() {
    let mut driven = Driven::new(
        GetVersion::new(),
        RequestOptions::default().timeout(Duration::MAX),
    );
    assert!(driven.run([response(200, "1")]).is_ok());
}

#[test]
fn a_request_that_cannot_be_sent_is_not_sent() {
    let mut driven = Driven::new(CreateTalkspace::new(""), RequestOptions::default());
    let error = driven.run([]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert_eq!(
        error.to_string(),
        "createTalkspace: `networkid` must not be empty; nothing was sent"
    );
}

#[test]
fn a_response_after_the_deadline_still_tells_the_truth() {
    let mut driven = Driven::new(CreateTalkspace::new("eta"), RequestOptions::default());
    assert!(matches!(
        driven.attempts.next(driven.now),
        Step::Exchange(_)
    ));
    driven.now += Duration::from_secs(61);
    driven.attempts.received(driven.now, response(201, CREATED));
    assert!(matches!(
        driven.attempts.next(driven.now),
        Step::Done(Ok(_))
    ));
}

#[test]
fn the_caller_may_know_better() {
    let options = RequestOptions::default().effect(Effect::Reads);
    let mut driven = Driven::new(CreateTalkspace::new("eta"), options);
    assert!(
        driven
            .run([closed(Delivery::MaybeSent), response(201, CREATED)])
            .is_ok()
    );
}

#[test]
fn a_driver_that_misbehaves_gets_an_error() {
    let mut driven = Driven::new(GetVersion::new(), RequestOptions::default());
    driven
        .attempts
        .received(driven.now, response(200, "unsolicited"));
    assert!(matches!(
        driven.attempts.next(driven.now),
        Step::Exchange(_)
    ));
    assert!(matches!(
        driven.attempts.next(driven.now),
        Step::Done(Err(_))
    ));
    assert!(matches!(
        driven.attempts.next(driven.now),
        Step::Done(Err(_))
    ));
}
