//! `framing/*`: where the body of an answer ends.

use talkspace_core::FailureKind;

use super::{answer, answer_and_end, fresh, protocol, serve_fresh};
use crate::case::{Case, Expect, Outgoing, either, fails, get, ok};

mod chunked;
mod coding;
mod length;
mod limit;
mod stream;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = length::cases();
    cases.extend(chunked::cases());
    cases.extend(coding::cases());
    cases.extend(until_close());
    cases.extend(nobody());
    cases.extend(limit::cases());
    cases.extend(stream::cases());
    cases
}

/// The end came before the end of the body.
fn truncated() -> Expect {
    fails(&[FailureKind::Truncated])
}

fn until_close() -> Vec<Case> {
    vec![
        Case::must(
            "framing/close-delimited/ok",
            "without length and coding the body ends where the connection ends",
        )
        .per("RFC 9112 §6.3")
        .cause("a missing length is taken for no body")
        .peer(answer_and_end("HTTP/1.1 200 OK\r\n\r\nhello"))
        .send(get("/"))
        .gives(ok(200).body("hello")),
        Case::must(
            "framing/close-delimited/reset",
            "a reset does not end such a body, it breaks it",
        )
        .per("RFC 9112 §8")
        .cause("any end of reading is taken for the end of the body")
        .peer(answer("HTTP/1.1 200 OK\r\n\r\nhello").reset())
        .send(get("/"))
        .gives(fails(&[FailureKind::Truncated, FailureKind::Closed])),
    ]
}

/// Answers that have no body whatever their fields say. Their connection stays
/// open, so an adapter that waits for one runs into its limit.
fn nobody() -> Vec<Case> {
    vec![
        nobody_case(
            "framing/nobody/head-with-length",
            "the answer to HEAD has no body, and its length is that of GET",
            Outgoing::new("HEAD", "/1"),
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
            ok(200).header("content-length", "10"),
        ),
        nobody_case(
            "framing/nobody/204",
            "204 has no body",
            get("/1"),
            "HTTP/1.1 204 No Content\r\n\r\n",
            ok(204),
        ),
        nobody_case(
            "framing/nobody/304-with-length",
            "304 has no body, and its length is that of 200",
            get("/1"),
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\nETag: \"e\"\r\n\r\n",
            ok(304).header("etag", "\"e\""),
        ),
        nobody_case(
            "framing/nobody/head-with-chunked",
            "the answer to HEAD has no body, though its coding be that of GET",
            Outgoing::new("HEAD", "/1"),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            ok(200),
        ),
        nobody_case(
            "framing/nobody/304-with-chunked",
            "304 has no body, though its coding be that of 200",
            get("/1"),
            "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
            ok(304),
        ),
        nobody_case(
            "framing/nobody/205",
            "205 is framed like any other answer, here with length 0",
            get("/1"),
            "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
            ok(205),
        ),
    ]
}

fn nobody_case(
    id: &'static str,
    requirement: &'static str,
    outgoing: Outgoing,
    raw: &'static str,
    expect: Expect,
) -> Case {
    Case::must(id, requirement)
        .per("RFC 9112 §6.3")
        .cause("the length is believed before method and status are looked at")
        .peer(
            answer(raw)
                .read_request()
                .write(crate::case::DEFAULT_ANSWER),
        )
        .then_peer(crate::wire::Script::serve(crate::case::DEFAULT_ANSWER))
        .send(outgoing)
        .gives(expect.body(""))
        .send(get("/2"))
}
