//! `framing/chunked/*`: the chunked transfer coding.

use std::sync::LazyLock;

use crate::client::FailureKind;

use super::{Quote, each, fails, get, ok, protocol, respond, respond_and_end, rfc, truncated};
use crate::case::{Case, ExpectedOutcome};
use crate::cases::sources::pattern;
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
            rfc::CHUNKED,
        ),
        hello(
            "framing/chunked/extensions-ignored",
            "chunk extensions are ignored",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;name=value;x=\"y z\"\r\nhello\r\n0;last\r\n\r\n",
            rfc::CHUNK_EXTENSIONS,
        ),
        hello(
            "framing/chunked/upper-hex-leading-zeros",
            "chunk sizes are hexadecimal in either case, leading zeros allowed",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: Chunked\r\n\r\n0005\r\nhello\r\n000\r\n\r\n",
            rfc::CHUNKED,
        )
        .peer(respond(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n00A\r\nhelloworld\r\n0a\r\nhelloworld\r\n0\r\n\r\n",
        ))
        .send(get("/2"))
        .gives(ok(200).body("helloworldhelloworld")),
        Case::required(
            "framing/chunked/extension-whitespace",
            "white space around the semicolon of a chunk extension is removed",
            rfc::BAD_WHITESPACE,
        )
        .cause("the size ends at the semicolon, white space and all")
        .peer(respond(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5 ;name=value\r\nhello\r\n0\r\n\r\n",
        ))
        .peer(respond(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\t; name = \"v\"\r\nhello\r\n0 ; last\r\n\r\n",
        ))
        .send(get("/1"))
        .gives(ok(200).body("hello"))
        .send(get("/2"))
        .gives(ok(200).body("hello")),
        Case::required(
            "framing/chunked/trailers-not-headers",
            "trailer fields end the body and are not merged into the header fields",
            rfc::TRAILERS,
        )
        .also(rfc::CHUNKED)
        .cause("trailer fields are merged into the header fields, where they can change their meaning")
        .peer(respond(
            "HTTP/1.1 200 OK\r\nX-Sum: head\r\nTrailer: X-Sum, X-Late\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: trailer\r\nX-Late: 1\r\n\r\n",
        ))
        .send(get("/"))
        .gives(
            ok(200)
                .header("x-sum", "head")
                .without("x-late")
                .body("hello"),
        ),
        Case::required(
            "framing/chunked/one-byte-chunks",
            "chunks of one byte, a segment each, are joined",
            rfc::CHUNKED,
        )
        .also(rfc::OCTETS)
        .cause("a chunk is expected in one read")
        .peer(
            Script::accept()
                .read_request()
                .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                .write_each(one_byte_chunks(), 1),
        )
        .send(get("/"))
        .gives(ok(200).body("hello world")),
        Case::required(
            "framing/chunked/mixed-sizes",
            "chunks of any size arrive whole and in order, small ones and large ones together",
            rfc::CHUNKED,
        )
        .cause("small chunks are joined, and a large one behind them is lost or comes too early")
        .peer(respond(&*MIXED_CHUNKS))
        .send(get("/"))
        .gives(ok(200).body(MIXED_BODY.as_slice())),
    ]
}

fn broken() -> Vec<Case> {
    vec![
        cut(
            Case::required(
                "framing/chunked/no-last-chunk",
                "a body that ends without its last chunk is an error",
                rfc::NO_LAST_CHUNK,
            ),
            &["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
            truncated(),
        ),
        cut(
            Case::required(
                "framing/chunked/cut-in-size-line",
                "a body that ends within a chunk size is an error",
                rfc::NO_LAST_CHUNK,
            ),
            &["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1"],
            truncated(),
        ),
        cut(
            Case::required(
                "framing/chunked/no-size",
                "where a chunk size should be and no number is, the body is not taken for a whole one",
                rfc::NO_LAST_CHUNK,
            ),
            &[
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n!\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n",
            ],
            protocol(),
        ),
        cut(
            Case::must(
                "framing/chunked/bad-size",
                "a chunk size that is not hexadecimal is rejected",
            )
            .per("RFC 9112 §7.1, whose grammar has hexadecimal digits alone; RFC 9110 §2.4 lets a recipient recover"),
            &[
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 5\r\nhello\r\n0\r\n\r\n",
            ],
            protocol(),
        ),
        Case::must(
            "framing/chunked/bare-lf",
            "a line of the chunked coding that ends with LF alone is rejected",
        )
        .per("RFC 9112 §7.1, whose grammar has CRLF; §2.2 allows LF alone in heads only")
        .building_on(&["framing/chunked/basic"])
        .cause("lines are split at LF, whatever is before it")
        .peer(respond_and_end(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
        ))
        .peer(respond_and_end(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n",
        ))
        .peer(respond_and_end(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\nhello\r\n0\r\n\r\n",
        ))
        .send(get("/1"))
        .gives(protocol())
        .send(get("/2"))
        .gives(protocol())
        .send(get("/3"))
        .gives(protocol()),
        cut(
            Case::required(
                "framing/chunked/size-overflow",
                "a chunk size beyond 64 bits is rejected, as no size or as too large",
                rfc::LARGE_CHUNKS,
            ),
            &[
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffffffff00000005\r\nhello\r\n0\r\n\r\n",
            ],
            fails(&[FailureKind::Protocol, FailureKind::TooLarge]),
        ),
        cut(
            Case::must(
                "framing/chunked/missing-crlf",
                "a chunk that is longer than its size is rejected",
            )
            .per("RFC 9112 §7.1, whose chunks end with CRLF; RFC 9110 §2.4 lets a recipient recover"),
            &[
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!!0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r 0\r\n\r\n",
            ],
            protocol(),
        ),
    ]
}

fn hello(id: &'static str, requirement: &'static str, raw: &'static str, quote: Quote) -> Case {
    Case::required(id, requirement, quote)
        .peer(respond(raw))
        .send(get("/"))
        .gives(ok(200).body("hello"))
}

fn cut(case: Case, samples: &'static [&'static str], expect: ExpectedOutcome) -> Case {
    let case = case.cause("what cannot be read is taken for the end, or reported as another kind");
    each(case, samples, &expect)
}

/// Around the sizes of the usual buffers.
const SIZES: [usize; 14] = [
    1, 2, 9000, 3, 16_384, 5, 5, 70_000, 1, 8191, 8192, 8193, 4, 65_536,
];

static MIXED_BODY: LazyLock<Vec<u8>> =
    LazyLock::new(|| pattern(SIZES.iter().sum::<usize>() as u64));

static MIXED_CHUNKS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut response = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let mut rest = MIXED_BODY.as_slice();
    for size in SIZES {
        let (chunk, after) = rest.split_at(size);
        response.extend([format!("{size:x}\r\n").as_bytes(), chunk, b"\r\n"].concat());
        rest = after;
    }
    response.extend(b"0\r\n\r\n");
    response
});

fn one_byte_chunks() -> Vec<u8> {
    let mut chunks = Vec::new();
    for byte in *b"hello world" {
        chunks.extend([b'1', b'\r', b'\n', byte, b'\r', b'\n']);
    }
    chunks.extend(b"0\r\n\r\n");
    chunks
}
