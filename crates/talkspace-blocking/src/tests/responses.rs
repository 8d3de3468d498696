//! Responses, whole and broken.

use std::sync::mpsc;

use http::{Request, StatusCode};
use talkspace_core::transport::{Body, Exchange};
use talkspace_core::{Delivery, FailureKind, Limits};

use super::peer::{Peer, responding, script};
use super::{collect, fail, fetch, get, reaches_io_error, run, transport, with_limits};

/// A peer that takes a request, writes `response` and closes.
fn closing(response: &'static [u8]) -> Peer {
    Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(response);
    })])
}

#[test]
fn every_status_is_a_response() {
    for status in [200, 204, 301, 304, 401, 404, 418, 429, 500, 503, 599] {
        let head = format!("HTTP/1.1 {status} x\r\nlocation: /\r\ncontent-length: 0\r\n\r\n");
        let peer = closing(head.leak().as_bytes());
        let response = run(&transport(), get(&peer.url("/"))).unwrap();
        assert_eq!(response.status(), status);
        assert!(response.extensions().is_empty());
        peer.done();
    }
}

#[test]
fn bodies_arrive_as_they_were_sent() {
    for (response, body) in [
        (&b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n\xff\x00\x1f\x8b\n"[..], &b"\xff\x00\x1f\x8b\n"[..]),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nx: y\r\n\r\n", b"abc"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.0 200 OK\r\n\r\nold", b"old"),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1\r\n\r\nz", b"z"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nlink: a\r\n\r\nHTTP/1.1 200\r\ncontent-length: 1\r\n\r\nf", b"f"),
    ] {
        let peer = closing(response);
        let (status, got) = fetch(&transport(), get(&peer.url("/")));
        assert_eq!((status, &got[..]), (200, body));
        peer.done();
    }
}

#[test]
fn broken_responses_fail_for_the_right_reason() {
    use FailureKind::{Closed, Protocol, Truncated};
    for (response, kind) in [
        (&b""[..], Closed),
        (b"HTTP/1.1 200 O", Closed),
        (b"HTTP/1.1 100 Continue\r\n\r\n", Closed),
        (b"SSH-2.0-OpenSSH_9.6\r\n", Protocol),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Protocol),
        (b"HTTP/1.1 099 x\r\n\r\n", Protocol),
        (b"HTTP/1.1 200 OK\r\na : b\r\n\r\n", Protocol),
        (b"HTTP/1.1 200 OK\r\na: \0\r\n\r\n", Protocol),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
            Protocol,
        ),
        (b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", Protocol),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
            Protocol,
        ),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab",
            Protocol,
        ),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabcd",
            Truncated,
        ),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n",
            Truncated,
        ),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1",
            Truncated,
        ),
    ] {
        let peer = closing(response);
        let error = fail(&transport(), get(&peer.url("/")));
        let shown = String::from_utf8_lossy(response);
        assert_eq!(error.kind(), kind, "{shown}");
        assert_eq!(error.delivery(), Delivery::MaybeSent, "{shown}");
        assert!(reaches_io_error(&error), "{shown}");
        peer.done();
    }
}

#[test]
fn a_reset_is_a_close() {
    for response in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\n\r\nab",
    ] {
        let (read_it, wait) = mpsc::channel();
        let peer = Peer::with([script(move |mut socket| {
            socket.read_request();
            socket.write(response);
            if !response.is_empty() {
                wait.recv().unwrap();
            }
            socket.reset();
        })]);
        let transport = transport();
        let error = match run(&transport, get(&peer.url("/"))) {
            Err(error) => error,
            Ok(response) => {
                let mut body = response.into_body();
                assert_eq!(body.chunk().unwrap().as_deref(), Some(&b"ab"[..]));
                read_it.send(()).unwrap();
                body.chunk().unwrap_err()
            }
        };
        assert_eq!(error.kind(), FailureKind::Closed);
        assert_eq!(error.delivery(), Delivery::MaybeSent);
        peer.done();
    }
}

