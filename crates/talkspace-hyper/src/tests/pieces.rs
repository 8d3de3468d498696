//! Bodies that come in pieces, and who has the engine go on.

use std::sync::Arc;

use http_body::Body as _;
use talkspace_core::FailureKind;
use talkspace_core::transport::Transport as _;
use tokio::sync::oneshot;

use super::peer::{Peer, Script, script};
use super::{collect, get, transport};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

/// Responds with what `response` holds, and tells when the system has it.
fn saying(response: Vec<u8>, told: oneshot::Sender<()>) -> Script {
    script(move |mut socket| {
        socket.read_request();
        socket.write(&response);
        told.send(()).unwrap();
    })
}

/// A chunk takes a switch between two tasks, a turn of the runtime and a look at the
/// clock, unless those that are there come together.
#[tokio::test]
async fn small_chunks_that_are_there_come_together() {
    const CHUNKS: usize = 4_000;
    let response = [HEAD, &b"1\r\nx\r\n".repeat(CHUNKS), b"0\r\n\r\n"].concat();
    let (tell, told) = oneshot::channel();
    let peer = Peer::with([saying(response, tell)]);
    let response = transport().exchange(get(&peer.url("/"))).await.unwrap();
    told.await.unwrap();
    let mut body = response.into_body();
    let (mut pieces, mut length) = (0, 0);
    while let Some(piece) = body.chunk().await.unwrap() {
        assert!(piece.iter().all(|byte| *byte == b'x'));
        pieces += 1;
        length += piece.len();
    }
    assert_eq!(length, CHUNKS);
    assert!(pieces <= CHUNKS / 40, "{pieces} pieces");
    peer.done().await;
}

#[tokio::test]
async fn what_is_left_is_known_after_each_piece() {
    const LENGTH: usize = 300_000;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {LENGTH}\r\n\r\n");
    // What comes with the head is small, and what comes after it is large.
    let response = [head.as_bytes(), &[b'x'; LENGTH]].concat();
    let (tell, _told) = oneshot::channel();
    let peer = Peer::with([saying(response, tell)]);
    let response = transport().exchange(get(&peer.url("/"))).await.unwrap();
    let mut body = response.into_body();
    let mut left = LENGTH as u64;
    while let Some(piece) = body.chunk().await.unwrap() {
        left -= piece.len() as u64;
        assert_eq!(body.size_hint().exact(), Some(left));
    }
    assert_eq!(left, 0);
    peer.done().await;
}

#[tokio::test]
async fn what_came_before_a_failure_comes_before_it() {
    for (end, kind) in [
        (&b""[..], FailureKind::Truncated),
        (b"nonsense\r\n", FailureKind::Protocol),
    ] {
        let response = [HEAD, b"1\r\na\r\n2\r\nbc\r\n", end].concat();
        let (tell, _told) = oneshot::channel();
        let peer = Peer::with([saying(response, tell)]);
        let response = transport().exchange(get(&peer.url("/"))).await.unwrap();
        let mut body = response.into_body();
        let mut came = Vec::new();
        let error = loop {
            match body.chunk().await {
                Ok(piece) => came.extend_from_slice(&piece.expect("a failure, and no end")),
                Err(error) => break error,
            }
        };
        assert_eq!(came, b"abc");
        assert_eq!(error.kind(), kind, "{error:?}");
        assert!(body.chunk().await.unwrap().is_none());
        peer.done().await;
    }
}

/// The task and the reader have the engine go on in turns, each on a thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_readers_get_what_was_sent() {
    const READERS: usize = 4;
    let mut content = Vec::new();
    let mut response = HEAD.to_vec();
    for size in (1..40_000).step_by(997).chain((1..200).rev()) {
        let chunk = vec![(size % 251) as u8; size];
        response.extend(format!("{size:x}\r\n").bytes());
        response.extend_from_slice(&chunk);
        response.extend_from_slice(b"\r\n");
        content.extend(chunk);
    }
    response.extend_from_slice(b"0\r\n\r\n");
    let (response, content) = (Arc::new(response), Arc::new(content));
    let scripts = (0..READERS).map(|_| -> Script {
        let response = response.clone();
        script(move |mut socket| {
            socket.read_request();
            socket.write(&response);
        })
    });
    let peer = Peer::with(scripts);
    let transport = transport();
    let readers: Vec<_> = (0..READERS)
        .map(|_| {
            let (transport, exchange) = (transport.clone(), get(&peer.url("/")));
            let content = content.clone();
            tokio::spawn(async move {
                let response = transport.exchange(exchange).await.unwrap();
                let came = collect(response).await.unwrap();
                assert!(came[..] == content[..], "{} bytes", came.len());
            })
        })
        .collect();
    for reader in readers {
        reader.await.unwrap();
    }
    peer.done().await;
}
