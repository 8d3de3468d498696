//! Requests to the sandbox, several in a row: it never panics, and every
//! response is one that a client can read.
//!
//! An input is requests as in `spec/examples`, with a line `###` between two,
//! and lines `WAIT milliseconds` in the place of some.

#![no_main]

use std::str;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http::header::CONTENT_TYPE;
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;
use talkspace_core::transport::{BlockingTransport, Exchange};
use talkspace_core::{CancelToken, Limits, OPERATIONS};
use talkspace_fuzz::request;
use talkspace_sandbox::{Clock, Sandbox};

/// How many requests are sent at most.
const MOST: usize = 16;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = str::from_utf8(bytes) else {
        return Corpus::Reject;
    };
    let sandbox = Sandbox::builder()
        .examples()
        .clock(Clock::frozen())
        .seed(7)
        .build()
        .expect("the examples are in order");
    let mut sent = false;
    for step in text.split("\n###\n").take(MOST) {
        if let Some(wait) = step.strip_prefix("WAIT ") {
            let milliseconds = wait.trim().parse().unwrap_or_default();
            sandbox.advance(Duration::from_millis(milliseconds));
        } else if let Some(request) = request(step.as_bytes()) {
            let exchange = Exchange::new(request.map(Into::into), Limits::default());
            let response = sandbox.transport().exchange(exchange, &CancelToken::new());
            let (head, mut body) = response.expect("a response to every request").into_parts();
            let body = body.chunk().expect("a body in memory").unwrap_or_default();
            judge(&Response::from_parts(head, body));
            sent = true;
        }
    }
    if sent { Corpus::Keep } else { Corpus::Reject }
});

fn judge(response: &Response<Bytes>) {
    let status = response.status();
    assert!(status.is_success() || status.is_client_error() || status.is_server_error());
    assert_ne!(status.as_u16(), 500, "the sandbox has broken");
    let content_type = response.headers().get(CONTENT_TYPE).map(|it| it.as_bytes());
    match content_type {
        Some(b"application/json; charset=utf-8") => {
            judge_envelope(status.as_u16(), response.body())
        }
        Some(_) => {}
        None => assert!(response.body().is_empty()),
    }
}

/// One object in an envelope that the spec knows, with the status of the line.
fn judge_envelope(status: u16, body: &[u8]) {
    let document: Value = serde_json::from_slice(body).expect("JSON");
    let document = document.as_object().expect("an object");
    assert_eq!(document.len(), 1);
    for (name, fields) in document {
        let known = OPERATIONS
            .iter()
            .any(|operation| operation.envelope == Some(name.as_str()));
        assert!(known || name == "ErrorResponse", "{name}");
        assert_eq!(fields["status"], status);
        assert!(fields["message"].is_string());
    }
}