#[test]
fn a_peer_that_speaks_first_is_not_http() {
    let (greeted, greeting) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.write(b"220 mail.example ESMTP\r\n");
        greeted.send(()).unwrap();
        socket.expect_close();
    })]);
    let transport = transport();
    let url = peer.url("/");
    let error = fail(&transport, get(&url));
    greeting.recv().unwrap();
    // The greeting may come before the request, or be taken for its response.
    assert_eq!(error.kind(), FailureKind::Protocol);
    peer.done();
}

#[test]
fn a_body_streams_while_it_is_made() {
    let (got_first, may_go_on) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\none");
        may_go_on.recv().unwrap();
        socket.write(b"two");
    })]);
    let response = run(&transport(), get(&peer.url("/"))).unwrap();
    let mut body = response.into_body();
    assert_eq!(body.chunk().unwrap().as_deref(), Some(&b"one"[..]));
    got_first.send(()).unwrap();
    assert_eq!(body.chunk().unwrap().as_deref(), Some(&b"two"[..]));
    assert_eq!(body.chunk().unwrap(), None);
    peer.done();
}

#[test]
fn a_body_over_the_limit_is_too_large() {
    for response in [
        &b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabcd"[..],
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nabcd",
    ] {
        let peer = Peer::with([responding(response), responding(response)]);
        let transport = transport();
        let exchange = with_limits(&peer.url("/"), |limits| limits.max_body_bytes = 3);
        let error = fail(&transport, exchange);
        assert_eq!(error.kind(), FailureKind::TooLarge);
        let exchange = with_limits(&peer.url("/"), |limits| limits.max_body_bytes = 4);
        // The response without a length ends with its connection.
        if response.len() > 30 {
            assert_eq!(&fetch(&transport, exchange).1[..], b"abcd");
        } else {
            drop(run(&transport, exchange).unwrap());
        }
        drop(transport);
        peer.done();
    }
}

#[test]
fn a_length_without_a_body_is_no_body() {
    let peer = Peer::with([responding(
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n",
    )]);
    let request = Request::head(peer.url("/")).body(Body::empty()).unwrap();
    let transport = transport();
    let response = run(&transport, Exchange::new(request, Limits::default())).unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(collect(response).unwrap().is_empty());
    drop(transport);
    peer.done();
}

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

#[test]
fn interim_responses_are_skipped_however_many_fit() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        socket.write(
            "HTTP/1.1 102 P\r\nx: interim\r\n\r\n"
                .repeat(1000)
                .as_bytes(),
        );
        socket.write(b"HTTP/1.1 200 OK\r\ny: last\r\ncontent-length: 1\r\n\r\na");
    })]);
    let response = run(&transport(), get(&peer.url("/"))).unwrap();
    assert_eq!(response.headers()["y"], "last");
    assert!(!response.headers().contains_key("x"));
    assert_eq!(&collect(response).unwrap()[..], b"a");
    peer.done();
}

#[test]
fn a_response_may_come_byte_by_byte() {
    let response = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nx: y\r\n\
        transfer-encoding: Chunked\r\n\r\n3;name=\"a longer extension\"\r\nabc\r\n\
        00A\r\n0123456789\r\n0\r\ntrailer: z\r\n\r\n";
    let peer = Peer::with([script(move |mut socket| {
        socket.read_request();
        for byte in response {
            socket.write(&[*byte]);
        }
    })]);
    let (status, body) = fetch(&transport(), get(&peer.url("/")));
    assert_eq!((status, &body[..]), (200, &b"abc0123456789"[..]));
    peer.done();
}

#[test]
fn a_switch_of_protocols_is_a_response_and_the_end() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        socket.write(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n");
        socket.expect_close();
    })]);
    let transport = transport();
    let (status, body) = fetch(&transport, get(&peer.url("/")));
    assert_eq!((status, body.len()), (101, 0));
    peer.done();
}
