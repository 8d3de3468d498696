//! `interim/*`: answers that announce the answer.

use talkspace_core::FailureKind;

use super::{answer, protocol};
use crate::case::{Case, either, fails, get, ok};
use crate::wire::Script;

const FINAL: &[u8] = b"HTTP/1.1 200 OK\r\nX-Final: yes\r\nContent-Length: 2\r\n\r\nok";

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must(
            "interim/100-unsolicited",
            "a 100 that nobody asked for is passed over",
        )
        .per("RFC 9110 §15.2")
        .cause("the first head is taken for the final one")
        .peer(answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        .send(get("/")),
        Case::must(
            "interim/102-103-many",
            "any number of interim answers is passed over, and their fields with them",
        )
        .per("RFC 9110 §15.2, RFC 8297 §2")
        .cause("only 100 is known, or fields of all heads are merged")
        .peer(Script::accept().read_request().write(
            [
                b"HTTP/1.1 102 Processing\r\n\r\n".as_slice(),
                b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX-Final: no\r\n\r\n",
                b"HTTP/1.1 103 Early Hints\r\nLink: </b>\r\n\r\n",
                FINAL,
            ]
            .concat(),
        ))
        .send(get("/"))
        .gives(ok(200).header("x-final", "yes").without("link").body("ok")),
        Case::must(
            "interim/flood",
            "interim answers without end are ended by a limit",
        )
        .cause("each interim head starts the limits anew")
        .peer(
            Script::accept()
                .read_request()
                .write(b"HTTP/1.1 100 Continue\r\n\r\n".repeat(10_000)),
        )
        .send(get("/").limits(|limits, _| limits.max_header_bytes = 16 * 1024))
        .gives(fails(&[
            FailureKind::TooLarge,
            FailureKind::Protocol,
            FailureKind::Timeout,
        ]))
        .closes(0),
        Case::must(
            "interim/101-unasked",
            "a switch of protocols that was not asked for is returned or refused, and the connection is not used again",
        )
        .per("RFC 9110 §15.2.2")
        .cause("the connection is handed over to nobody, and the caller waits")
        .peer(answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"))
        .then_peer(super::serve_fresh())
        .send(get("/1"))
        .gives(either([ok(101), protocol()]))
        .send(get("/2"))
        .gives(super::fresh())
        .one_request_per_connection(),
        Case::must(
            "interim/1xx-then-eof",
            "an end after an interim answer is an end without an answer",
        )
        .per("RFC 9112 §9.5")
        .cause("the interim answer is taken for the final one")
        .peer(answer("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n").half_close())
        .send(get("/"))
        .gives(fails(&[FailureKind::Closed, FailureKind::Truncated])),
    ]
}
