//! `framing/chunked/*`: the chunked transfer coding.

use talkspace_core::FailureKind;

use super::{answer, answer_and_end, fails, get, ok, protocol, truncated};
use crate::case::{Case, Expect};
use crate::wire::Script;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = accepted();
    cases.extend(broken());
    cases
}

fn accepted() -> Vec<Case> {
    vec![
        hello(
            "framing/chunked/basic",
            "chunks are joined",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        ),
        hello(
            "framing/chunked/extensions-ignored",
            "extensions of a chunk are passed over",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;name=value;x=\"y z\"\r\nhello\r\n0;last\r\n\r\n",
        ),
        hello(
            "framing/chunked/upper-hex-leading-zeros",
            "sizes are hexadecimal in either case, zeros in front allowed",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: Chunked\r\n\r\n0005\r\nhello\r\n000\r\n\r\n",
        )
        .peer(answer(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n00A\r\nhelloworld\r\n0a\r\nhelloworld\r\n0\r\n\r\n",
        ))
        .send(get("/2"))
        .gives(ok(200).body("helloworldhelloworld")),
        Case::must(
            "framing/chunked/trailers-not-headers",
            "trailers end the body and are not fields of the head",
        )
        .per("RFC 9110 §6.5.1")
        .cause("trailers are merged into the head, where they can change its meaning")
        .peer(answer(
            "HTTP/1.1 200 OK\r\nX-Sum: head\r\nTrailer: X-Sum, X-Late\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: trailer\r\nX-Late: 1\r\n\r\n",
        ))
        .send(get("/"))
        .gives(
            ok(200)
                .header("x-sum", "head")
                .without("x-late")
                .body("hello"),
        ),
        Case::must(
            "framing/chunked/one-byte-chunks",
            "chunks of one byte, a segment each, are joined",
        )
        .per("RFC 9112 §7.1")
        .cause("a chunk is expected in one read")
        .peer(
            Script::accept()
                .read_request()
                .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                .write_each(one_byte_chunks(), 1),
        )
        .send(get("/"))
        .gives(ok(200).body("hello world")),
    ]
}

fn broken() -> Vec<Case> {
    vec![
        cut(
            "framing/chunked/no-last-chunk",
            "a body that ends without its last chunk is a failure",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            truncated(),
        ),
        cut(
            "framing/chunked/cut-in-size-line",
            "a body that ends within a size is a failure",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1",
            truncated(),
        ),
        cut(
            "framing/chunked/bad-size",
            "a size that is not hexadecimal is refused",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n!\r\n0\r\n\r\n",
            protocol(),
        ),
        cut(
            "framing/chunked/size-overflow",
            "a size beyond 64 bits is refused, as no size or as too large",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n",
            fails(&[FailureKind::Protocol, FailureKind::TooLarge]),
        ),
        cut(
            "framing/chunked/missing-crlf",
            "a chunk that is longer than its size is refused",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!!0\r\n\r\n",
            protocol(),
        ),
    ]
}

fn hello(id: &'static str, requirement: &'static str, raw: &'static str) -> Case {
    Case::must(id, requirement)
        .per("RFC 9112 §7.1")
        .peer(answer(raw))
        .send(get("/"))
        .gives(ok(200).body("hello"))
}

fn cut(id: &'static str, requirement: &'static str, raw: &'static str, expect: Expect) -> Case {
    Case::must(id, requirement)
        .per("RFC 9112 §7.1, §8")
        .cause("what cannot be read is taken for the end, or reported as another kind")
        .peer(answer_and_end(raw))
        .send(get("/"))
        .gives(expect)
}

fn one_byte_chunks() -> Vec<u8> {
    let mut chunks = Vec::new();
    for byte in *b"hello world" {
        chunks.extend([b'1', b'\r', b'\n', byte, b'\r', b'\n']);
    }
    chunks.extend(b"0\r\n\r\n");
    chunks
}
