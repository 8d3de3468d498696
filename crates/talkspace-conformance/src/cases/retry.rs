//! `retry/core/*`: what the core retries, and what not, by what the transport tells it.

use std::time::{Duration, Instant};

use http::Request;
use http1_conformance::case::{CaseContext, CaseEnd, DEFAULT_RESPONSE, Verdict};
use http1_conformance::wire::{Gate, Peer, Plan, Script, What};
use http1_conformance::{Capability, Case};
use talkspace_core::transport::Body;
use talkspace_core::{
    CreateTalkspace, Delivery, Error, ErrorKind, FailureKind, GetVersion, ListTalkspaces,
    MuteParticipant,
};

use crate::core::{client, send};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must(
            "retry/core/post-once-after-maybe-sent",
            "a non-idempotent request that may have been sent is not retried: no telephone rings twice, and the error says so",
        )
        .per("RFC 9110 §9.2.2")
        .needs_all(&[Capability::ErrorKinds, Capability::Delivery, Capability::NoRetries])
        .cause("the adapter reports that nothing was sent, or retries by itself")
        .run(post_once),
        Case::must(
            "retry/core/get-retries-after-reset",
            "the core retries a safe (idempotent) request after a reset",
        )
        .needs_all(&[Capability::ErrorKinds, Capability::Delivery, Capability::NoRetries])
        .cause("the kind of the error does not tell the core what happened")
        .run(get_again),
        Case::must(
            "retry/core/retry-after-honoured",
            "the delay of Retry-After is kept, through the transport's own sleep",
        )
        .per("RFC 9110 §10.2.3")
        .cause("header fields of error responses are dropped, or sleeping does not wait")
        .run(retry_after),
        Case::must(
            "retry/core/stops-at-deadline",
            "a delay that would cross the deadline is not begun",
        )
        .per("RFC 9110 §10.2.3")
        .cause("header fields of error responses are dropped")
        .run(stops_at_deadline),
        Case::must(
            "retry/core/body-identical-on-retry",
            "a retried form is the same form, byte for byte",
        )
        .needs_all(&[Capability::ErrorKinds, Capability::Delivery, Capability::NoRetries])
        .cause("the body is consumed by the first attempt")
        .run(body_identical),
        Case::must(
            "retry/core/idle-fin-invisible",
            "an idle connection that the peer closed never surfaces as an error",
        )
        .per("RFC 9112 §9.5")
        .needs_all(&[Capability::ErrorKinds, Capability::Delivery, Capability::NoRetries, Capability::KeepAlive])
        .cause("a connection that ended while idle is reported as if the request were in doubt")
        .run(idle_fin_invisible),
    ]
}

fn counts(peer: &Peer, expected: usize) -> Option<String> {
    let requests = peer.log().transcript().requests().len();
    (requests != expected).then(|| format!("the peer counts {requests} requests, not {expected}"))
}

fn response<T: std::fmt::Debug>(result: Result<T, Error>) -> Result<T, CaseEnd> {
    result.or_else(|error| CaseEnd::problem(error.to_string()))
}

fn post_once(context: &CaseContext) -> Verdict {
    let peer = context.peer(Plan::default().otherwise(Script::accept().read_request().reset()))?;
    let result = client(context, &peer.authority())?.send(CreateTalkspace::new("eta"));
    let told = result.map_err(|error| (error.kind(), error.delivery(), error.attempts()));
    let closed = ErrorKind::Transport(FailureKind::Closed);
    if told != Err((closed, Delivery::MaybeSent, 1)) {
        return CaseEnd::problem(format!("the client gave {told:?}"));
    }
    CaseEnd::unless_empty(counts(&peer, 1).into_iter().collect())
}

fn get_again(context: &CaseContext) -> Verdict {
    let reset = Script::accept().read_request().reset();
    let version = Script::serve("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n1.3.10");
    let peer = context.peer(Plan::new([reset]).otherwise(version))?;
    let version = response(client(context, &peer.authority())?.send(GetVersion::new()))?;
    if version.version.as_str() != "1.3.10" {
        return CaseEnd::problem(format!("the client gave {version:?}"));
    }
    CaseEnd::unless_empty(counts(&peer, 2).into_iter().collect())
}

