//! `interim/*`: interim (1xx) responses, which precede the final one.

use talkspace_core::FailureKind;

use super::{protocol, respond};
use crate::case::{Case, either, fails, get, ok};
use crate::wire::Script;

const FINAL: &[u8] = b"HTTP/1.1 200 OK\r\nX-Final: yes\r\nContent-Length: 2\r\n\r\nok";

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must(
            "interim/100-unsolicited",
            "an unsolicited 100 (Continue) is skipped",
        )
        .per("RFC 9110 §15.2")
        .cause("the first head is taken for the final one")
        .peer(respond("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        .send(get("/")),
        Case::must(
            "interim/102-103-many",
            "any number of interim (1xx) responses is skipped, with their header fields",
        )
        .per("RFC 9110 §15.2, RFC 8297 §2")
        .cause("only 100 is known, or the header fields of all heads are merged")
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
            "a limit ends an endless series of interim (1xx) responses",
        )
        .cause("each interim (1xx) response starts the limits anew")
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
            "an unsolicited 101 (Switching Protocols) is returned or rejected, and the connection is not reused",
        )
        .per("RFC 9110 §15.2.2")
        .cause("the connection is treated as upgraded, and the caller waits")
        .peer(respond("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"))
        .then_peer(super::serve_fresh())
        .send(get("/1"))
        .gives(either([ok(101), protocol()]))
        .send(get("/2"))
        .gives(super::fresh())
        .one_request_per_connection(),
        Case::must(
            "interim/1xx-then-eof",
            "a connection that closes after an interim (1xx) response is one that closed without a response",
        )
        .per("RFC 9112 §9.5")
        .cause("the interim (1xx) response is taken for the final one")
        .peer(respond("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n").half_close())
        .send(get("/"))
        .gives(fails(&[FailureKind::Closed, FailureKind::Truncated])),
    ]
}
