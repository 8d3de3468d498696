//! `coding/*`: content codings are left to the caller.

use crate::case::{Case, get, ok};
use crate::wire::Script;

/// "hello" as gzip.
const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcbH\xcd\xc9\xc9\x07\x00\x86\xa6\x106\x05\x00\x00\x00";

/// "hello" as Brotli.
const BROTLI: &[u8] = b"\x0b\x02\x80hello\x03";

pub(super) fn cases() -> Vec<Case> {
    vec![
        left_alone("coding/gzip-left-alone", "gzip", GZIP),
        left_alone("coding/br-left-alone", "br", BROTLI),
        left_alone("coding/unknown-coding-left-alone", "x-lost", b"hello"),
    ]
}

fn left_alone(id: &'static str, coding: &'static str, body: &'static [u8]) -> Case {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {length}\r\n\r\n"
    );
    Case::must(
        id,
        "a body with a content coding is returned as it is, and so are its header fields",
    )
    .per("RFC 9110 §8.4")
    .cause("the engine decodes by default, in some only when a Cargo feature is on")
    .peer(
        Script::accept()
            .read_request()
            .write([head.as_bytes(), body].concat()),
    )
    .send(get("/"))
    .gives(
        ok(200)
            .header("content-encoding", coding)
            .header("content-length", length.to_string())
            .body(body),
    )
}
