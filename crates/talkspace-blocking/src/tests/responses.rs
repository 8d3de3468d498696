//! Responses of which more is promised than the conformance suite asks.

use talkspace_core::{Delivery, FailureKind};

use super::peer::{Peer, responding, script};
use super::{fail, fetch, get, transport, with_limits};

#[test]
fn the_limit_of_the_head_is_exact() {
    const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody";
    let head = RESPONSE.len() - 4;
    for (max_header_bytes, fits) in [(head, true), (head - 1, false)] {
        let peer = Peer::with([responding(RESPONSE)]);
        let exchange = with_limits(&peer.url("/"), |limits| {
            limits.max_header_bytes = max_header_bytes
        });
        let transport = transport();
        if fits {
            assert_eq!(&fetch(&transport, exchange).1[..], b"body");
        } else {
            let error = fail(&transport, exchange);
            assert_eq!(error.kind(), FailureKind::TooLarge);
            assert_eq!(error.delivery(), Delivery::MaybeSent);
        }
        drop(transport);
        peer.done();
    }
}

#[test]
fn endless_heads_are_too_large_and_endless_trailers_malformed() {
    use FailureKind::{Protocol, TooLarge};
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n";
    for (begin, line, kind) in [
        ("", "HTTP/1.1 100 Continue\r\n\r\n", TooLarge),
        ("HTTP/1.1 200 OK\r\nx: ", "much", TooLarge),
        ("HTTP/1.1 200 OK\r\n", "x: y\r\n", TooLarge),
        (CHUNKED, "x: y\r\n", Protocol),
        (CHUNKED, "xxxx", Protocol),
    ] {
        let peer = Peer::with([script(move |mut socket| {
            socket.read_request();
            socket.write(begin.as_bytes());
            socket.write(line.repeat(50_000).as_bytes());
            socket.expect_close();
        })]);
        let error = fail(&transport(), get(&peer.url("/")));
        assert_eq!(error.kind(), kind, "{begin}{line}");
        peer.done();
    }
}

/// A peer that keeps the connection open, so that nothing but the bytes
/// themselves can end the exchange.
#[test]
fn nonsense_is_an_error_as_soon_as_it_is_seen() {
    for response in [
        &b"SSH-2.0-OpenSSH_9.6\r\n"[..],
        b"HTTP/2.0 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\na: \0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\na: b\rc: d\r\n\r\n",
        b"HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked;q=1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\n\r\n",
        b"HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n+1\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    ] {
        let peer = Peer::with([script(|mut socket| {
            socket.read_request();
            socket.write(response);
            socket.expect_close();
        })]);
        let error = fail(&transport(), get(&peer.url("/")));
        let shown = String::from_utf8_lossy(response);
        assert_eq!(error.kind(), FailureKind::Protocol, "{shown}");
        peer.done();
    }
}
