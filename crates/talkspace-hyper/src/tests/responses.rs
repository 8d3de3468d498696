//! Responses of which more is promised than the conformance suite asks.

use talkspace_core::transport::Transport as _;
use talkspace_core::{Delivery, FailureKind};

use super::peer::{Peer, responding, script};
use super::{chain, fail, fail_once_it_ended, fetch, get, transport, with_limits};

/// A peer that takes a request, writes `response` and closes.
fn closing(response: &'static [u8]) -> Peer {
    Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(response);
    })])
}

/// The engine has read it, and is gone, before it hears of the request.
#[tokio::test]
async fn what_comes_before_the_request_is_no_response() {
    let peer = Peer::with([script(|mut socket| {
        socket.write(b"220 mail.example ESMTP\r\n\r\n");
        assert!(socket.read_to_close().is_empty());
    })]);
    let error = fail_once_it_ended(&transport(), get(&peer.url("/"))).await;
    assert_eq!(error.kind(), FailureKind::Protocol, "{error:?}");
    assert_eq!(error.delivery(), Delivery::NotSent);
    let why = chain(&error)[1].to_string();
    assert_eq!(why, "the peer sent something before the request");
    peer.done().await;
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
async fn a_head_may_have_as_many_lines_as_anyone_needs() {
    for (lines, fits) in [(100, true), (101, false)] {
        let head = format!("HTTP/1.1 204 No Content\r\n{}\r\n", "a:b\r\n".repeat(lines));
        let peer = closing(head.leak().as_bytes());
        match transport().exchange(get(&peer.url("/"))).await {
            Ok(response) => {
                assert_eq!((response.headers().len(), fits), (lines, true));
                assert!(response.extensions().is_empty(), "none of hyper's");
            }
            Err(error) => assert_eq!((error.kind(), fits), (FailureKind::TooLarge, false)),
        }
        peer.done().await;
    }
}
