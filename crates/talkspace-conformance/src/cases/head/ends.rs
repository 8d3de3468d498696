//! `head/size/*`, `head/drip/*` and heads that do not come to their end.

use talkspace_core::FailureKind;

use super::{DEFAULT_ANSWER, broken};
use crate::case::{Case, fails, get, ok};
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
        Case::must("head/size/16k-ok", "a value of 16 KiB is no problem")
            .peer(Script::accept().read_request().write(head_of(16 * 1024)))
            .send(get("/"))
            .gives(ok(200).body("ok")),
        Case::must(
            "head/size/over-limit",
            "a head beyond the limit ends the exchange, and the connection closes",
        )
        .cause("the head grows in memory for as long as the peer likes")
        .peer(Script::accept().read_request().write(head_of(1 << 20)))
        .send(get("/"))
        .gives(fails(&[FailureKind::TooLarge]))
        .closes(0),
        Case::must(
            "head/size/ten-thousand-lines",
            "a head of ten thousand fields, beyond the limit, ends the exchange in no time",
        )
        .cause("fields are looked up one by one while they are added")
        .peer(Script::accept().read_request().write(many_lines))
        .send(get("/"))
        .gives(fails(&[FailureKind::TooLarge, FailureKind::Protocol]))
        .closes(0),
        Case::must(
            "head/drip/one-byte-per-segment",
            "an answer that comes byte by byte is the same answer",
        )
        .cause("the parser wants a whole line, or the whole head, in one read")
        .peer(Script::accept().read_request().write_each(DEFAULT_ANSWER, 1))
        .send(get("/"))
        .gives(ok(200).body("ok")),
        Case::must(
            "head/empty-reply",
            "a connection that ends without an answer is a failure after which the request may have been sent",
        )
        .per("RFC 9112 §9.5")
        .cause("the adapter believes that nothing arrived, or sends again")
        .peer(Script::accept().read_request().half_close())
        .send(get("/"))
        .gives(fails(&[FailureKind::Closed])),
        Case::must(
            "head/cut-mid-head",
            "a head that breaks off is a failure, whatever it said so far",
        )
        .per("RFC 9112 §8")
        .cause("the end of the stream is taken for the end of the head")
        .peer(
            Script::accept()
                .read_request()
                .write("HTTP/1.1 200 OK\r\nContent-Le")
                .half_close(),
        )
        .send(get("/"))
        .gives(broken()),
        Case::must(
            "head/reset-mid-head",
            "a reset in the head is a failure after which the request may have been sent",
        )
        .per("RFC 9112 §8")
        .cause("the adapter sends again by itself")
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
