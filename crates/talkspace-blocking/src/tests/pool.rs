//! Which connections wait, and for how long.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use talkspace_net::origin::Origin;
use talkspace_net::pool::PoolLimits;

use super::peer::{Peer, SOON, Script, responding, script};
use super::tls::{Authority, url};
use super::{builder, collect, fetch, get, run, transport};
use crate::HttpTransport;
use crate::connection::Connection;
use crate::pool::Pool;
use crate::wire::Wire;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
/// A response whose connection is in use until its body was read.
const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
const BURST: usize = 48;
/// What a timer may be early by.
const EARLY: Duration = Duration::from_millis(5);

/// So many exchanges at once.
fn burst(transport: &HttpTransport, url: &str) {
    thread::scope(|scope| {
        for _ in 0..BURST {
            scope.spawn(|| assert_eq!(fetch(transport, get(url)).0, 200));
        }
    });
}

#[test]
fn a_burst_is_served_by_the_connections_of_the_last() {
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
        burst(&transport, &peer.url("/"));
    }
    drop(transport);
    peer.done();
}

#[test]
fn as_many_sessions_are_resumed_as_were_begun_at_once() {
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
        burst(&transport, &url(&peer, "localhost"));
    }
    peer.done();
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

#[test]
fn a_peer_that_waits_no_longer_than_a_second_is_not_asked_again() {
    for keep_alive in ["timeout=1", "timeout=0, max=100", "timeout=60, max=0"] {
        let peer = Peer::with([keeping(keep_alive, Duration::ZERO), responding(OK)]);
        let transport = builder().pool_idle_timeout(Duration::MAX).build().unwrap();
        for _ in 0..2 {
            assert_eq!(fetch(&transport, get(&peer.url("/"))).0, 200);
        }
        drop(transport);
        peer.done();
    }
}

#[test]
fn a_connection_is_closed_a_second_before_its_peer_would() {
    let peer = Peer::with([keeping("timeout=3, max=9", Duration::from_secs(2))]);
    let transport = builder().pool_idle_timeout(Duration::MAX).build().unwrap();
    assert_eq!(fetch(&transport, get(&peer.url("/"))).0, 200);
    peer.done();
    drop(transport);
}

#[test]
fn a_peer_cannot_make_it_wait_longer() {
    let short = Duration::from_millis(30);
    let peer = Peer::with([keeping("timeout=3600", short)]);
    let transport = builder().pool_idle_timeout(short).build().unwrap();
    assert_eq!(fetch(&transport, get(&peer.url("/"))).0, 200);
    peer.done();
    drop(transport);
}

#[test]
fn a_connection_in_steady_use_grows_too_old() {
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
    while fetch(&transport, get(&peer.url("/"))).0 == 200 {}
    assert!(begin.elapsed() + EARLY >= Duration::from_millis(200));
    drop(transport);
    peer.done();
}

#[test]
fn what_the_peer_closed_is_closed_while_no_request_comes() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        socket.write(OK);
        socket.end();
        assert!(socket.read_to_close().is_empty());
    })]);
    let transport = builder().pool_idle_timeout(Duration::MAX).build().unwrap();
    assert_eq!(fetch(&transport, get(&peer.url("/"))).0, 200);
    peer.done();
    drop(transport);
}

/// The thread that watches over idle connections holds the pool weakly.
#[test]
fn the_keeper_lasts_as_long_as_there_is_something_to_keep() {
    let idle_timeout = Duration::from_millis(30);
    let mut limits = PoolLimits::default();
    limits.idle_timeout = idle_timeout;
    let pool = Arc::new(Pool::new(limits));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    for _ in 0..2 {
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let connection = Connection {
            origin: Origin::of(&"http://a.example".parse().unwrap()).unwrap(),
            wire: Wire::new(Arc::new(stream)),
            born: Instant::now(),
        };
        let (mut accepted, _) = listener.accept().unwrap();
        assert_eq!(Arc::weak_count(&pool), 0);
        pool.put(Box::new(connection), Duration::MAX);
        assert_eq!(accepted.read(&mut [0]).unwrap(), 0, "it was closed");
        while Arc::weak_count(&pool) > 0 {
            thread::yield_now();
        }
    }
}

#[test]
fn an_idle_connection_expires() {
    let peer = Peer::with([responding(OK), responding(OK)]);
    let transport = builder().pool_idle_timeout(Duration::ZERO).build().unwrap();
    for _ in 0..2 {
        fetch(&transport, get(&peer.url("/")));
    }
    drop(transport);
    peer.done();
}

/// Clones share what is idle.
#[test]
fn the_last_clone_closes_what_is_idle() {
    let peer = Peer::with([responding(OK)]);
    let transport = transport();
    fetch(&transport.clone(), get(&peer.url("/")));
    fetch(&transport, get(&peer.url("/")));
    drop(transport);
    peer.done();
}

#[test]
fn no_more_wait_than_the_limit() {
    let (first, second) = (Peer::with([responding(OK)]), Peer::with([responding(OK)]));
    let transport = builder().pool_max_idle_per_host(0).build().unwrap();
    for peer in [first, second] {
        fetch(&transport, get(&peer.url("/")));
        peer.done();
    }
}

#[test]
fn the_longest_idle_makes_room() {
    let (close, closed) = mpsc::channel();
    let hold = || {
        script(|mut socket| {
            socket.read_request();
            socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no");
            socket.read_to_close();
        })
    };
    let gated = script(move |mut socket| {
        socket.read_request();
        socket.write(CHUNKED);
        socket.read_to_close();
        close.send(()).unwrap();
    });
    let peer = Peer::with([hold(), gated, responding(CHUNKED)]);
    let transport = builder().pool_max_idle_per_host(1).build().unwrap();
    // Three at once: the first never ends, the two others come back in turn.
    let held = run(&transport, get(&peer.url("/"))).unwrap();
    let older = run(&transport, get(&peer.url("/"))).unwrap();
    let newer = run(&transport, get(&peer.url("/"))).unwrap();
    collect(older).unwrap();
    collect(newer).unwrap();
    closed.recv_timeout(SOON).unwrap();
    drop((held, transport));
    peer.done();
}
