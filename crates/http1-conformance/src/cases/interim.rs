//! `interim/*`: interim (1xx) responses, which precede the final one.

use crate::client::FailureKind;

use super::{protocol, respond, rfc};
use crate::case::{Capability, Case, either, fails, get, ok};
use crate::wire::{Script, Step};

const FINAL: &[u8] = b"HTTP/1.1 200 OK\r\nX-Final: yes\r\nContent-Length: 2\r\n\r\nok";

pub(super) fn cases() -> Vec<Case> {
    let flood = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(1000);
    vec![
        Case::required(
            "interim/100-unsolicited",
            "an unsolicited 100 (Continue) is skipped",
            rfc::INTERIM,
        )
        .cause("the first head is taken for the final one")
        .peer(respond("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        .send(get("/")),
        Case::required(
            "interim/102-103-many",
            "any number of interim (1xx) responses is skipped, with their header fields",
            rfc::INTERIM,
        )
        .also(rfc::HINTS)
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
        .needs_all(&[Capability::Limits])
        .cause("each interim (1xx) response starts the limits anew")
        // Until the adapter closes: a timeout after the last one would prove no limit.
        .peer(
            Script::accept()
                .read_request()
                .step(Step::Repeat(vec![Step::Write(flood.into())])),
        )
        .send(get("/").limits(|limits, _| limits.max_header_bytes = 16 * 1024))
        .gives(fails(&[FailureKind::TooLarge, FailureKind::Protocol]))
        .closes(0),
        Case::must(
            "interim/101-unasked",
            "an unsolicited 101 (Switching Protocols) is returned or rejected, and the connection is not reused",
        )
        .needs_all(&[Capability::KeepAlive])
        .per("RFC 9110 §15.2.2")
        .cause("the connection is treated as upgraded, and the caller waits")
        .peer(respond("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"))
        .then_peer(super::serve_fresh())
        .send(get("/1"))
        .gives(either([ok(101), protocol()]))
        .send(get("/2"))
        .gives(super::fresh())
        .one_request_per_connection(),
        Case::required(
            "interim/1xx-then-eof",
            "a connection that closes after an interim (1xx) response is one that closed without a response",
            rfc::INCOMPLETE,
        )
        .building_on(&["interim/100-unsolicited"])
        .cause("the interim (1xx) response is taken for the final one")
        .peer(respond("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n").half_close())
        .send(get("/"))
        .gives(fails(&[FailureKind::Closed, FailureKind::Truncated])),
    ]
}
