//! `framing/limit/*`: bodies that are larger than the caller allows.

use crate::client::FailureKind;

use super::{fails, get, ok, respond, respond_and_end};
use crate::case::{Capability, Case};
use crate::wire::{Script, Step};

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
            "a chunked body fails the exchange when it exceeds max_body_bytes; one at the limit does not",
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
        .peer(respond(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        ))
        .send(get("/1").limits(|limits, _| limits.max_body_bytes = 100_000))
        .gives(fails(&[FailureKind::TooLarge]))
        .send(get("/2").limits(|limits, _| limits.max_body_bytes = 5))
        .gives(ok(200).body("hello"))
        .closes(0),
        Case::must(
            "framing/limit/close-delimited",
            "a body without a length fails the exchange when it exceeds max_body_bytes; one at the limit does not",
        )
        .needs_all(&[Capability::Limits])
        .building_on(&["framing/close-delimited/ok"])
        .cause("the limit is applied to Content-Length alone")
        // Without its end, which the adapter need not wait for.
        .peer(respond("HTTP/1.1 200 OK\r\n\r\nhello!"))
        .peer(respond_and_end("HTTP/1.1 200 OK\r\n\r\nhello"))
        .send(get("/1").limits(|limits, _| limits.max_body_bytes = 5))
        .gives(fails(&[FailureKind::TooLarge]))
        .send(get("/2").limits(|limits, _| limits.max_body_bytes = 5))
        .gives(ok(200).body("hello"))
        .closes(0),
        flood(
            "framing/limit/extensions",
            "chunk extensions without end fail the exchange, however little of the body they carry",
            "1;x=y\r\na\r\n1;",
        )
        .cause("the extension of a chunk has a limit, and all of them have none"),
        flood(
            "framing/limit/one-extension",
            "a chunk extension without end fails the exchange",
            "1;x=",
        )
        .cause("a line is read up to its end"),
        flood(
            "framing/limit/trailers",
            "trailer fields without end fail the exchange",
            "0\r\nX-T: ",
        )
        .cause("trailer fields are passed over without a limit"),
    ]
}

/// A chunked body that goes on for ever without being one: until the adapter closes, since a
/// timeout after the last byte would prove no limit.
fn flood(id: &'static str, requirement: &'static str, begin: &'static str) -> Case {
    let more = match id {
        "framing/limit/extensions" => [&[b'x'; 1024], b"=y\r\na\r\n1;".as_slice()].concat(),
        "framing/limit/trailers" => [&[b't'; 1024], b"\r\nX-T: ".as_slice()].concat(),
        _ => vec![b'x'; 1024],
    };
    Case::must(id, requirement)
        .needs_all(&[Capability::Limits])
        .per("RFC 9112 §7.1.1, §7.1.2")
        .building_on(&["framing/chunked/basic"])
        .peer(
            Script::accept()
                .read_request()
                .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                .write(begin)
                .step(Step::Repeat(vec![Step::Write(more.into())])),
        )
        // The limit for the body would end it some time, and prove nothing.
        .send(get("/").limits(|limits, _| limits.max_body_bytes = u64::MAX))
        .gives(fails(&[FailureKind::Protocol, FailureKind::TooLarge]))
        .closes(0)
}

/// Four MiB and no last chunk.
fn endless_chunks() -> Vec<u8> {
    let mut chunk = b"1000\r\n".to_vec();
    chunk.extend([b'c'; 0x1000]);
    chunk.extend(b"\r\n");
    chunk.repeat(1024)
}
