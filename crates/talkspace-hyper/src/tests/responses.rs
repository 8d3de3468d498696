//! Responses, whole and broken.

use std::sync::mpsc;

use http::{Request, StatusCode};
use talkspace_core::transport::{Body, Exchange, Transport as _};
use talkspace_core::{Delivery, FailureKind, Limits};

use super::peer::{Peer, responding, script};
use super::{collect, fail, fetch, get, reaches_io_error, transport, with_limits};

/// A peer that takes a request, writes `response` and closes.
fn closing(response: &'static [u8]) -> Peer {
    Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(response);
    })])
}

#[tokio::test]
async fn every_status_is_a_response() {
    for status in [200, 204, 301, 304, 401, 404, 418, 429, 500, 503, 599] {
        let head = format!("HTTP/1.1 {status} x\r\nlocation: /\r\ncontent-length: 0\r\n\r\n");
        let peer = closing(head.leak().as_bytes());
        let response = transport().exchange(get(&peer.url("/"))).await.unwrap();
        assert_eq!(response.status(), status);
        assert!(response.extensions().is_empty());
        peer.done().await;
    }
}

#[tokio::test]
async fn bodies_arrive_as_they_were_sent() {
    for (response, body) in [
        (&b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n\xff\x00\x1f\x8b\n"[..], &b"\xff\x00\x1f\x8b\n"[..]),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nx: y\r\n\r\n", b"abc"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.0 200 OK\r\n\r\nold", b"old"),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1\r\n\r\nz", b"z"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nlink: a\r\n\r\nHTTP/1.1 200\r\ncontent-length: 1\r\n\r\nf", b"f"),
    ] {
        let peer = closing(response);
        let (status, got) = fetch(&transport(), get(&peer.url("/"))).await;
        assert_eq!((status, &got[..]), (200, body));
        peer.done().await;
    }
}

#[tokio::test]
async fn broken_responses_fail_for_the_right_reason() {
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
        let error = fail(&transport(), get(&peer.url("/"))).await;
        let shown = String::from_utf8_lossy(response);
        assert_eq!(error.kind(), kind, "{shown}");
        assert_eq!(error.delivery(), Delivery::MaybeSent, "{shown}");
        assert!(reaches_io_error(&error), "{shown}");
        peer.done().await;
    }
}

/// The peer keeps the connection open, so that nothing but the head itself can
/// end the exchange.
#[tokio::test]
async fn only_chunked_alone_is_a_transfer_coding() {
    for coding in [
        "gzip",
        "gzip, chunked",
        "chunked, gzip",
        "chunked, chunked",
        "identity",
        "xchunked",
        "chunked,",
        "chunked;q=1",
        "chunked\r\ntransfer-encoding: chunked",
        "gzip\r\ntransfer-encoding: chunked",
        "chunked\r\ncontent-length: 2",
    ] {
        let response =
            format!("HTTP/1.1 200 OK\r\ntransfer-encoding: {coding}\r\n\r\n2\r\nok\r\n0\r\n\r\n");
        let peer = Peer::with([script(move |mut socket| {
            socket.read_request();
            socket.write(response.as_bytes());
            socket.expect_close();
        })]);
        let error = transport().exchange(get(&peer.url("/"))).await.unwrap_err();
        assert_eq!(error.kind(), FailureKind::Protocol, "{coding}");
        assert_eq!(error.delivery(), Delivery::MaybeSent);
        peer.done().await;
    }
}

#[tokio::test]
async fn a_reset_is_a_close() {
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
        let error = match transport.exchange(get(&peer.url("/"))).await {
            Err(error) => error,
            Ok(response) => {
                let mut body = response.into_body();
                assert_eq!(body.chunk().await.unwrap().as_deref(), Some(&b"ab"[..]));
                read_it.send(()).unwrap();
                body.chunk().await.unwrap_err()
            }
        };
        assert_eq!(error.kind(), FailureKind::Closed);
        assert_eq!(error.delivery(), Delivery::MaybeSent);
        peer.done().await;
    }
}

#[tokio::test]
async fn a_peer_that_speaks_first_is_not_http() {
    let (greeted, greeting) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.write(b"220 mail.example ESMTP\r\n");
        greeted.send(()).unwrap();
        socket.expect_close();
    })]);
    let transport = transport();
    let url = peer.url("/");
    let error = fail(&transport, get(&url)).await;
    greeting.recv().unwrap();
    // The greeting may come before the request, or be taken for its response.
    assert_eq!(error.kind(), FailureKind::Protocol);
    peer.done().await;
}

