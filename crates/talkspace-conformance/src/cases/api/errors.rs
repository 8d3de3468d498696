//! `api/error/*`, `api/secret/*`: error responses, and what errors must not show.

use std::error::Error as StdError;

use http1_conformance::case::{CaseContext, CaseEnd, Unmet, Verdict, failing};
use http1_conformance::wire::{Peer, Plan, Script};
use http1_conformance::{Capability, Case};
use talkspace_core::{CreateTalkspace, Delivery, Error, ErrorKind, ListTalkspaces, Operation};

use crate::core::{KEY, client};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must(
            "api/error/envelope",
            "an error response arrives with its status code and the service's message",
        )
        .per("the spec of the API")
        .cause("responses from 400 become errors without a body")
        .run(envelope),
        Case::must(
            "api/error/html-502",
            "a gateway's page is an error by its status code, and a non-idempotent request is not retried: no telephone rings twice",
        )
        .per("RFC 9110 §9.2.2")
        .needs_all(&[Capability::NoRetries])
        .cause("the engine retries after 502")
        .run(html_502),
        Case::must(
            "api/secret/appkey-in-query-and-form",
            "no error shows the application key, the query or the form, whatever fails",
        )
        .cause("the engine's errors show the URL, or the whole request")
        .run(secret),
    ]
}

fn envelope(context: &CaseContext) -> Verdict {
    let body = r#"{"ConferenceResponse":{"message":"Missing or invalid networkid parameter","status":400,"conferenceId":"","uri":""}}"#;
    let peer = context.peer(respond("400 Bad Request", body))?;
    let error = failed(context, &peer, CreateTalkspace::new("eta"))?;
    let status = error
        .status()
        .map(|status| (status.http(), status.envelope()));
    let told = (error.kind(), status, error.message(), error.delivery());
    let expected = (
        ErrorKind::Status,
        Some((400, Some(400))),
        Some("Missing or invalid networkid parameter"),
        Delivery::Responded,
    );
    if told != expected {
        return CaseEnd::problem(format!("the error tells {told:?}, not {expected:?}"));
    }
    Ok(())
}

fn html_502(context: &CaseContext) -> Verdict {
    let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    let serve = Script::serve(response("502 Bad Gateway", page));
    let peer = context.peer(Plan::default().otherwise(serve))?;
    let error = failed(context, &peer, CreateTalkspace::new("eta"))?;
    context.drop_transport();
    let requests = peer.log().transcript().requests().len();
    let told = (
        error.kind(),
        error.status().map(|status| status.code()),
        error.delivery(),
    );
    let expected = (ErrorKind::Status, Some(502), Delivery::MaybeSent);
    if told != expected {
        return CaseEnd::problem(format!("the error tells {told:?}, not {expected:?}"));
    }
    if requests != 1 {
        return CaseEnd::problem(format!("the peer counts {requests} requests"));
    }
    Ok(())
}

fn secret(context: &CaseContext) -> Verdict {
    let echo = format!("no application with the key {KEY}");
    let error_response = (respond("400 Bad Request", &echo), "api/error/envelope");
    let mut unmet = Unmet::default();
    for (script, case) in failing().into_iter().chain([error_response]) {
        // With the key in the query it may be retried, so every connection is the same.
        let peer = context.peer(Plan::default().otherwise(script.clone()))?;
        let list = client(context, &peer.authority())?.send(ListTalkspaces::new());
        unmet.note(case, hides(list.err())?);
        let peer = context.peer(script)?;
        let create = CreateTalkspace::new("private-person");
        let create = client(context, &peer.authority())?.send(create);
        unmet.note(case, hides(create.err())?);
    }
    unmet.end()
}

/// Whether there was an error, as there should be, to show or hide something.
fn hides(error: Option<Error>) -> Result<bool, CaseEnd> {
    let Some(error) = error else {
        return Ok(false);
    };
    let mut texts = vec![format!("{error:?} {error:#?}")];
    let mut next: Option<&dyn StdError> = Some(&error);
    while let Some(error) = next {
        texts.push(format!("{error} {error:?}"));
        next = error.source();
    }
    for text in texts {
        for secret in [KEY, "appkey", "private-person"] {
            if text.contains(secret) {
                return CaseEnd::problem(format!("an error shows {secret:?}: {text}"));
            }
        }
    }
    Ok(true)
}

fn failed<O: Operation>(
    context: &CaseContext,
    peer: &Peer,
    operation: O,
) -> Result<Error, CaseEnd> {
    match client(context, &peer.authority())?.send(operation) {
        Ok(response) => CaseEnd::problem(format!("the client gave {response:?}, not an error")),
        Err(error) => Ok(error),
    }
}

fn respond(status: &str, body: &str) -> Script {
    Script::accept()
        .read_request()
        .write(response(status, body))
}

fn response(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}")
}
