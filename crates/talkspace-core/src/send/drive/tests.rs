//! Both drivers do the same when exchanges end the same.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use proptest::prelude::*;

use super::{drive, drive_blocking};
use crate::codec::Target;
use crate::send::{Attempts, Response, RetryBudget};
use crate::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, ResponseBody, Transport, TransportError,
};
use crate::{
    AppKey, BaseUrl, CancelToken, CloseTalkspace, CreateTalkspace, Delivery, Error, FailureKind,
    GetTalkspace, MoveParticipant, Operation, RequestOptions,
};

/// What a scripted exchange gives.
#[derive(Clone, Debug)]
enum Outcome {
    RawResponse(u16, &'static str, Option<u32>),
    Failure(FailureKind, Delivery),
}

/// What a driver did: the trace that must be the same.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Exchanged(String, Option<Bytes>),
    Waited(Duration),
}

/// A transport of both flavours that plays outcomes and records the exchanges.
#[derive(Clone)]
struct Script {
    outcomes: Arc<Mutex<VecDeque<Outcome>>>,
    steps: Arc<Mutex<Vec<Step>>>,
}

impl Script {
    fn new(outcomes: &[Outcome]) -> Self {
        Self {
            outcomes: Arc::new(Mutex::new(outcomes.iter().cloned().collect())),
            steps: Arc::default(),
        }
    }

    fn play(&self, exchange: Exchange) -> Result<http::Response<Bytes>, TransportError> {
        let (head, body) = exchange.into_parts().0.into_parts();
        let line = format!("{} {}", head.method, head.uri);
        let body = body.read_to_bytes().ok();
        self.steps.lock().unwrap().push(Step::Exchanged(line, body));
        match self.outcomes.lock().unwrap().pop_front() {
            Some(Outcome::RawResponse(status, body, retry_after)) => {
                let mut response = http::Response::builder().status(status);
                if let Some(seconds) = retry_after {
                    response = response.header("retry-after", seconds);
                }
                Ok(response.body(body.into()).unwrap())
            }
            Some(Outcome::Failure(kind, delivery)) => Err(TransportError::new(kind, delivery)),
            None => Ok(http::Response::new("out of outcomes".into())),
        }
    }

    fn wait(&self, duration: Duration) {
        self.steps.lock().unwrap().push(Step::Waited(duration));
    }
}

#[async_trait]
impl Transport for Script {
    async fn exchange(
        &self,
        exchange: Exchange,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        Ok(self.play(exchange)?.map(ResponseBody::from))
    }

    async fn sleep(&self, duration: Duration) {
        self.wait(duration);
    }
}

impl BlockingTransport for Script {
    fn exchange(
        &self,
        exchange: Exchange,
        _cancel: &CancelToken,
    ) -> Result<http::Response<BlockingResponseBody>, TransportError> {
        Ok(self.play(exchange)?.map(BlockingResponseBody::from))
    }

    fn sleep(&self, duration: Duration, _cancel: &CancelToken) {
        self.wait(duration);
    }
}

/// Runs a future that never has to wait for anything.
fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits for something"),
    }
}

fn attempts<O: Operation>(operation: O, options: &RequestOptions, seed: u64) -> Attempts<O> {
    let base = BaseUrl::parse("https://a.example").unwrap();
    let target = Arc::new(Target::new(base, AppKey::new("key")));
    let (budget, now) = (RetryBudget::new(), Instant::now());
    Attempts::new(operation, target, *options, budget, now, seed)
}

/// What came of a request, as far as it can be compared.
fn summary<R: std::fmt::Debug>(result: Result<Response<R>, Error>) -> String {
    match result {
        Ok(response) => format!("{:?} after {}", response.body, response.attempts),
        Err(error) => format!("{error:?} {:?} {}", error.body(), error.is_retryable()),
    }
}

fn both_agree<O: Operation>(
    operation: O,
    outcomes: &[Outcome],
    options: &RequestOptions,
    seed: u64,
) {
    let (one, other) = (Script::new(outcomes), Script::new(outcomes));
    let asynchronous = ready(drive(&one, attempts(operation.clone(), options, seed)));
    let blocking = drive_blocking(
        &other,
        attempts(operation, options, seed),
        &CancelToken::new(),
    );
    assert_eq!(summary(asynchronous), summary(blocking));
    let (one, other) = (one.steps.lock().unwrap(), other.steps.lock().unwrap());
    assert_eq!(*one, *other);
    assert!(!one.is_empty());
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let kinds = prop::sample::select(vec![
        FailureKind::Resolve,
        FailureKind::Connect,
        FailureKind::Tls,
        FailureKind::Closed,
        FailureKind::Truncated,
        FailureKind::Protocol,
        FailureKind::Timeout,
        FailureKind::TooLarge,
        FailureKind::BodySource,
        FailureKind::Other,
    ]);
    let deliveries = prop::sample::select(vec![Delivery::NotSent, Delivery::MaybeSent]);
    let statuses = prop::sample::select(vec![
        200u16, 201, 202, 204, 302, 400, 401, 404, 408, 429, 500, 502, 503, 504,
    ]);
    let bodies = prop::sample::select(vec![
        "",
        "<html>",
        r#"{"ConferenceResponse":{"status":201,"conferenceId":"63c9"}}"#,
        r#"{"ConferenceResponse":{"status":502,"message":"busy"}}"#,
        r#"{"ConferenceResponse":{"status":404}}"#,
        r#"{"ConferenceDetailsResponse":{"status":200,"participants":"eta"}}"#,
        r#"{"ErrorResponse":{"status":503,"message":"later"}}"#,
    ]);
    let responses = (statuses, bodies, prop::option::of(0u32..100))
        .prop_map(|(status, body, wait)| Outcome::RawResponse(status, body, wait));
    prop_oneof![
        responses,
        (kinds, deliveries).prop_map(|(kind, delivery)| Outcome::Failure(kind, delivery)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_same_outcomes_give_the_same_trace(
        outcomes in prop::collection::vec(outcome(), 1..6),
        retries in 0u32..5,
        seed: u64,
        which in 0..4,
    ) {
        let options = RequestOptions::default().max_retries(retries);
        match which {
            0 => both_agree(GetTalkspace::new("63c9"), &outcomes, &options, seed),
            1 => both_agree(CloseTalkspace::new("63c9"), &outcomes, &options, seed),
            2 => both_agree(MoveParticipant::new("63c9", "eta", "7d"), &outcomes, &options, seed),
            _ => both_agree(CreateTalkspace::new("eta"), &outcomes, &options, seed),
        }
    }
}

#[test]
fn a_request_cancelled_before_it_begins_is_not_sent() {
    let script = Script::new(&[]);
    let cancel = CancelToken::new();
    cancel.cancel();
    let error = drive_blocking(
        &script,
        attempts(GetTalkspace::new("63c9"), &RequestOptions::default(), 1),
        &cancel,
    )
    .unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(script.steps.lock().unwrap().is_empty());
}
