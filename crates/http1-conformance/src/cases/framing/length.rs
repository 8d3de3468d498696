//! `framing/cl*`: Content-Length.

use crate::client::FailureKind;

use super::{
    Capability, each, either, fails, fresh, get, ok, protocol, respond, respond_and_end, rfc,
    serve_fresh, truncated,
};
use crate::case::Case;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = bodies();
    cases.extend(fields());
    cases
}

fn bodies() -> Vec<Case> {
    vec![
        Case::required(
            "framing/cl/exact",
            "the body has as many bytes as announced",
            rfc::LENGTH,
        )
            .peer(respond("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
            .send(get("/"))
            .gives(ok(200).body("hello")),
        Case::required(
            "framing/cl/zero",
            "a body of length 0 is empty, and no byte is waited for",
            rfc::LENGTH,
        )
        .peer(respond("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        .send(get("/"))
        .gives(ok(200).body("")),
        Case::required(
            "framing/cl/short-close",
            "a body that ends before its length is an error, never a shorter success",
            rfc::SHORT_OF_LENGTH,
        )
        .cause("the end of the stream is taken for the end of the body")
        .peer(respond_and_end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"))
        .send(get("/"))
        .gives(truncated()),
        Case::required(
            "framing/cl/short-reset",
            "a body that a reset cuts is an error",
            rfc::INCOMPLETE,
        )
        .cause("any end of reading is taken for the end of the body")
        .peer(respond("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello").reset())
        .send(get("/"))
        .gives(fails(&[FailureKind::Truncated, FailureKind::Closed])),
        Case::required(
            "framing/cl/extra-bytes",
            "bytes beyond the length are neither delivered nor taken for the next response",
            rfc::EXTRA_DATA,
        )
        .needs_all(&[Capability::KeepAlive])
        .cause("the connection goes back to the pool with unread bytes on it")
        // Whoever drops the extra bytes may use the connection again.
        .peer(
            respond(
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison",
            )
            .read_request()
            .write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfresh"),
        )
        .then_peer(serve_fresh())
        .send(get("/1"))
        .gives(ok(200).body("hello"))
        .send(get("/2"))
        .gives(fresh()),
    ]
}

fn fields() -> Vec<Case> {
    vec![
        Case::required(
            "framing/cl/duplicate-equal",
            "two equal lengths are one, or are rejected",
            rfc::INVALID_LENGTH,
        )
        .peer(respond_and_end(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello, and more",
        ))
        .send(get("/"))
        .gives(either([ok(200).body("hello"), protocol()])),
        rejected(
            "framing/cl/duplicate-different",
            "two lengths that differ are rejected",
            &[
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
                "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Length: 5\r\n\r\nhello!",
            ],
        ),
        Case::required(
            "framing/cl/list-equal",
            "a list of equal lengths in one line is one length, or is rejected",
            rfc::INVALID_LENGTH,
        )
        .cause("the list is read up to its comma, or taken for no length")
        .peer(respond_and_end(
            "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello, and more",
        ))
        .peer(respond_and_end(
            "HTTP/1.1 200 OK\r\nContent-Length: 5,5 , 5\r\n\r\nhello, and more",
        ))
        .send(get("/1"))
        .gives(either([ok(200).body("hello"), protocol()]))
        .send(get("/2"))
        .gives(either([ok(200).body("hello"), protocol()])),
        rejected(
            "framing/cl/list-different",
            "a list of lengths that differ, or are none, is rejected",
            &[
                "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello!",
                "HTTP/1.1 200 OK\r\nContent-Length: 6,5\r\n\r\nhello!",
                "HTTP/1.1 200 OK\r\nContent-Length: 5, five\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\nContent-Length: 6\r\n\r\nhello!",
            ],
        ),
        rejected(
            "framing/cl/not-a-number",
            "a length that is no number is rejected",
            &[
                "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 5 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 5.0\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 5;q=1\r\n\r\nhello",
            ],
        ),
        rejected(
            "framing/cl/negative",
            "a length with a sign is rejected",
            &[
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: -0\r\n\r\nhello",
            ],
        ),
        Case::required(
            "framing/cl/overflow",
            "a length beyond 64 bits is rejected, as no length or as too large",
            rfc::LARGE_LENGTHS,
        )
        .also(rfc::SHORT_OF_LENGTH)
        .cause("the number wraps around or saturates")
        .peer(respond_and_end(
            "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551621\r\n\r\nhello",
        ))
        .send(get("/"))
        .gives(fails(&[FailureKind::Protocol, FailureKind::TooLarge])),
        Case::required(
            "framing/cl-and-te",
            "Transfer-Encoding overrides Content-Length, or both are rejected",
            rfc::CODING_OVERRIDES,
        )
        .cause("Content-Length is checked first")
        .peer(respond_and_end(BOTH))
        .send(get("/"))
        .gives(either([ok(200).body("hello"), protocol()])),
        Case::must(
            "conn/retired-after-cl-and-te",
            "a connection whose response had both Content-Length and Transfer-Encoding is not reused",
        )
        .per("RFC 9112 §6.1, which asks it of servers")
        .needs_all(&[Capability::KeepAlive])
        .cause("the end of the response is taken for certain")
        .peer(respond(BOTH))
        .then_peer(serve_fresh())
        .send(get("/1"))
        .gives(either([ok(200).body("hello"), protocol()]))
        .send(get("/2"))
        .gives(fresh())
        .one_request_per_connection(),
    ]
}

const BOTH: &str = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

fn rejected(id: &'static str, requirement: &'static str, samples: &'static [&'static str]) -> Case {
    let case = Case::required(id, requirement, rfc::INVALID_LENGTH)
        .also(rfc::INVALID_LENGTH_CLOSES)
        .cause("a length that cannot be read is taken for none, the first one wins, or the parser of numbers takes a sign");
    each(case, samples, &protocol())
}
