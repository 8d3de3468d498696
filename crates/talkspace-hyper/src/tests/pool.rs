//! Which connections wait, and for how long.

use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use talkspace_core::transport::Transport as _;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::peer::{Peer, SOON, Script, responding, script};
use super::tls::{Authority, url};
use super::{builder, collect, fetch, get, transport};
use crate::HyperTransport;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const BURST: usize = 48;
/// What a timer may be early by.
const EARLY: Duration = Duration::from_millis(5);

/// So many exchanges at once.
async fn burst(transport: &HyperTransport, url: &str) {
    let exchanges: Vec<_> = (0..BURST)
        .map(|_| {
            let (transport, exchange) = (transport.clone(), get(url));
            tokio::spawn(async move { fetch(&transport, exchange).await.0 })
        })
        .collect();
    for exchange in exchanges {
        assert_eq!(exchange.await.unwrap(), 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_is_served_by_the_connections_of_the_last() {
    let all = Arc::new(Barrier::new(BURST));
    let serving = |_| -> Script {
        let all = all.clone();
        script(move |mut socket| {
            while socket.try_read_request().is_some() {
                all.wait();
                socket.write(OK);
            }
        })
    };
    let peer = Peer::with((0..BURST).map(serving));
    let transport = transport();
    for _ in 0..3 {
        burst(&transport, &peer.url("/")).await;
    }
    drop(transport);
    peer.done().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_sessions_are_resumed_as_were_begun_at_once() {
    let authority = Authority::new();
    let config = authority.server("localhost");
    let all = Arc::new(Barrier::new(BURST));
    let serving = |number| -> Script {
        let (config, all) = (config.clone(), all.clone());
        script(move |socket| {
            let mut socket = socket.secure(&config).unwrap();
            // Of the first, some may find a session that another has just begun.
            assert!(socket.resumed || number < BURST, "handshake {number}");
            socket.read_request();
            all.wait();
            socket.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        })
    };
    let peer = Peer::with((0..2 * BURST).map(serving));
    let transport = authority.trusting();
    for _ in 0..2 {
        burst(&transport, &url(&peer, "localhost")).await;
    }
    peer.done().await;
}

/// A peer that says `keep_alive` and expects the close, no earlier than this.
fn keeping(keep_alive: &'static str, no_earlier: Duration) -> Script {
    script(move |mut socket| {
        socket.read_request();
        let begin = Instant::now();
        let head = format!("HTTP/1.1 200 OK\r\nkeep-alive: {keep_alive}\r\n");
        socket.write(format!("{head}content-length: 2\r\n\r\nok").as_bytes());
        assert!(socket.read_to_close().is_empty());
        assert!(begin.elapsed() + EARLY >= no_earlier);
    })
}

#[tokio::test]
async fn a_peer_that_waits_no_longer_than_a_second_is_not_asked_again() {
    for keep_alive in ["timeout=1", "timeout=0, max=100", "timeout=60, max=0"] {
        let peer = Peer::with([keeping(keep_alive, Duration::ZERO), responding(OK)]);
        let transport = builder().pool_idle_timeout(Duration::MAX).build().unwrap();
        for _ in 0..2 {
            assert_eq!(fetch(&transport, get(&peer.url("/"))).await.0, 200);
        }
        drop(transport);
        peer.done().await;
    }
}

#[tokio::test]
async fn a_connection_is_closed_a_second_before_its_peer_would() {
    let peer = Peer::with([keeping("timeout=3, max=9", Duration::from_secs(2))]);
    let transport = builder().pool_idle_timeout(Duration::MAX).build().unwrap();
    assert_eq!(fetch(&transport, get(&peer.url("/"))).await.0, 200);
    peer.done().await;
    drop(transport);
}

#[tokio::test]
async fn a_peer_cannot_make_it_wait_longer() {
    let short = Duration::from_millis(30);
    let peer = Peer::with([keeping("timeout=3600", short)]);
    let transport = builder().pool_idle_timeout(short).build().unwrap();
    assert_eq!(fetch(&transport, get(&peer.url("/"))).await.0, 200);
    peer.done().await;
    drop(transport);
}

#[tokio::test]
async fn a_connection_in_steady_use_grows_too_old() {
    let first = script(|mut socket| {
        while socket.try_read_request().is_some() {
            socket.write(OK);
        }
    });
    let second = responding(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n");
    let peer = Peer::with([first, second]);
    let transport = builder()
        .pool_max_age(Duration::from_millis(200))
        .build()
        .unwrap();
    // Before it is made, so that no thread can be late.
    let begin = Instant::now();
    while fetch(&transport, get(&peer.url("/"))).await.0 == 200 {}
    assert!(begin.elapsed() + EARLY >= Duration::from_millis(200));
    drop(transport);
    peer.done().await;
}

#[tokio::test]
async fn what_the_peer_closed_is_closed_while_no_request_comes() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        socket.write(OK);
        socket.end();
        assert!(socket.read_to_close().is_empty());
    })]);
    let transport = builder().pool_idle_timeout(Duration::MAX).build().unwrap();
    assert_eq!(fetch(&transport, get(&peer.url("/"))).await.0, 200);
    peer.done().await;
    drop(transport);
}

