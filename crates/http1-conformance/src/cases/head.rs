//! `head/*`: status lines and header fields of responses.

use crate::client::FailureKind;

use super::{protocol, respond, respond_and_end, rfc};
use crate::case::{
    Capability, Case, DEFAULT_RESPONSE, ExpectedOutcome, Outcome, either, fails, get, ok, that,
};
use crate::wire::Script;

mod ends;
mod fields;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = status();
    cases.extend(fields::cases());
    cases.extend(ends::cases());
    cases
}

/// Bodies of 204 and 304 are never there, RFC 9112 §6.3.
const STATUSES: [(u16, &str); 17] = [
    (
        200,
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (
        201,
        "HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (
        202,
        "HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (204, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"),
    (
        299,
        "HTTP/1.1 299 Odd\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (
        300,
        "HTTP/1.1 300 Multiple Choices\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (
        304,
        "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n",
    ),
    (
        400,
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (
        401,
        "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (
        404,
        "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (
        408,
        "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (
        418,
        "HTTP/1.1 418 I'm a teapot\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (
        429,
        "HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (
        500,
        "HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (
        502,
        "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (
        503,
        "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
    (
        599,
        "HTTP/1.1 599 Odd\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    ),
];

fn status() -> Vec<Case> {
    vec![
        STATUSES
            .into_iter()
            .fold(
                Case::must(
                    "head/status/every-class",
                    "a response of any status code is a response, with its body",
                ),
                |case, (status, raw)| {
                    let body = if raw.ends_with("hi") { "hi" } else { "" };
                    case.peer(respond_and_end(raw))
                        .send(get("/"))
                        .gives(ok(status).body(body))
                },
            )
            .per("RFC 9110 §15")
            .cause("the engine turns status codes from 400 into errors")
            .building_on(&["framing/no-body/204", "framing/no-body/304-with-length"]),
        Case::required(
            "head/status/unrecognized",
            "a status code that nobody knows is one of its class",
            rfc::CLASS_OF_STATUS,
        )
        .cause("the engine has a list of status codes, and no other")
        .peer(respond_and_end(
            "HTTP/1.1 299 Odd\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
        ))
        .send(get("/"))
        .gives(ok(299).body("hi")),
        Case::required(
            "head/status/999-and-099",
            "a status code outside of 100 to 599 is no success: it is a server's error, or the response is rejected",
            rfc::INVALID_STATUS,
        )
        .cause("the number is stored in a type that panics, or only its size is compared")
        .peer(respond_and_end("HTTP/1.1 999 Odd\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
        .peer(respond_and_end("HTTP/1.1 099 Odd\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
        .send(get("/999"))
        .gives(either([that("a status code from 500", from_500), protocol()]))
        .send(get("/099"))
        .gives(either([that("a status code from 500", from_500), protocol()])),
        Case::should(
            "head/status/600-and-more",
            "a status code from 600 to 999 is returned as it came, with its body",
        )
        .per("RFC 9110 §15, which has it processed as 5xx")
        .cause("the number is compared with a list, or stored in a type that is too small")
        .peer(respond_and_end("HTTP/1.1 600 Odd\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"))
        .peer(respond_and_end("HTTP/1.1 799 Odd\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"))
        .peer(respond_and_end("HTTP/1.1 999 Odd\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"))
        .send(get("/600"))
        .gives(ok(600).body("ok"))
        .send(get("/799"))
        .gives(ok(799).body("ok"))
        .send(get("/999"))
        .gives(ok(999).body("ok")),
        Case::should(
            "head/status/two-digits",
            "a status code that has no three digits is rejected",
        )
        .per("RFC 9112 §4")
        .cause("any number is taken for a status code")
        .peer(respond_and_end("HTTP/1.1 20 Odd\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
        .send(get("/20"))
        .gives(protocol()),
        accepted(
            Case::required(
                "head/reason/empty",
                "a reason phrase may be empty",
                rfc::REASON,
            ),
            "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok",
        ),
        accepted(
            Case::must(
                "head/reason/missing-space",
                "a reason phrase may be absent together with the space before it",
            )
            .per("RFC 9112 §4"),
            "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
        ),
        accepted(
            Case::required(
                "head/reason/obs-text",
                "a reason phrase may hold bytes from 80 to FF",
                rfc::REASON_IGNORED,
            ),
            b"HTTP/1.1 200 d\xe9j\xe0\r\nContent-Length: 2\r\n\r\nok",
        ),
        Case::required(
            "head/version/http10",
            "a response of HTTP/1.0 is understood",
            rfc::INTERPRET,
        )
        .cause("only HTTP/1.1 is taken for a version")
        .peer(respond("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        .send(get("/")),
        Case::required(
            "head/version/http10-not-reused",
            "after a response of HTTP/1.0 without keep-alive the connection is not reused",
            rfc::UNTIL_HTTP10,
        )
        .needs_all(&[Capability::KeepAlive])
        .cause("keep-alive is assumed without checking the version")
        .then_peer(Script::serve("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        .send(get("/1"))
        .send(get("/2"))
        .one_request_per_connection(),
        rejected(
            Case::must(
                "head/version/http2-preface",
                "an HTTP/2 response to an HTTP/1.1 request is rejected",
            ),
            [b"HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok"],
        )
        // Settings of HTTP/2 hold no line at all, so only the end shows what they are not.
        .peer(respond_and_end(
            b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80",
        ))
        .send(get("/"))
        .gives(fails(&[FailureKind::Protocol, FailureKind::Closed])),
        rejected(
            Case::must(
                "head/version/garbage",
                "what is no status line is rejected",
            ),
            [
                b"SSH-2.0-OpenSSH_9.6\r\n\r\n".as_slice(),
                b"<html>hello</html>\r\n\r\n",
                b"HTTP/1.x 200 OK\r\nContent-Length: 2\r\n\r\nok",
                b"HTTP/1.1\r\n\r\n",
            ],
        )
        // It may be there before the request, or be taken for its response.
        .peer(
            Script::accept()
                .write("220 mail.example ESMTP\r\n\r\n")
                .read_head()
                .half_close(),
        )
        .send(get("/"))
        .gives(protocol().any_delivery()),
    ]
}

pub(super) fn from_500(outcome: &Outcome) -> Result<(), String> {
    let status = outcome.head.as_ref().map(|head| head.status.as_u16());
    match status.filter(|_| outcome.error.is_none()) {
        Some(500..) => Ok(()),
        _ => Err(format!("the adapter gave {outcome}")),
    }
}

fn accepted(case: Case, raw: &'static (impl AsRef<[u8]> + ?Sized)) -> Case {
    case.cause("the status line is split at its second space without care")
        .peer(respond(raw))
        .send(get("/"))
}

/// Each of the responses breaks the protocol.
fn rejected<const N: usize>(case: Case, responses: [&'static [u8]; N]) -> Case {
    responses
        .into_iter()
        .fold(case, |case, raw| {
            case.peer(respond_and_end(raw))
                .send(get("/"))
                .gives(protocol())
        })
        .per("RFC 9112 §2.3, §4")
        .cause("the parser is lenient, or its error is reported as another kind")
}

/// The end of a connection before the head is whole.
fn broken() -> ExpectedOutcome {
    fails(&[FailureKind::Closed, FailureKind::Truncated])
}
