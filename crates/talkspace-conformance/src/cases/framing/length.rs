//! `framing/cl*`: Content-Length.

use talkspace_core::FailureKind;

use super::{
    answer, answer_and_end, either, fails, fresh, get, ok, protocol, serve_fresh, truncated,
};
use crate::case::Case;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = bodies();
    cases.extend(fields());
    cases
}

fn bodies() -> Vec<Case> {
    vec![
        Case::must("framing/cl/exact", "the body has as many bytes as announced")
            .per("RFC 9112 §6.2")
            .peer(answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
            .send(get("/"))
            .gives(ok(200).body("hello")),
        Case::must(
            "framing/cl/zero",
            "a body of length 0 is empty, and nothing is waited for",
        )
        .per("RFC 9112 §6.2")
        .peer(answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        .send(get("/"))
        .gives(ok(200).body("")),
        Case::must(
            "framing/cl/short-close",
            "a body that ends before its length is a failure, never a shorter success",
        )
        .per("RFC 9112 §8")
        .cause("the end of the stream is taken for the end of the body")
        .peer(answer_and_end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"))
        .send(get("/"))
        .gives(truncated()),
        Case::must(
            "framing/cl/short-reset",
            "a body that a reset cuts is a failure",
        )
        .per("RFC 9112 §8")
        .cause("any end of reading is taken for the end of the body")
        .peer(answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello").reset())
        .send(get("/"))
        .gives(fails(&[FailureKind::Truncated, FailureKind::Closed])),
        Case::must(
            "framing/cl/extra-bytes",
            "bytes beyond the length are neither delivered nor taken for the next answer",
        )
        .per("RFC 9112 §6.3, §9.2")
        .cause("the connection goes back to the pool with unread bytes on it")
        .peer(answer(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison",
        ))
        .then_peer(serve_fresh())
        .send(get("/1"))
        .gives(ok(200).body("hello"))
        .send(get("/2"))
        .gives(fresh())
        .one_request_per_connection(),
    ]
}

fn fields() -> Vec<Case> {
    vec![
        Case::should(
            "framing/cl/duplicate-equal",
            "two equal lengths are one, or are refused",
        )
        .per("RFC 9112 §6.3")
        .peer(answer_and_end(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        ))
        .send(get("/"))
        .gives(either([ok(200).body("hello"), protocol()])),
        refused(
            "framing/cl/duplicate-different",
            "two lengths that differ are refused",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        ),
        refused(
            "framing/cl/not-a-number",
            "a length that is no number is refused",
            "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
        ),
        refused(
            "framing/cl/negative",
            "a length with a sign is refused",
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        ),
        Case::must(
            "framing/cl/overflow",
            "a length beyond 64 bits is refused, as no length or as too large",
        )
        .per("RFC 9110 §8.6")
        .cause("the number wraps around or saturates")
        .peer(answer_and_end(
            "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551621\r\n\r\nhello",
        ))
        .send(get("/"))
        .gives(fails(&[FailureKind::Protocol, FailureKind::TooLarge])),
        Case::must(
            "framing/cl-and-te",
            "chunks win over a length, or both are refused; the connection is not used again",
        )
        .per("RFC 9112 §6.3")
        .cause("the length is looked at first, or the answer is trusted for the next one")
        .peer(answer(
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        ))
        .then_peer(serve_fresh())
        .send(get("/1"))
        .gives(either([ok(200).body("hello"), protocol()]))
        .send(get("/2"))
        .gives(fresh())
        .one_request_per_connection(),
    ]
}

fn refused(id: &'static str, requirement: &'static str, raw: &'static str) -> Case {
    Case::must(id, requirement)
        .per("RFC 9112 §6.3")
        .cause("a length that cannot be read is taken for none, or the first one wins")
        .peer(answer_and_end(raw))
        .send(get("/"))
        .gives(protocol())
}
