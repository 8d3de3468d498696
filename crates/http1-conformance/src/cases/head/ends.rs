//! `head/size/*`, `head/drip/*` and heads that do not come to their end.

use crate::client::FailureKind;

use super::{DEFAULT_RESPONSE, broken, rfc};
use crate::case::{Capability, Case, fails, get, ok};
use crate::wire::Script;

pub(super) fn cases() -> Vec<Case> {
    let long: &'static [u8] = b"X-Long: ";
    let head_of = |value: usize| {
        let mut head = b"HTTP/1.1 200 OK\r\n".to_vec();
        head.extend(long);
        head.extend(vec![b'v'; value]);
        head.extend(b"\r\nContent-Length: 2\r\n\r\nok");
        head
    };
    let many_lines = {
        let mut head = b"HTTP/1.1 200 OK\r\n".to_vec();
        for number in 0..10_000 {
            head.extend(format!("x-{number}: y\r\n").into_bytes());
        }
        head.extend(b"Content-Length: 2\r\n\r\nok");
        head
    };
    vec![
        Case::must("head/size/16k-ok", "a field value of 16 KiB arrives whole")
            .peer(Script::accept().read_request().write(head_of(16 * 1024)))
            .send(get("/"))
            .gives(ok(200).body("ok")),
        Case::must(
            "head/size/over-limit",
            "a head larger than max_header_bytes fails the exchange, and the connection closes",
        )
        .needs_all(&[Capability::Limits])
        .cause("the head grows in memory without a limit")
        .peer(Script::accept().read_request().write(head_of(1 << 20)))
        .send(get("/"))
        .gives(fails(&[FailureKind::TooLarge]))
        .closes(0),
        Case::must(
            "head/size/ten-thousand-fields",
            "ten thousand header fields, more than max_header_bytes, fail the exchange at once",
        )
        .needs_all(&[Capability::Limits])
        .cause("each added header field is compared with all before it")
        .peer(Script::accept().read_request().write(many_lines))
        .send(get("/"))
        .gives(fails(&[FailureKind::TooLarge, FailureKind::Protocol]))
        .closes(0),
        Case::required(
            "head/drip/one-byte-per-segment",
            "a response that comes byte by byte is the same response",
            rfc::OCTETS,
        )
        .cause("the parser wants a whole line, or the whole head, in one read")
        .peer(
            Script::accept()
                .read_request()
                .write_each(DEFAULT_RESPONSE, 1),
        )
        .send(get("/"))
        .gives(ok(200).body("ok")),
        Case::required(
            "head/empty-reply",
            "a connection that closes without a response is an error",
            rfc::INCOMPLETE,
        )
        .cause("the adapter reports that nothing was sent, or retries by itself")
        .peer(Script::accept().read_request().half_close())
        .send(get("/"))
        .gives(fails(&[FailureKind::Closed])),
        Case::required(
            "head/cut-mid-head",
            "a head that breaks off is an error, whatever it said so far",
            rfc::INCOMPLETE,
        )
        .also(rfc::CUT_HEAD)
        .cause("the end of the stream is taken for the end of the head")
        .peer(
            Script::accept()
                .read_request()
                .write("HTTP/1.1 200 OK\r\nContent-Le")
                .half_close(),
        )
        .send(get("/"))
        .gives(broken()),
        Case::required(
            "head/reset-mid-head",
            "a reset in the head is an error",
            rfc::INCOMPLETE,
        )
        .also(rfc::CUT_HEAD)
        .cause("the adapter retries by itself")
        .peer(
            Script::accept()
                .read_request()
                .write("HTTP/1.1 200 OK\r\nContent-Le")
                .reset(),
        )
        .send(get("/"))
        .gives(broken()),
    ]
}