#[tokio::test]
async fn a_body_streams_while_it_is_made() {
    let (got_first, may_go_on) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\none");
        may_go_on.recv().unwrap();
        socket.write(b"two");
    })]);
    let response = transport().exchange(get(&peer.url("/"))).await.unwrap();
    let mut body = response.into_body();
    assert_eq!(body.chunk().await.unwrap().as_deref(), Some(&b"one"[..]));
    got_first.send(()).unwrap();
    assert_eq!(body.chunk().await.unwrap().as_deref(), Some(&b"two"[..]));
    assert_eq!(body.chunk().await.unwrap(), None);
    peer.done().await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_too_large() {
    for response in [
        &b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabcd"[..],
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nabcd",
    ] {
        let peer = closing(response);
        let exchange = with_limits(&peer.url("/"), |limits| limits.max_body_bytes = 4);
        assert_eq!(&fetch(&transport(), exchange).await.1[..], b"abcd");
        peer.done().await;

        let peer = closing(response);
        let exchange = with_limits(&peer.url("/"), |limits| limits.max_body_bytes = 3);
        let error = fail(&transport(), exchange).await;
        assert_eq!(error.kind(), FailureKind::TooLarge);
        peer.done().await;
    }
}

#[tokio::test]
async fn a_body_known_to_be_too_large_is_not_awaited() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n");
        socket.expect_close();
    })]);
    let exchange = with_limits(&peer.url("/"), |limits| limits.max_body_bytes = 3);
    let error = transport().exchange(exchange).await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::TooLarge);
    peer.done().await;
}

#[tokio::test]
async fn a_length_without_a_body_is_no_body() {
    let peer = Peer::with([responding(
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n",
    )]);
    let request = Request::head(peer.url("/")).body(Body::empty()).unwrap();
    let transport = transport();
    let response = transport
        .exchange(Exchange::new(request, Limits::default()))
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(collect(response).await.unwrap().is_empty());
    drop(transport);
    peer.done().await;
}

#[tokio::test]
async fn the_limit_of_the_head_is_exact() {
    const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody";
    let head = RESPONSE.len() - 4;
    for (max_head, fits) in [(head, true), (head - 1, false)] {
        let peer = Peer::with([responding(RESPONSE)]);
        let exchange = with_limits(&peer.url("/"), |limits| limits.max_header_bytes = max_head);
        let transport = transport();
        if fits {
            assert_eq!(&fetch(&transport, exchange).await.1[..], b"body");
        } else {
            let error = fail(&transport, exchange).await;
            assert_eq!(error.kind(), FailureKind::TooLarge);
            assert_eq!(error.delivery(), Delivery::MaybeSent);
        }
        drop(transport);
        peer.done().await;
    }
}

#[tokio::test]
async fn endless_heads_are_too_large() {
    for (line, max_head) in [
        ("HTTP/1.1 100 Continue\r\n\r\n", 64 * 1024),
        ("HTTP/1.1 200 OK\r\nx: ", 64 * 1024),
        ("HTTP/1.1 200 OK\r\nx: ", usize::MAX),
    ] {
        let peer = Peer::with([script(move |mut socket| {
            socket.read_request();
            socket.write(line.repeat(50_000).replace("\r\nx: H", "H").as_bytes());
            socket.expect_close();
        })]);
        let exchange = with_limits(&peer.url("/"), |limits| limits.max_header_bytes = max_head);
        let error = fail(&transport(), exchange).await;
        assert_eq!(error.kind(), FailureKind::TooLarge);
        peer.done().await;
    }
}

#[tokio::test]
async fn a_switch_of_protocols_is_a_response_and_the_end() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        socket.write(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n");
        socket.expect_close();
    })]);
    let transport = transport();
    let (status, body) = fetch(&transport, get(&peer.url("/"))).await;
    assert_eq!((status, body.len()), (101, 0));
    peer.done().await;
}

#[tokio::test]
async fn a_head_may_have_as_many_lines_as_anyone_needs() {
    for (lines, fits) in [(100, true), (101, false)] {
        let head = format!("HTTP/1.1 204 No Content\r\n{}\r\n", "a:b\r\n".repeat(lines));
        let peer = closing(head.leak().as_bytes());
        match transport().exchange(get(&peer.url("/"))).await {
            Ok(response) => assert_eq!((response.headers().len(), fits), (lines, true)),
            Err(error) => assert_eq!((error.kind(), fits), (FailureKind::TooLarge, false)),
        }
        peer.done().await;
    }
}
