//! `odd/fields/*`: field lines.

use super::{Class, Table, ok, protocol, rfc, unless_rejected};
use crate::case::{Case, Outcome, both, either, that};

pub(super) fn classes() -> Vec<Class> {
    vec![unknown(), octets(), controls(), folded(), space_first()]
}

/// Behind a field line.
const HELLO: &str = "\r\nContent-Length: 5\r\n\r\nhello";

/// Names that are near to those with a meaning, of requests, of other protocols, and of
/// intermediaries that have put a field out of force.
const UNKNOWN: Table = &[
    ("/x-content-length", b"X-Content-Length: 2"),
    ("/content-length-with-an-underscore", b"Content_Length: 2"),
    ("/content-length-without-its-hyphen", b"ContentLength: 2"),
    ("/content-length-of-a-part", b"Content-Length-Encoded: 2"),
    ("/x-transfer-encoding", b"X-Transfer-Encoding: chunked"),
    (
        "/transfer-encoding-with-an-underscore",
        b"Transfer_Encoding: chunked",
    ),
    (
        "/content-transfer-encoding",
        b"Content-Transfer-Encoding: base64",
    ),
    ("/transfer-codings-of-a-request", b"TE: chunked"),
    ("/status-of-a-gateway", b"Status: 404 Not Found"),
    ("/connection-scrambled", b"Cneonction: close"),
    ("/connection-scrambled-again", b"nnCoection: close"),
    (
        "/upgrade-that-is-offered",
        b"Upgrade: h2,h2c\r\nConnection: Upgrade",
    ),
    ("/alternative", b"Alt-Svc: h3=\":443\"; ma=86400"),
    ("/expect-of-a-request", b"Expect: 100-continue"),
    ("/host-of-a-request", b"Host: example.com"),
    ("/every-character-of-a-name", b"!#$%&'*+-.^_`|~09AZaz: x"),
    ("/one-letter", b"q: x"),
    ("/one-digit", b"0: x"),
];

fn unknown() -> Class {
    let case = Case::required(
        "odd/fields/unknown",
        "a header field that has no meaning in a response changes nothing, however near its name is to one that has",
        rfc::UNKNOWN_FIELDS,
    )
    .building_on(&["framing/cl/exact"])
    .cause("names are compared in part, or after an underscore has become a hyphen");
    Class::new(case).rows(
        ("HTTP/1.1 200 OK\r\n", UNKNOWN, HELLO),
        &ok(200).body("hello"),
    )
}

/// What readers of text take for the end of a line, or for a character that swallows it.
const OCTETS: Table = &[
    ("/ends-in-a-lead-byte", b"a\xe4"),
    ("/ends-in-half-a-character", b"a\xf0\x9f"),
    ("/ends-in-a-lead-byte-of-shift-jis", b"a\x83"),
    ("/utf-16", b"\xff\xfea"),
    ("/next-line", b"a\x85X-Split: yes"),
    ("/next-line-in-utf-8", b"a\xc2\x85X-Split: yes"),
    ("/line-separator", b"a\xe2\x80\xa8X-Split: yes"),
    ("/line-feed-in-two-bytes", b"a\xc0\x8aX-Split: yes"),
    (
        "/letters-that-end-like-line-ends",
        b"a\xe5\x98\x8d\xe5\x98\x8aX-Split: yes",
    ),
];

fn octets() -> Class {
    let case = Case::required(
        "odd/fields/octets",
        "a field line ends at its line end, whatever its octets are in an encoding: it is one field, or the response is rejected",
        rfc::OCTETS,
    )
    .building_on(&["framing/cl/exact"])
    .classified(&["Protocol, MaybeSent"])
    .cause("the head is decoded to text, and the text is split into lines");
    Class::new(case).rows(
        (
            "HTTP/1.1 200 OK\r\nX: ",
            OCTETS,
            "\r\nY: b\r\nContent-Length: 5\r\n\r\nhello",
        ),
        &unless_rejected(ok(200).header("y", "b").without("x-split").body("hello")),
    )
}

