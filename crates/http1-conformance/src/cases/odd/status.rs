//! `odd/status*`, `odd/reason`: status lines.

use super::super::head::from_500;
use super::{Class, Table, either, ok, protocol, rfc};
use crate::case::{Case, that};

pub(super) fn classes() -> Vec<Class> {
    vec![unregistered(), out_of_range(), reason(), no_http()]
}

/// What nginx, Cloudflare, load balancers, shops and frameworks say, and nobody has registered.
const UNREGISTERED: [(&str, u16, &str); 18] = [
    ("/218", 218, "This Is Fine"),
    ("/298", 298, "Odd"),
    ("/306", 306, "Switch Proxy"),
    ("/398", 398, "Odd"),
    ("/419", 419, "Page Expired"),
    ("/420", 420, "Enhance Your Calm"),
    ("/430", 430, "Shopify Security Rejection"),
    ("/440", 440, "Login Time-out"),
    ("/449", 449, "Retry With"),
    ("/460", 460, "Client Closed Connection"),
    ("/494", 494, "Request Header Too Large"),
    ("/499", 499, "Client Closed Request"),
    ("/509", 509, "Bandwidth Limit Exceeded"),
    ("/520", 520, "Web Server Returned an Unknown Error"),
    ("/526", 526, "Invalid SSL Certificate"),
    ("/529", 529, "Site is overloaded"),
    ("/561", 561, "Unauthorized"),
    ("/598", 598, "Network Read Timeout"),
];

fn unregistered() -> Class {
    let case = Case::required(
        "odd/status/unregistered",
        "a status code that is not registered is one of its class",
        rfc::CLASS_OF_STATUS,
    )
    .building_on(&["head/status/unrecognized"])
    .cause("the engine has a list of status codes, or an end of each class");
    UNREGISTERED
        .into_iter()
        .fold(Class::new(case), |class, (path, status, reason)| {
            let raw = format!("HTTP/1.1 {status} {reason}\r\nContent-Length: 5\r\n\r\nhello");
            class.row(path, raw, ok(status).body("hello"))
        })
}

/// Some of them are 200 in 16 or in 32 bits, or in their first three digits.
const OUT_OF_RANGE: Table = &[
    ("/000", b"000"),
    ("/0", b"0"),
    ("/1000", b"1000"),
    ("/2000", b"2000"),
    ("/65736", b"65736"),
    ("/4294967496", b"4294967496"),
    ("/minus-200", b"-200"),
];

fn out_of_range() -> Class {
    let case = Case::required(
        "odd/status/out-of-range",
        "a number that is no status code is no success: it is a server's error, or the response is rejected",
        rfc::INVALID_STATUS,
    )
    .building_on(&["head/status/999-and-099"])
    .classified(&["Protocol, MaybeSent"])
    .cause("three digits are read and the others are left, or the number wraps around");
    Class::new(case).rows(
        (
            "HTTP/1.1 ",
            OUT_OF_RANGE,
            " Odd\r\nContent-Length: 0\r\n\r\n",
        ),
        &either([that("a status code from 500", from_500), protocol()]),
    )
}

const REASONS: Table = &[
    ("/a-tab", b"O\tK"),
    ("/spaces-behind", b"OK   "),
    ("/two-spaces-before", b" OK"),
    ("/a-number", b"404"),
    ("/that-of-another", b"Not Found"),
    ("/a-field", b"Content-Length: 2"),
    ("/a-status-line", b"HTTP/1.1 500 Internal Server Error"),
    ("/punctuation", b"\"<>()[]{}:;,?=/\\@"),
    ("/utf-8", b"\xe6\x88\x90\xe5\x8a\x9f"),
    (
        "/an-exception",
        b"java.lang.NullPointerException: Cannot invoke \"String.length()\" because the return value of \"com.example.Greeting.text()\" is null; nested exception is java.lang.IllegalStateException: not ready",
    ),
];

fn reason() -> Class {
    let case = Case::required(
        "odd/reason",
        "a reason phrase is ignored, whatever it says",
        rfc::REASON_IGNORED,
    )
    .building_on(&["head/reason/obs-text"])
    .cause("the status line is split at its spaces, or the phrase has a limit or a meaning");
    Class::new(case).rows(
        (
            "HTTP/1.1 200 ",
            REASONS,
            "\r\nContent-Length: 5\r\n\r\nhello",
        ),
        &ok(200).body("hello"),
    )
}

const NO_HTTP: Table = &[
    ("/lower-case", b"http/1.1 200 OK"),
    ("/a-tab", b"HTTP/1.1\t200 OK"),
    ("/two-spaces", b"HTTP/1.1  200 OK"),
    ("/no-space-behind-the-status", b"HTTP/1.1 200OK"),
    ("/no-version", b"HTTP 200 OK"),
    ("/no-minor-version", b"HTTP/1 200 OK"),
    ("/two-digits", b"HTTP/1.10 200 OK"),
    ("/major-version-of-two-digits", b"HTTP/11.1 200 OK"),
    ("/http2", b"HTTP/2 200"),
    ("/shoutcast", b"ICY 200 OK"),
    ("/rtsp", b"RTSP/1.0 200 OK"),
    ("/sip", b"SIP/2.0 200 OK"),
    ("/a-request", b"GET / HTTP/1.1"),
    ("/a-byte-order-mark-first", b"\xef\xbb\xbfHTTP/1.1 200 OK"),
    ("/a-space-first", b" HTTP/1.1 200 OK"),
    ("/an-alert-of-tls", b"\x15\x03\x03\x00\x02\x02\x28"),
];

fn no_http() -> Class {
    let case = Case::must(
        "odd/status-line/no-http",
        "a response whose first line is nearly that of HTTP/1.1 is rejected",
    )
    .per("RFC 9112 §2.3, §4")
    .building_on(&["head/version/garbage"])
    .classified(&["Protocol, MaybeSent"])
    .cause("the version is compared without regard to case, or only the number behind it is read");
    Class::new(case).rows(
        ("", NO_HTTP, "\r\nContent-Length: 5\r\n\r\nhello"),
        &protocol(),
    )
}
