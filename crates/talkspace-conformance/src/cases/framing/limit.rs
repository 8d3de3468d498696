//! `framing/limit/*`: bodies that are larger than the caller allows.

use talkspace_core::FailureKind;

use super::{fails, get, ok, respond};
use crate::case::{Capability, Case};
use crate::wire::Script;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must(
            "framing/limit/known-length",
            "a Content-Length above max_body_bytes fails the exchange before the body comes; one at the limit does not",
        )
        .needs_all(&[Capability::Limits])
        .cause("the limit is applied to what was read, or not at all")
        // No byte of the body follows, so an adapter that waits for one is too late.
        .peer(respond("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"))
        .peer(respond("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
        .send(get("/1").limits(|limits, _| limits.max_body_bytes = 5))
        .gives(fails(&[FailureKind::TooLarge]))
        .send(get("/2").limits(|limits, _| limits.max_body_bytes = 5))
        .gives(ok(200).body("hello"))
        .closes(0),
        Case::must(
            "framing/limit/chunked",
            "a chunked body fails the exchange when it exceeds max_body_bytes",
        )
        .needs_all(&[Capability::Limits])
        .building_on(&["framing/chunked/basic"])
        .cause("the limit is applied to Content-Length alone")
        .peer(
            Script::accept()
                .read_request()
                .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                .write(endless_chunks()),
        )
        .send(get("/").limits(|limits, _| limits.max_body_bytes = 100_000))
        .gives(fails(&[FailureKind::TooLarge]))
        .closes(0),
    ]
}

/// Four MiB and no last chunk.
fn endless_chunks() -> Vec<u8> {
    let mut chunk = b"1000\r\n".to_vec();
    chunk.extend([b'c'; 0x1000]);
    chunk.extend(b"\r\n");
    chunk.repeat(1024)
}