const CONTROLS: Table = &[
    ("/cr-before-another-field", b"OK\r\nX: a\rX-Split: yes"),
    (
        "/cr-twice-before-another-field",
        b"OK\r\nX: a\r\rX-Split: yes",
    ),
    ("/cr-before-the-line-end", b"OK\r\nX: a\r"),
    ("/cr-alone", b"OK\r\nX: \r"),
    ("/cr-in-the-reason", b"O\rX-Split: yes"),
    ("/cr-in-a-name", b"OK\r\nX\rX-Split: yes"),
    ("/nul-first", b"OK\r\nX: \0a"),
    ("/nul-last", b"OK\r\nX: a\0"),
    ("/nul-alone", b"OK\r\nX: \0"),
];

fn controls() -> Class {
    let case = Case::required(
        "odd/fields/controls",
        "CR or NUL at any place of a head is rejected or becomes a space; it ends nothing",
        rfc::CONTROLS,
    )
    .also(rfc::BARE_CR)
    .building_on(&["head/headers/nul", "head/headers/bare-cr"])
    .classified(&["Protocol, MaybeSent"])
    .cause("CR alone is taken for the end of a line, NUL for the end of a text");
    Class::new(case).rows(
        ("HTTP/1.1 200 ", CONTROLS, HELLO),
        &unless_rejected(ok(200).without("x-split").body("hello")),
    )
}

/// The value of `X` is always the same.
const FOLDED: Table = &[
    ("/tab", b"X: one\r\n\ttwo\r\nContent-Length: 5"),
    ("/white-space", b"X: one  \r\n \t  two\r\nContent-Length: 5"),
    ("/nothing-before", b"X:\r\n one two\r\nContent-Length: 5"),
    (
        "/nothing-between",
        b"X: one\r\n \r\n two\r\nContent-Length: 5",
    ),
    ("/twice", b"X:\r\n one\r\n two\r\nContent-Length: 5"),
    (
        "/like-a-field",
        b"X: one two\r\nZ: z\r\n X-Split: yes\r\nContent-Length: 5",
    ),
    ("/length", b"X: one two\r\nContent-Length:\r\n 5"),
    ("/last", b"Content-Length: 5\r\nX: one\r\n two"),
];

fn folded() -> Class {
    let case = Case::required(
        "odd/fields/folded",
        "a field value is joined wherever it is folded, or the response is rejected",
        rfc::OBS_FOLD,
    )
    .building_on(&["head/headers/obs-fold", "framing/cl/exact"])
    .classified(&["Protocol, MaybeSent"])
    .cause("only a space begins a line of a folded value, or a colon in it a field of its own");
    let joined = that(
        "X: one two, with any spaces between",
        |outcome: &Outcome| {
            let head = outcome.head.as_ref();
            let value = head.and_then(|head| head.headers.get("x"));
            let words = value.map(|value| value.as_bytes().split(|byte| b" \t".contains(byte)));
            let words: Vec<_> = words
                .into_iter()
                .flatten()
                .filter(|word| !word.is_empty())
                .collect();
            match words[..] {
                [b"one", b"two"] => Ok(()),
                _ => Err(format!("the header field x is {value:?}")),
            }
        },
    );
    Class::new(case).rows(
        ("HTTP/1.1 200 OK\r\n", FOLDED, "\r\n\r\nhello"),
        &either([
            protocol(),
            both(ok(200).without("x-split").body("hello"), joined),
        ]),
    )
}

const SPACE_FIRST: Table = &[
    ("/space", b" X: a"),
    ("/tab", b"\tX: a"),
    ("/two-lines", b" X: a\r\n\tX: b"),
    ("/space-alone", b" "),
    ("/no-field", b" hello"),
    ("/length", b" Content-Length: 2"),
    ("/coding", b" Transfer-Encoding: chunked"),
];

fn space_first() -> Class {
    let case = Case::required(
        "odd/fields/space-first",
        "a line with white space before the first header field is ignored, or the response is rejected",
        rfc::SPACE_FIRST,
    )
    .building_on(&["framing/cl/exact"])
    .classified(&["Protocol, MaybeSent"])
    .cause("lines are trimmed, or added to the status line");
    Class::new(case).rows(
        ("HTTP/1.1 200 OK\r\n", SPACE_FIRST, HELLO),
        &unless_rejected(ok(200).without("x").body("hello")),
    )
}
