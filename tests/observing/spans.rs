//! What is traced of a request, in both clients.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use talkspace_core::transport::TransportError;
use talkspace_core::{
    BlockingClient, Client, CreateTalkspace, Delivery, FailureKind, GetTalkspace, RequestOptions,
};

use crate::capture::{Capture, Item};
use crate::scripted::{Ends, Scripted};

/// Two attempts that fail, each in its own way, and one that succeeds.
pub(crate) fn two_retries() -> Scripted {
    let milliseconds = Duration::from_millis;
    let details = r#"{"ConferenceDetailsResponse":{"status":200,"participants":"eta"}}"#;
    let busy = Response::builder().status(503).header("retry-after", 1);
    Scripted::new([
        Ends {
            after: milliseconds(3),
            reused: true,
            with: Err(TransportError::maybe_sent(FailureKind::Closed)),
        },
        Ends {
            after: milliseconds(48),
            reused: false,
            with: Ok(busy.body(Bytes::new()).unwrap()),
        },
        Ends {
            after: milliseconds(62),
            reused: true,
            with: Ok(Response::new(details.into())),
        },
    ])
}

pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits for something"),
    }
}

/// What is traced of one request with two retries.
pub(crate) fn traced() -> Vec<Item> {
    let transport = two_retries();
    let clock = transport.clone();
    let capture = Capture::new(move || clock.time());
    let builder = Client::builder("https://talkspace.example", "SENTINEL-key");
    let client = builder.seed(5).build(transport).unwrap();
    let (sent, items) = capture.of(|| ready(client.send(GetTalkspace::new("SENTINEL-id"))));
    sent.unwrap();
    items
}

fn spans(items: &[Item]) -> impl Iterator<Item = &Item> {
    items.iter().filter(|item| !item.is_event)
}

#[test]
fn a_span_for_the_request_and_in_it_one_for_each_attempt() {
    let items = traced();
    let [request, one, two, three] = spans(&items).collect::<Vec<_>>()[..] else {
        panic!("four spans");
    };
    assert_eq!(
        request.to_string(),
        "request otel.name=getTalkspace otel.kind=internal talkspace.operation=getTalkspace \
         talkspace.attempts=3 talkspace.delivery=responded"
    );
    let attempt = |resent: &str, rest: &str| {
        format!(
            "attempt otel.name=GET /api/rest/conference/{{conferenceid}} otel.kind=client \
             http.request.method=GET {resent}server.address=talkspace.example server.port=443 \
             url.template=/api/rest/conference/{{conferenceid}} {rest}"
        )
    };
    assert_eq!(
        one.to_string(),
        attempt("", "error.type=closed otel.status_code=ERROR")
    );
    assert_eq!(
        two.to_string(),
        attempt(
            "http.request.resend_count=1 ",
            "http.response.status_code=503 error.type=503 otel.status_code=ERROR"
        )
    );
    assert_eq!(
        three.to_string(),
        attempt(
            "http.request.resend_count=2 ",
            "http.response.status_code=200"
        )
    );
    assert_eq!(request.parent, None);
    for span in [one, two, three] {
        assert_eq!(span.parent, Some(0));
    }
    // Each ends when it is over, and the request last.
    let took = |item: &Item| item.end.unwrap() - item.begin;
    let took = [one, two, three].map(took);
    assert_eq!(took, [3, 48, 62].map(Duration::from_millis));
    assert!(request.end >= three.end);
}

#[test]
fn what_the_transport_traces_is_in_the_attempt() {
    let items = traced();
    let told = items
        .iter()
        .filter(|item| item.to_string().contains("what a transport traces"));
    let parents: Vec<_> = told.map(|event| event.parent.unwrap()).collect();
    assert_eq!(parents.len(), 3);
    for (parent, count) in parents.into_iter().zip([None, Some("1"), Some("2")]) {
        assert_eq!(items[parent].name, "attempt");
        assert_eq!(items[parent].field("http.request.resend_count"), count);
    }
}

#[test]
fn the_blocking_client_traces_the_same() {
    let transport = two_retries();
    let clock = transport.clone();
    let capture = Capture::new(move || clock.time());
    let builder = BlockingClient::builder("https://talkspace.example", "SENTINEL-key");
    let client = builder.seed(5).build_blocking(transport).unwrap();
    let (sent, items) = capture.of(|| client.send(GetTalkspace::new("SENTINEL-id")));
    sent.unwrap();
    let lines = |items: Vec<Item>| -> Vec<_> {
        let line = |item: Item| format!("{item} {:?} {:?}", item.begin, item.end);
        items.into_iter().map(line).collect()
    };
    assert_eq!(lines(items), lines(traced()));
}

#[test]
fn a_request_that_is_given_up_says_why() {
    let transport = Scripted::new([Ends {
        after: Duration::from_millis(7),
        reused: false,
        with: Err(TransportError::maybe_sent(FailureKind::Closed)),
    }]);
    let clock = transport.clone();
    let capture = Capture::new(move || clock.time());
    let client = BlockingClient::builder("https://talkspace.example:8443", "SENTINEL-key")
        .build_blocking(transport)
        .unwrap();
    let (sent, items) = capture.of(|| client.send(CreateTalkspace::new("eta")));
    assert_eq!(sent.unwrap_err().delivery(), Delivery::MaybeSent);
    let request = &items[0];
    assert_eq!(request.field("error.type"), Some("closed"));
    assert_eq!(request.field("otel.status_code"), Some("ERROR"));
    assert_eq!(request.field("talkspace.delivery"), Some("maybe_sent"));
    assert_eq!(items[1].field("server.port"), Some("8443"));
    let last = items.last().unwrap();
    assert_eq!(last.to_string(), "event message=given up reason=effect");
    assert_eq!(last.parent, Some(0));
}

#[test]
fn the_parent_is_where_the_request_was_sent() {
    let transport = two_retries();
    let clock = transport.clone();
    let capture = Capture::new(move || clock.time());
    let client = BlockingClient::builder("https://talkspace.example", "key")
        .options(RequestOptions::default())
        .build_blocking(transport)
        .unwrap();
    let (_, items) = capture.of(|| {
        let _handler = tracing::info_span!("handler").entered();
        client.send(GetTalkspace::new("63c9")).unwrap()
    });
    assert_eq!((items[0].name, items[1].name), ("handler", "request"));
    assert_eq!(items[1].parent, Some(0));
}
