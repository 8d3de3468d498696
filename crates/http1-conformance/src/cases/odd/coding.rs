//! `odd/coding/*`: Transfer-Encoding.

use super::{Class, Table, ok, protocol, rfc, unless_rejected};
use crate::case::Case;

pub(super) fn classes() -> Vec<Class> {
    vec![chunked(), not_chunked(), parameters()]
}

const BEFORE: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: ";
const CHUNKS: &str = "\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

const CHUNKED: Table = &[
    ("/capitals", b"CHUNKED"),
    ("/white-space-around", b"\t chunked \t"),
    (
        "/with-fields-that-are-near",
        b"chunked\r\nTE: gzip\r\nContent-Encoding: identity",
    ),
];

fn chunked() -> Class {
    let case = Case::required(
        "odd/coding/chunked",
        "chunked is chunked in any letters, with white space around it",
        rfc::CHUNKED,
    )
    .also(rfc::EXCLUDE_WHITESPACE)
    .building_on(&["framing/chunked/basic", "head/headers/ows-trimmed"])
    .cause("the value is compared byte by byte");
    Class::new(case).rows((BEFORE, CHUNKED, CHUNKS), &ok(200).body("hello"))
}

const NOT_CHUNKED: Table = &[
    ("/identity", b"identity"),
    ("/gzip", b"gzip"),
    ("/chunked-before-gzip", b"chunked, gzip"),
    (
        "/chunked-before-gzip-in-two-lines",
        b"chunked\r\nTransfer-Encoding: gzip",
    ),
    ("/longer-before", b"xchunked"),
    ("/longer-before-with-a-hyphen", b"x-chunked"),
    ("/longer-behind", b"chunkedx"),
    ("/shorter", b"chunk"),
    ("/two-words", b"not chunked"),
    ("/quoted", b"\"chunked\""),
];

fn not_chunked() -> Class {
    let case = Case::required(
        "odd/coding/not-chunked",
        "a body whose last transfer coding is not chunked is rejected, or returned raw up to the close",
        rfc::NOT_FINALLY_CHUNKED,
    )
    .building_on(&["framing/te/unknown-coding", "framing/close-delimited/ok"])
    .classified(&["Protocol, MaybeSent"])
    .cause("chunked is looked for anywhere in the value");
    Class::new(case).rows(
        (BEFORE, NOT_CHUNKED, CHUNKS),
        &unless_rejected(ok(200).body("5\r\nhello\r\n0\r\n\r\n")),
    )
}

const PARAMETERS: Table = &[
    ("/quality", b"chunked;q=1"),
    ("/spaces", b"chunked ; q = 0.5"),
    ("/no-value", b"chunked;a"),
    ("/quoted-value", b"chunked;a=\"b, c\""),
];

fn parameters() -> Class {
    let case = Case::required(
        "odd/coding/parameters",
        "chunked with a parameter is an error",
        rfc::NO_PARAMETERS,
    )
    .building_on(&["framing/chunked/basic"])
    .classified(&["Protocol, MaybeSent"])
    .cause("the value is read up to its semicolon");
    Class::new(case).rows((BEFORE, PARAMETERS, CHUNKS), &protocol())
}
