//! `api/json/*`, `api/text/*`, `api/body/*`: decoding of unusual responses.

use http1_conformance::Case;
use http1_conformance::case::{CaseContext, CaseEnd, Verdict};
use http1_conformance::wire::Script;
use talkspace_core::{
    CreateTalkspace, Error, ErrorKind, GetTalkspace, GetVersion, ListTalkspaces, Operation,
};

use crate::core::client;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must(
            "api/json/one-or-many",
            "a list may be absent, a bare value or an array, of texts or numbers, to the last digit",
        )
        .per("the spec of the API")
        .cause("the adapter changes the body, for instance through a JSON type with floats")
        .run(one_or_many),
        Case::must("api/json/unknown-fields", "JSON members that the spec does not know are ignored")
            .per("the spec of the API")
            .cause("the body is cut or changed on its way")
            .run(unknown_fields),
        Case::must(
            "api/json/wrong-content-type",
            "the response is decoded by its body, whatever its Content-Type says",
        )
        .per("the spec of the API")
        .cause("the adapter decodes, or rejects, by Content-Type")
        .run(wrong_content_type),
        Case::must("api/text/version", "a version is text, and its zeros are kept")
            .per("the spec of the API")
            .cause("the body is trimmed, cut or taken for a number")
            .run(version),
        Case::must(
            "api/body/not-utf8",
            "a response that is not UTF-8 is a decode error that says so",
        )
        .per("RFC 8259 §8.1")
        .cause("the adapter takes bodies for text and replaces what is none")
        .run(not_utf8),
    ]
}

/// Sends an operation to a peer that gives this response.
fn send<O: Operation>(
    context: &CaseContext,
    operation: O,
    content_type: &str,
    body: &[u8],
) -> Result<Result<O::Response, Error>, CaseEnd> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let response = [head.as_bytes(), body].concat();
    let peer = context.peer(Script::accept().read_request().write(response))?;
    Ok(client(context, &peer.authority())?.send(operation))
}

fn received<T>(result: Result<T, Error>) -> Result<T, CaseEnd> {
    result.or_else(|error| CaseEnd::problem(error.to_string()))
}

fn one_or_many(context: &CaseContext) -> Verdict {
    for (participants, expected) in [
        ("", [].as_slice()),
        (r#","participants":null"#, &[]),
        (r#","participants":[]"#, &[]),
        (r#","participants":"eta""#, &["eta"]),
        (r#","participants":["eta"]"#, &["eta"]),
        (
            r#","participants":["eta","\u0040theta","a\/b"]"#,
            &["eta", "@theta", "a/b"],
        ),
        (
            r#","participants":9223372036854775807"#,
            &["9223372036854775807"],
        ),
        (
            r#","participants":[1000022816599,"007"]"#,
            &["1000022816599", "007"],
        ),
    ] {
        let body = format!(
            r#"{{"ConferenceDetailsResponse":{{"message":"","status":200{participants}}}}}"#
        );
        let details = send(
            context,
            GetTalkspace::new("id"),
            "application/json",
            body.as_bytes(),
        )?;
        let details = received(details)?;
        let got: Vec<_> = details.participants.iter().map(|id| id.as_str()).collect();
        if got != expected {
            return CaseEnd::problem(format!("{body} gives {got:?}"));
        }
    }
    Ok(())
}

fn unknown_fields(context: &CaseContext) -> Verdict {
    let body = br#"{"new":{"a":[1.5,{}]},"ConferenceListResponse":{"new":null,"status":200,"active":"one","more":{"b":"c"}}}"#;
    let list = send(context, ListTalkspaces::new(), "application/json", body)?;
    let list = received(list)?;
    let active: Vec<_> = list.active.iter().map(|id| id.as_str()).collect();
    if active != ["one"] || !list.inactive.is_empty() {
        return CaseEnd::problem(format!(
            "the lists are {:?} and {:?}",
            list.active, list.inactive
        ));
    }
    Ok(())
}

fn wrong_content_type(context: &CaseContext) -> Verdict {
    let body =
        br#"{"ConferenceResponse":{"message":"","status":201,"conferenceId":"one","uri":""}}"#;
    for content_type in [
        "text/html; charset=utf-8",
        "application/octet-stream",
        "image/png",
        "x",
    ] {
        let made = received(send(
            context,
            CreateTalkspace::new("eta"),
            content_type,
            body,
        )?)?;
        if made.conference_id.as_str() != "one" {
            return CaseEnd::problem(format!("as {content_type} it gives {made:?}"));
        }
    }
    Ok(())
}

fn version(context: &CaseContext) -> Verdict {
    for text in ["01.02.06", "1.10", "\n 1.3.10 \r\n"] {
        let got = received(send(
            context,
            GetVersion::new(),
            "text/plain",
            text.as_bytes(),
        )?)?;
        if got.version.as_str() != text.trim() {
            return CaseEnd::problem(format!("{text:?} gives {:?}", got.version));
        }
    }
    Ok(())
}

fn not_utf8(context: &CaseContext) -> Verdict {
    let body = b"{\"ConferenceListResponse\":{\"status\":200,\"message\":\"d\xe9j\xe0\"}}";
    unreadable(send(
        context,
        ListTalkspaces::new(),
        "application/json",
        body,
    )?)?;
    unreadable(send(context, GetVersion::new(), "text/plain", b"1.\xff")?)
}

fn unreadable<T: std::fmt::Debug>(result: Result<T, Error>) -> Verdict {
    match result {
        Err(error) if error.kind() == ErrorKind::Decode => Ok(()),
        other => CaseEnd::problem(format!("the client gave {other:?}")),
    }
}
