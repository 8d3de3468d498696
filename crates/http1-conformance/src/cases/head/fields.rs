//! `head/headers/*`: the header fields of responses.

use super::{protocol, rejected, respond, respond_and_end, rfc};
use crate::case::{Case, ExpectedOutcome, Quote, either, get, ok};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = accepted();
    cases.extend(doubtful());
    cases
}

fn accepted() -> Vec<Case> {
    vec![
        field(
            Case::must(
                "head/headers/duplicates-in-order",
                "header fields of one name stay separate and in order",
            )
            .per("RFC 9110 §5.3"),
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=1, b\r\nX: y\r\nSet-Cookie: c=2\r\nSet-Cookie: a=3\r\nContent-Length: 2\r\n\r\nok",
            ok(200).headers("set-cookie", ["a=1, b", "c=2", "a=3"]),
        )
        .cause("header fields are joined with commas, or kept in a map of single values"),
        field(
            Case::required(
                "head/headers/obs-text",
                "a field value with bytes from 80 to FF is kept, as bytes",
                rfc::OBS_TEXT,
            ),
            b"HTTP/1.1 200 OK\r\nX-Name: Jos\xe9\xff\x80\r\nContent-Length: 2\r\n\r\nok",
            ok(200).header("x-name", b"Jos\xe9\xff\x80".as_slice()),
        )
        .cause("field values that are not UTF-8 are skipped"),
        field(
            Case::required(
                "head/headers/ows-trimmed",
                "white space around a field value is no part of it",
                rfc::EXCLUDE_WHITESPACE,
            ),
            "HTTP/1.1 200 OK\r\nX-A: \t a b \t \r\nX-B:c\r\nContent-Length: 2\r\n\r\nok",
            ok(200).header("x-a", "a b").header("x-b", "c"),
        ),
        field(
            Case::required(
                "head/headers/case-insensitive",
                "field names are case-insensitive, those of framing too",
                rfc::FIELD_NAMES,
            ),
            "HTTP/1.1 200 OK\r\nX-fOO: bar\r\ncONTENT-lENGTH: 2\r\n\r\nok",
            ok(200).header("x-foo", "bar").body("ok"),
        ),
        field(
            Case::required(
                "head/headers/empty-value",
                "a header field may be without a value",
                rfc::FIELD_VALUE,
            ),
            "HTTP/1.1 200 OK\r\nX-Empty:\r\nX-Blank:  \r\nContent-Length: 2\r\n\r\nok",
            ok(200).body("ok"),
        )
        .cause("the parser wants a value"),
        field(
            Case::must(
                "head/headers/empty-value-kept",
                "a header field without a value is kept",
            )
            .per("RFC 9110 §5.5"),
            "HTTP/1.1 200 OK\r\nX-Empty:\r\nX-Blank:  \r\nContent-Length: 2\r\n\r\nok",
            ok(200).header("x-empty", "").header("x-blank", ""),
        ),
    ]
}

fn doubtful() -> Vec<Case> {
    vec![
        Case::required(
            "head/headers/obs-fold",
            "a folded field value is joined by spaces, or the response is rejected; it is never cut",
            rfc::OBS_FOLD,
        )
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
            rfc::CONTROLS,
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
            rfc::BARE_CR,
        ),
    ]
}

fn field(case: Case, raw: &'static (impl AsRef<[u8]> + ?Sized), expect: ExpectedOutcome) -> Case {
    case.peer(respond(raw)).send(get("/")).gives(expect)
}

fn replaced_or_rejected(
    id: &'static str,
    requirement: &'static str,
    raw: &'static [u8],
    quote: Quote,
) -> Case {
    Case::required(id, requirement, quote)
        .cause("the parser keeps control characters, which splits messages further on")
        .peer(respond_and_end(raw))
        .send(get("/"))
        .gives(either([
            protocol(),
            ok(200).header("x-a", "a b").body("ok"),
        ]))
}
