//! `framing/*`: where the body of a response ends.

use crate::client::FailureKind;

use super::{fresh, protocol, respond, respond_and_end, rfc, serve_fresh};
use crate::case::{Capability, Case, ExpectedOutcome, Outgoing, Quote, either, fails, get, ok};

mod chunked;
mod coding;
mod length;
mod limit;
mod stream;

/// What the exchanges of one case ask for, so that a report tells them apart.
const NUMBERED: [&str; 6] = ["/1", "/2", "/3", "/4", "/5", "/6"];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = length::cases();
    cases.extend(chunked::cases());
    cases.extend(coding::cases());
    cases.extend(until_close());
    cases.extend(without_body());
    cases.extend(limit::cases());
    cases.extend(stream::cases());
    cases
}

/// For each of these responses, and the end of the connection, the same outcome.
fn each(case: Case, samples: &'static [&'static str], expect: &ExpectedOutcome) -> Case {
    let samples = samples.iter().zip(NUMBERED);
    samples.fold(case, |case, (raw, target)| {
        case.peer(respond_and_end(raw))
            .send(get(target))
            .gives(expect.clone())
    })
}

/// The end came before the end of the body.
fn truncated() -> ExpectedOutcome {
    fails(&[FailureKind::Truncated])
}

fn until_close() -> Vec<Case> {
    vec![
        Case::required(
            "framing/close-delimited/ok",
            "without Content-Length and Transfer-Encoding the body ends where the connection closes",
            rfc::UNTIL_CLOSE,
        )
        .cause("a missing length is taken for no body")
        .peer(respond_and_end("HTTP/1.1 200 OK\r\n\r\nhello"))
        .send(get("/"))
        .gives(ok(200).body("hello")),
        Case::required(
            "framing/close-delimited/reset",
            "a reset does not end such a body: it is an error",
            rfc::UNLESS_AN_ERROR,
        )
        .building_on(&["framing/close-delimited/ok"])
        .cause("any end of reading is taken for the end of the body")
        .peer(respond("HTTP/1.1 200 OK\r\n\r\nhello").reset())
        .send(get("/"))
        .gives(fails(&[FailureKind::Truncated, FailureKind::Closed])),
    ]
}

/// Responses that have no body whatever their header fields say. Their connection stays
/// open, so an adapter that waits for one runs into its limit.
fn without_body() -> Vec<Case> {
    vec![
        without_body_case(
            "framing/no-body/head-with-length",
            "the response to HEAD has no body; its Content-Length is that of GET",
            Outgoing::new("HEAD", "/1"),
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
            ok(200),
        ),
        without_body_case(
            "framing/no-body/204",
            "204 has no body",
            get("/1"),
            "HTTP/1.1 204 No Content\r\n\r\n",
            ok(204),
        ),
        without_body_case(
            "framing/no-body/304-with-length",
            "304 has no body; its Content-Length is that of 200",
            get("/1"),
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\nETag: \"e\"\r\n\r\n",
            ok(304),
        ),
        without_body_case(
            "framing/no-body/head-with-chunked",
            "the response to HEAD has no body, even with Transfer-Encoding: chunked",
            Outgoing::new("HEAD", "/1"),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            ok(200),
        ),
        without_body_case(
            "framing/no-body/304-with-chunked",
            "304 has no body, even with Transfer-Encoding: chunked",
            get("/1"),
            "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
            ok(304),
        ),
        framed(
            Case::required(
                "framing/no-body/205",
                "205 is framed like any other response, here with Content-Length: 0",
                rfc::LENGTH,
            ),
            get("/1"),
            "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
            ok(205),
        ),
        framed(
            Case::must(
                "framing/no-body/fields-kept",
                "a response without a body has its header fields, Content-Length among them",
            )
            .per("RFC 9110 §8.6")
            .building_on(&["framing/no-body/head-with-length"]),
            Outgoing::new("HEAD", "/1"),
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: \"e\"\r\n\r\n",
            ok(200)
                .header("content-length", "10")
                .header("etag", "\"e\""),
        ),
    ]
}

fn without_body_case(
    id: &'static str,
    requirement: &'static str,
    outgoing: Outgoing,
    raw: &'static str,
    expect: ExpectedOutcome,
) -> Case {
    framed(
        Case::required(id, requirement, rfc::NO_BODY),
        outgoing,
        raw,
        expect,
    )
}

fn framed(case: Case, outgoing: Outgoing, raw: &'static str, expect: ExpectedOutcome) -> Case {
    case.cause("the length is trusted before method and status code are checked")
        .peer(
            respond(raw)
                .read_request()
                .write(crate::case::DEFAULT_RESPONSE),
        )
        .then_peer(crate::wire::Script::serve(crate::case::DEFAULT_RESPONSE))
        .send(outgoing)
        .gives(expect.body(""))
        .send(get("/2"))
}
