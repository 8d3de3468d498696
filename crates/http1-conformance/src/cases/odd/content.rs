//! `odd/no-body/*`, `odd/until-close`, `odd/interim`: whether there is a body, and whose.

use super::{Class, Table, ok, rfc};
use crate::case::Case;

pub(super) fn classes() -> Vec<Class> {
    vec![interim(), head(), status(), until_close()]
}

const INTERIM: Table = &[
    (
        "/100-with-a-length",
        b"HTTP/1.1 100 Continue\r\nContent-Length: 5",
    ),
    (
        "/100-with-a-length-of-0",
        b"HTTP/1.1 100 Continue\r\nContent-Length: 0",
    ),
    (
        "/100-with-connection",
        b"HTTP/1.1 100 Continue\r\nConnection: keep-alive",
    ),
    ("/100-without-a-reason", b"HTTP/1.1 100 "),
    (
        "/100-twice",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue",
    ),
    (
        "/103-with-a-coding",
        b"HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked",
    ),
    (
        "/104",
        b"HTTP/1.1 104 Upload Resumption Supported\r\nLocation: /upload",
    ),
    ("/199", b"HTTP/1.1 199 Odd"),
];

fn interim() -> Class {
    let case = Case::required(
        "odd/interim",
        "an interim (1xx) response is skipped whatever its code and its header fields are, and has no body",
        rfc::INTERIM,
    )
    .also(rfc::NO_BODY)
    .building_on(&["interim/100-unsolicited", "interim/102-103-many"])
    .cause("the interim (1xx) response is framed like a final one, or its code is not known");
    Class::new(case).rows(
        (
            "",
            INTERIM,
            "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        ),
        &ok(200).body("hello"),
    )
}

/// A status line and header fields, and the status code.
type Heads = &'static [(&'static str, u16, &'static str)];

/// A row for each of these heads, with the same body behind it, of which `body` is returned.
fn heads(class: Class, heads: Heads, behind: &str, body: &'static str) -> Class {
    heads.iter().fold(class, |class, (path, status, head)| {
        class.row(
            path,
            format!("{head}\r\n\r\n{behind}"),
            ok(*status).body(body),
        )
    })
}

const OF_HEAD: Heads = &[
    (
        "/length-and-type",
        200,
        "HTTP/1.1 200 OK\r\nContent-Type: multipart/byteranges; boundary=b\r\nContent-Length: 5",
    ),
    ("/http10", 200, "HTTP/1.0 200 OK\r\nContent-Length: 5"),
    (
        "/not-found",
        404,
        "HTTP/1.1 404 Not Found\r\nContent-Length: 5",
    ),
    (
        "/failure",
        500,
        "HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked",
    ),
    (
        "/part",
        206,
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/11\r\nContent-Length: 5",
    ),
];

fn head() -> Class {
    let case = Case::required(
        "odd/no-body/head",
        "the response to HEAD ends with its head, whatever its status code and its framing are",
        rfc::NO_BODY,
    )
    .building_on(&[
        "framing/no-body/head-with-length",
        "framing/no-body/head-with-chunked",
    ])
    .cause("some framing is trusted, or rejected, before the method is checked");
    let class = Class {
        method: "HEAD",
        ..Class::new(case)
    };
    heads(class, OF_HEAD, "", "")
}

const BODILESS: Heads = &[
    (
        "/204-with-a-length",
        204,
        "HTTP/1.1 204 No Content\r\nContent-Length: 5",
    ),
    (
        "/204-with-chunked",
        204,
        "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked",
    ),
    (
        "/304-with-a-type",
        304,
        "HTTP/1.1 304 Not Modified\r\nContent-Type: text/html\r\nContent-Encoding: gzip",
    ),
];

fn status() -> Class {
    let case = Case::required(
        "odd/no-body/status",
        "a 204 and a 304 end with their heads, whatever their framing is",
        rfc::NO_BODY,
    )
    .building_on(&[
        "framing/no-body/204",
        "framing/no-body/304-with-length",
        "framing/no-body/304-with-chunked",
    ])
    .cause("some framing is trusted, or rejected, before the status code is checked");
    heads(Class::new(case), BODILESS, "", "")
}

const UNTIL_CLOSE: Heads = &[
    (
        "/keep-alive",
        200,
        "HTTP/1.1 200 OK\r\nConnection: keep-alive",
    ),
    (
        "/keep-alive-of-http10",
        200,
        "HTTP/1.0 200 OK\r\nConnection: keep-alive",
    ),
    (
        "/keep-alive-with-a-timeout",
        200,
        "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100",
    ),
    ("/http10", 200, "HTTP/1.0 200 OK"),
    ("/created", 201, "HTTP/1.1 201 Created\r\nLocation: /1"),
    ("/not-found", 404, "HTTP/1.1 404 Not Found"),
    ("/failure", 500, "HTTP/1.1 500 Oops"),
    (
        "/range",
        206,
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/5",
    ),
    (
        "/parts-that-say-where-they-end",
        206,
        "HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=hello",
    ),
    ("/trailer-announced", 200, "HTTP/1.1 200 OK\r\nTrailer: X"),
    (
        "/type-alone",
        200,
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream",
    ),
];

fn until_close() -> Class {
    let case = Case::required(
        "odd/until-close",
        "without Content-Length and Transfer-Encoding the body ends where the connection closes, whatever else the head says",
        rfc::UNTIL_CLOSE,
    )
    .building_on(&["framing/close-delimited/ok"])
    .cause("another header field, or the status code, is taken for an end of the body");
    let body = "--hello--\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno";
    heads(Class::new(case), UNTIL_CLOSE, body, body)
}
