//! `api/json/*`, `api/text/*`, `api/body/*`: the spellings of answers.

use talkspace_core::{
    CreateTalkspace, Error, ErrorKind, GetTalkspace, GetVersion, ListTalkspaces, Operation,
};

use crate::case::{Bench, Case, Stop, Verdict};
use crate::wire::Script;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must(
            "api/json/one-or-many",
            "a list may be absent, a bare value or an array, of texts or numbers, to the last digit",
        )
        .per("the spec of the API")
        .cause("the adapter changes the body, for instance through a JSON type with floats")
        .run(one_or_many),
        Case::must("api/json/unknown-fields", "fields that the spec does not know are passed over")
            .per("the spec of the API")
            .cause("the body is cut or changed on its way")
            .run(unknown_fields),
        Case::must(
            "api/json/wrong-content-type",
            "the body decides what an answer is, whatever its Content-Type says",
        )
        .per("the spec of the API")
        .cause("the adapter decodes, or refuses, by Content-Type")
        .run(wrong_content_type),
        Case::must("api/text/version", "a version is text, and its zeros are kept")
            .per("the spec of the API")
            .cause("the body is trimmed, cut or taken for a number")
            .run(version),
        Case::must(
            "api/body/not-utf8",
            "an answer that is not UTF-8 is an error that says so",
        )
        .per("RFC 8259 §8.1")
        .cause("the adapter takes bodies for text and replaces what is none")
        .run(not_utf8),
    ]
}

/// Sends an operation to a peer that gives this answer.
fn send<O: Operation>(
    bench: &Bench,
    operation: O,
    content_type: &str,
    body: &[u8],
) -> Result<Result<O::Response, Error>, Stop> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let answer = [head.as_bytes(), body].concat();
    let peer = bench.peer(Script::accept().read_request().write(answer))?;
    Ok(bench.client(&peer.authority())?.send(operation))
}

fn received<T>(result: Result<T, Error>) -> Result<T, Stop> {
    result.or_else(|error| Stop::problem(error.to_string()))
}

fn one_or_many(bench: &Bench) -> Verdict {
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
            bench,
            GetTalkspace::new("id"),
            "application/json",
            body.as_bytes(),
        )?;
        let details = received(details)?;
        let got: Vec<_> = details.participants.iter().map(|id| id.as_str()).collect();
        if got != expected {
            return Stop::problem(format!("{body} gives {got:?}"));
        }
    }
    Ok(())
}

fn unknown_fields(bench: &Bench) -> Verdict {
    let body = br#"{"new":{"a":[1.5,{}]},"ConferenceListResponse":{"new":null,"status":200,"active":"one","more":{"b":"c"}}}"#;
    let list = send(bench, ListTalkspaces::new(), "application/json", body)?;
    let list = received(list)?;
    let active: Vec<_> = list.active.iter().map(|id| id.as_str()).collect();
    if active != ["one"] || !list.inactive.is_empty() {
        return Stop::problem(format!(
            "the lists are {:?} and {:?}",
            list.active, list.inactive
        ));
    }
    Ok(())
}

fn wrong_content_type(bench: &Bench) -> Verdict {
    let body =
        br#"{"ConferenceResponse":{"message":"","status":201,"conferenceId":"one","uri":""}}"#;
    for content_type in [
        "text/html; charset=utf-8",
        "application/octet-stream",
        "image/png",
        "x",
    ] {
        let made = received(send(
            bench,
            CreateTalkspace::new("eta"),
            content_type,
            body,
        )?)?;
        if made.conference_id.as_str() != "one" {
            return Stop::problem(format!("as {content_type} it gives {made:?}"));
        }
    }
    Ok(())
}

fn version(bench: &Bench) -> Verdict {
    for text in ["01.02.06", "1.10", "\n 1.3.10 \r\n"] {
        let got = received(send(
            bench,
            GetVersion::new(),
            "text/plain",
            text.as_bytes(),
        )?)?;
        if got.version.as_str() != text.trim() {
            return Stop::problem(format!("{text:?} gives {:?}", got.version));
        }
    }
    Ok(())
}

fn not_utf8(bench: &Bench) -> Verdict {
    let body = b"{\"ConferenceListResponse\":{\"status\":200,\"message\":\"d\xe9j\xe0\"}}";
    unreadable(send(
        bench,
        ListTalkspaces::new(),
        "application/json",
        body,
    )?)?;
    unreadable(send(bench, GetVersion::new(), "text/plain", b"1.\xff")?)
}

fn unreadable<T: std::fmt::Debug>(result: Result<T, Error>) -> Verdict {
    match result {
        Err(error) if error.kind() == ErrorKind::Decode => Ok(()),
        other => Stop::problem(format!("the client gave {other:?}")),
    }
}
