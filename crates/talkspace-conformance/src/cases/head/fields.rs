//! `head/headers/*`: the header fields of responses.

use super::{protocol, rejected, respond, respond_and_end};
use crate::case::{Case, ExpectedOutcome, either, get, ok};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = accepted();
    cases.extend(doubtful());
    cases
}

fn accepted() -> Vec<Case> {
    vec![
        field(
            "head/headers/duplicates-in-order",
            "header fields of one name stay separate and in order",
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=1, b\r\nX: y\r\nSet-Cookie: c=2\r\nSet-Cookie: a=3\r\nContent-Length: 2\r\n\r\nok",
            ok(200).headers("set-cookie", ["a=1, b", "c=2", "a=3"]),
        )
        .per("RFC 9110 §5.3")
        .cause("header fields are joined with commas, or kept in a map of single values"),
        field(
            "head/headers/obs-text",
            "a field value with bytes from 80 to FF is kept, as bytes",
            b"HTTP/1.1 200 OK\r\nX-Name: Jos\xe9\xff\x80\r\nContent-Length: 2\r\n\r\nok",
            ok(200).header("x-name", b"Jos\xe9\xff\x80".as_slice()),
        )
        .per("RFC 9110 §5.5")
        .cause("field values that are not UTF-8 are skipped"),
        field(
            "head/headers/ows-trimmed",
            "white space around a field value is no part of it",
            "HTTP/1.1 200 OK\r\nX-A: \t a b \t \r\nX-B:c\r\nContent-Length: 2\r\n\r\nok",
            ok(200).header("x-a", "a b").header("x-b", "c"),
        )
        .per("RFC 9112 §5.1"),
        field(
            "head/headers/case-insensitive",
            "field names are case-insensitive, those of framing too",
            "HTTP/1.1 200 OK\r\nX-fOO: bar\r\ncONTENT-lENGTH: 2\r\n\r\nok",
            ok(200).header("x-foo", "bar").body("ok"),
        )
        .per("RFC 9110 §5.1"),
        field(
            "head/headers/empty-value",
            "a header field without a value is kept",
            "HTTP/1.1 200 OK\r\nX-Empty:\r\nX-Blank:  \r\nContent-Length: 2\r\n\r\nok",
            ok(200).header("x-empty", "").header("x-blank", ""),
        )
        .per("RFC 9110 §5.5"),
    ]
}

fn doubtful() -> Vec<Case> {
    vec![
        Case::should(
            "head/headers/obs-fold",
            "a folded field value is joined by spaces or rejected, never cut",
        )
        .per("RFC 9112 §5.2")
        .cause("the second line is taken for a header field of its own, or dropped")
        .peer(respond_and_end(
            "HTTP/1.1 200 OK\r\nX-Fold: one\r\n two\r\nContent-Length: 2\r\n\r\nok",
        ))
        .send(get("/"))
        .gives(either([
            protocol(),
            ok(200).header("x-fold", "one two").body("ok"),
            ok(200).header("x-fold", "one   two").body("ok"),
        ])),
        replaced_or_rejected(
            "head/headers/nul",
            "a NUL in a field value is rejected or becomes a space",
            b"HTTP/1.1 200 OK\r\nX-A: a\x00b\r\nContent-Length: 2\r\n\r\nok",
        ),
        rejected(
            Case::must(
                "head/headers/space-before-colon",
                "white space between a field name and its colon is rejected",
            ),
            [b"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok"],
        )
        .per("RFC 9112 §5.1"),
        replaced_or_rejected(
            "head/headers/bare-cr",
            "a CR without its LF in a field value is rejected or becomes a space",
            b"HTTP/1.1 200 OK\r\nX-A: a\rb\r\nContent-Length: 2\r\n\r\nok",
        ),
    ]
}

fn field(
    id: &'static str,
    requirement: &'static str,
    raw: &'static (impl AsRef<[u8]> + ?Sized),
    expect: ExpectedOutcome,
) -> Case {
    Case::must(id, requirement)
        .peer(respond(raw))
        .send(get("/"))
        .gives(expect)
}

fn replaced_or_rejected(id: &'static str, requirement: &'static str, raw: &'static [u8]) -> Case {
    Case::must(id, requirement)
        .per("RFC 9110 §5.5, RFC 9112 §2.2")
        .cause("the parser keeps control characters, which splits messages further on")
        .peer(respond_and_end(raw))
        .send(get("/"))
        .gives(either([
            protocol(),
            ok(200).header("x-a", "a b").body("ok"),
        ]))
}