const LISTED: &str = r#"{"ConferenceListResponse":{"message":"","status":200}}"#;
const BUSY: &str = r#"{"ConferenceListResponse":{"message":"busy","status":503}}"#;

fn message(status: &str, fields: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {length}\r\n\r\n{body}")
}

/// The delay of `Retry-After`, and what a clock of whole milliseconds may take off it.
const A_SECOND: Duration = Duration::from_secs(1);
const TOLERANCE: Duration = Duration::from_millis(5);

fn retry_after(context: &CaseContext) -> Verdict {
    let busy = message("503 Service Unavailable", "Retry-After: 1\r\n", BUSY);
    let script = Script::accept()
        .read_request()
        .write(busy)
        .read_request()
        .write(message("200 OK", "", LISTED));
    let serve = Script::serve(message("200 OK", "", LISTED));
    let peer = context.peer(Plan::new([script]).otherwise(serve))?;
    let start = Instant::now();
    response(client(context, &peer.authority())?.send(ListTalkspaces::new()))?;
    let took = start.elapsed();
    if took + TOLERANCE < A_SECOND {
        return CaseEnd::problem(format!("it was sent again after {took:?}, not a second"));
    }
    CaseEnd::unless_empty(counts(&peer, 2).into_iter().collect())
}

fn stops_at_deadline(context: &CaseContext) -> Verdict {
    let busy = message("503 Service Unavailable", "Retry-After: 3600\r\n", BUSY);
    let peer = context.peer(Plan::default().otherwise(Script::serve(busy)))?;
    let result = client(context, &peer.authority())?.send(ListTalkspaces::new());
    let told = result.map_err(|error| (error.kind(), error.retry_after(), error.attempts()));
    if told != Err((ErrorKind::Status, Some(Duration::from_secs(3600)), 1)) {
        return CaseEnd::problem(format!("the client gave {told:?}"));
    }
    CaseEnd::unless_empty(counts(&peer, 1).into_iter().collect())
}

fn body_identical(context: &CaseContext) -> Verdict {
    let body = r#"{"ConferenceResponse":{"message":"","status":200,"conferenceId":"c","uri":""}}"#;
    let reset = Script::accept().read_request().reset();
    let peer =
        context.peer(Plan::new([reset]).otherwise(Script::serve(message("200 OK", "", body))))?;
    response(client(context, &peer.authority())?.send(MuteParticipant::new("c", "eta")))?;
    let requests = peer.log().transcript().requests();
    match requests.as_slice() {
        [one, two] if one.body == two.body && one.line == two.line && !one.body.is_empty() => {
            Ok(())
        }
        _ => CaseEnd::problem("the peer did not see the same request twice"),
    }
}

fn idle_fin_invisible(context: &CaseContext) -> Verdict {
    let gate = Gate::new("end");
    let made = message(
        "201 Created",
        "",
        r#"{"ConferenceResponse":{"message":"","status":201,"conferenceId":"c","uri":""}}"#,
    );
    let first = Script::accept()
        .read_request()
        .write(DEFAULT_RESPONSE)
        .gate(&gate)
        .half_close();
    let peer = context.peer(Plan::new([first]).otherwise(Script::serve(made)))?;
    let first = Request::get(format!("http://{}/", peer.authority())).body(Body::empty());
    let first = first.map_err(|error| CaseEnd::Broken(error.to_string()))?;
    send(context, first).or_else(CaseEnd::problem)?;
    gate.open();
    context.wait_for(&peer, "it ended the idle connection", |seen| {
        let mut what = seen.events().iter().map(|event| &event.what);
        seen.settled() || what.any(|what| *what == What::HalfClosed)
    })?;
    context.wait_for_arrival(&peer, 0)?;
    // A telephone rings: only what was surely not sent is retried.
    response(client(context, &peer.authority())?.send(CreateTalkspace::new("eta")))?;
    CaseEnd::unless_empty(counts(&peer, 2).into_iter().collect())
}