#[tokio::test]
async fn an_idle_connection_expires() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        socket.write(OK);
        socket.expect_close();
    })]);
    let transport = builder()
        .pool_idle_timeout(Duration::from_millis(30))
        .build()
        .unwrap();
    fetch(&transport, get(&peer.url("/"))).await;
    peer.done().await;
    drop(transport);
}

/// Of two that wait side by side, in either order.
#[tokio::test]
async fn each_connection_is_idle_for_as_long_as_its_own_peer_says() {
    for short_comes_first in [true, false] {
        let (close, closed) = oneshot::channel();
        let short = script(|mut socket| {
            socket.read_request();
            socket
                .write(b"HTTP/1.1 200 OK\r\nkeep-alive: timeout=2\r\ncontent-length: 2\r\n\r\nok");
            socket.read_to_close();
            close.send(()).unwrap();
        });
        let long = script(|mut socket| {
            socket.read_request();
            socket.write(OK);
            socket.read_request();
            socket.write(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n");
        });
        let peer = Peer::with([short, long]);
        let transport = builder().pool_idle_timeout(Duration::MAX).build().unwrap();
        let short = transport.exchange(get(&peer.url("/"))).await.unwrap();
        let long = transport.exchange(get(&peer.url("/"))).await.unwrap();
        let both = if short_comes_first {
            [short, long]
        } else {
            [long, short]
        };
        for response in both {
            collect(response).await.unwrap();
        }
        timeout(SOON, closed).await.unwrap().unwrap();
        assert_eq!(fetch(&transport, get(&peer.url("/"))).await.0, 201);
        drop(transport);
        peer.done().await;
    }
}

#[tokio::test]
async fn one_after_the_other_expires() {
    let keeping = [("timeout=2", 1), ("timeout=3", 2)]
        .map(|(keep_alive, seconds)| keeping(keep_alive, Duration::from_secs(seconds)));
    let peer = Peer::with(keeping);
    let transport = builder().pool_idle_timeout(Duration::MAX).build().unwrap();
    let first = transport.exchange(get(&peer.url("/"))).await.unwrap();
    let second = transport.exchange(get(&peer.url("/"))).await.unwrap();
    for response in [first, second] {
        collect(response).await.unwrap();
    }
    peer.done().await;
    drop(transport);
}

/// Clones share what is idle.
#[tokio::test]
async fn the_last_clone_closes_what_is_idle() {
    let peer = Peer::with([responding(OK)]);
    let transport = transport();
    fetch(&transport.clone(), get(&peer.url("/"))).await;
    fetch(&transport, get(&peer.url("/"))).await;
    drop(transport);
    peer.done().await;
}

#[tokio::test]
async fn no_more_wait_than_the_limit() {
    let (first, second) = (Peer::with([responding(OK)]), Peer::with([responding(OK)]));
    let transport = builder().pool_max_idle_per_host(0).build().unwrap();
    for peer in [first, second] {
        fetch(&transport, get(&peer.url("/"))).await;
        peer.done().await;
    }
}

#[tokio::test]
async fn the_longest_idle_makes_room() {
    let (close, closed) = oneshot::channel();
    let hold = || {
        script(|mut socket| {
            socket.read_request();
            socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no");
            socket.read_to_close();
        })
    };
    let gated = script(|mut socket| {
        socket.read_request();
        socket.write(OK);
        socket.read_to_close();
        close.send(()).unwrap();
    });
    let peer = Peer::with([hold(), gated, responding(OK)]);
    let transport = builder().pool_max_idle_per_host(1).build().unwrap();
    // Three at once: the first never ends, the two others come back in turn.
    let held = transport.exchange(get(&peer.url("/"))).await.unwrap();
    let older = transport.exchange(get(&peer.url("/"))).await.unwrap();
    let newer = transport.exchange(get(&peer.url("/"))).await.unwrap();
    collect(older).await.unwrap();
    collect(newer).await.unwrap();
    timeout(SOON, closed).await.unwrap().unwrap();
    drop((held, transport));
    peer.done().await;
}
