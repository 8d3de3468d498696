//! `framing/te/*`: transfer codings other than `chunked` alone.
//!
//! An adapter that decodes the chunks and returns the rest delivers bytes in a coding that no
//! header field of the response names any more.

use crate::case::{Capability, Case, either, get, ok, that};

use super::super::{fresh, protocol, respond, respond_and_end, rfc, serve_fresh};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::required(
            "framing/te/unknown-coding",
            "a body in an unknown transfer coding is rejected, or returned raw up to the close",
            rfc::CODING_OVERRIDES,
        )
        .also(rfc::NOT_FINALLY_CHUNKED)
        .cause("any Transfer-Encoding is taken for chunked, or ignored for Content-Length")
        .peer(respond_and_end(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: x-lost\r\nContent-Length: 2\r\n\r\nhello",
        ))
        .send(get("/"))
        .gives(either([protocol(), ok(200).body("hello")])),
        beside_chunked(),
        Case::required(
            "framing/te/of-http10",
            "a connection whose response of HTTP/1.0 had a Transfer-Encoding is not reused, whatever became of the response",
            rfc::CODED_HTTP10,
        )
        .needs_all(&[Capability::KeepAlive])
        .cause("keep-alive is believed of a framing that HTTP/1.0 does not have")
        .peer(
            respond(OF_HTTP10)
                .read_request()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfresh"),
        )
        .then_peer(serve_fresh())
        .send(get("/1"))
        .gives(that("any outcome", |_| Ok(())))
        .send(get("/2"))
        .gives(fresh())
        .one_request_per_connection(),
    ]
}

const OF_HTTP10: &str = "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

fn beside_chunked() -> Case {
    let case = Case::must(
        "framing/te/beside-chunked",
        "another transfer coding beside chunked is rejected, in one header field or in two",
    )
    .per("RFC 9112 §6.1, §7")
    .cause("the last coding decides, and what is beneath it is given as content");
    BESIDE_CHUNKED.iter().fold(case, |case, raw| {
        case.peer(respond_and_end(*raw))
            .send(get("/"))
            .gives(protocol())
    })
}

const BESIDE_CHUNKED: [&str; 4] = [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: x-lost,chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
];
