//! Which connections serve again, which never do, and when they close.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use http::Request;
use talkspace_core::transport::{Body, Exchange};
use talkspace_core::{Delivery, FailureKind, Limits};

use super::peer::{Peer, SOON, responding, script};
use super::{builder, collect, fail, fetch, get, post, run, transport, with_limits};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
/// A response whose connection is in use until its body was read.
const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";

#[test]
fn a_clean_connection_serves_again() {
    let peer = Peer::with([script(|mut socket| {
        for response in [
            OK,
            b"HTTP/1.1 204 No Content\r\n\r\n",
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 1\r\n\r\nx",
            b"HTTP/1.1 304 Not Modified\r\ncontent-length: 10\r\n\r\n",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
            b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n",
        ] {
            socket.read_request();
            socket.write(response);
        }
        socket.expect_close();
    })]);
    let transport = transport();
    for status in [200, 204, 404, 304, 200, 500] {
        // Clones share the pool.
        let got = fetch(&transport.clone(), post(&peer.url("/"), "abc"));
        assert_eq!(got.0, status);
    }
    drop(transport);
    peer.done();
}

#[test]
fn a_head_without_a_body_leaves_the_connection_clean() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n");
        socket.read_request();
        socket.write(OK);
    })]);
    let transport = transport();
    let head = Request::head(peer.url("/")).body(Body::empty()).unwrap();
    let head = Exchange::new(head, Limits::default());
    assert_eq!(fetch(&transport, head).0, 200);
    assert_eq!(&fetch(&transport, get(&peer.url("/"))).1[..], b"ok");
    peer.done();
}

#[test]
fn a_response_that_forbids_it_ends_the_connection() {
    for response in [
        &b"HTTP/1.1 200 OK\r\nConnection: Close\r\ncontent-length: 2\r\n\r\nok"[..],
        b"HTTP/1.1 200 OK\r\nconnection: x, close\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 500 left over\r\n\r\n",
    ] {
        let once = || {
            script(move |mut socket| {
                socket.read_request();
                socket.write(response);
                socket.expect_close();
            })
        };
        let peer = Peer::with([once(), once()]);
        let transport = transport();
        for _ in 0..2 {
            let (status, body) = fetch(&transport, get(&peer.url("/")));
            assert_eq!((status, &body[..]), (200, &b"ok"[..]));
        }
        drop(transport);
        peer.done();
    }
}

/// A peer that takes a request, writes `response` and waits for the close;
/// the next one is served.
fn abandoned(response: &'static [u8]) -> Peer {
    let first = script(move |mut socket| {
        socket.read_request();
        socket.write(response);
        socket.expect_close();
    });
    Peer::with([first, responding(OK)])
}

#[test]
fn a_body_dropped_midway_closes_at_once() {
    let peer = abandoned(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart");
    let transport = transport();
    let response = run(&transport, get(&peer.url("/"))).unwrap();
    let mut body = response.into_body();
    assert_eq!(body.chunk().unwrap().as_deref(), Some(&b"part"[..]));
    drop(body);
    assert_eq!(fetch(&transport, get(&peer.url("/"))).0, 200);
    drop(transport);
    peer.done();
}

#[test]
fn a_late_response_never_reaches_the_next_caller() {
    let peer = Peer::with([
        script(|mut socket| {
            socket.read_request();
            socket.expect_close();
            socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlate");
        }),
        responding(OK),
    ]);
    let transport = transport();
    let brief = with_limits(&peer.url("/"), |limits| {
        limits.response_timeout = Duration::from_millis(20);
    });
    assert_eq!(fail(&transport, brief).kind(), FailureKind::Timeout);
    assert_eq!(&fetch(&transport, get(&peer.url("/"))).1[..], b"ok");
    drop(transport);
    peer.done();
}

/// How a peer may spoil a connection that waits in the pool.
#[derive(Clone, Copy, Debug)]
enum Spoil {
    Close,
    Reset,
    Speak,
}

/// Spoils an idle connection and sends the next request.
fn spoil_idle(spoil: Spoil) {
    let (spoiled, is_spoiled) = mpsc::channel();
    let (kept, keep) = mpsc::channel::<()>();
    let (idle, is_idle) = mpsc::channel();
    let peer = Peer::with([
        script(move |mut socket| {
            socket.read_request();
            socket.write(OK);
            is_idle.recv().unwrap();
            match spoil {
                Spoil::Close => drop(socket),
                Spoil::Reset => socket.reset(),
                Spoil::Speak => {
                    socket.write(b"HTTP/1.1 408 Too Slow\r\ncontent-length: 0\r\n\r\n");
                    spoiled.send(()).unwrap();
                    let _ = keep.recv();
                    assert!(socket.read_to_close().is_empty(), "no second request");
                    return;
                }
            }
            spoiled.send(()).unwrap();
        }),
        script(|mut socket| {
            assert_eq!(socket.read_request().body, b"once");
            socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfresh");
        }),
    ]);
    let transport = transport();
    fetch(&transport, get(&peer.url("/")));
    idle.send(()).unwrap();
    is_spoiled.recv().unwrap();
    let (status, body) = fetch(&transport, post(&peer.url("/"), "once"));
    assert_eq!((status, &body[..]), (200, &b"fresh"[..]), "{spoil:?}");
    drop(kept);
    drop(transport);
    peer.done();
}

#[test]
fn a_connection_spoilt_while_idle_is_never_used() {
    for spoil in [Spoil::Close, Spoil::Reset, Spoil::Speak] {
        spoil_idle(spoil);
    }
}

#[test]
fn a_close_upon_the_request_is_not_resent() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        socket.write(OK);
        socket.read_request();
    })]);
    let transport = transport();
    fetch(&transport, get(&peer.url("/")));
    let error = fail(&transport, get(&peer.url("/")));
    assert_eq!(error.kind(), FailureKind::Closed);
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    peer.done();
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

#[test]
fn the_last_clone_closes_what_is_idle() {
    let peer = Peer::with([responding(OK)]);
    let transport = transport();
    fetch(&transport.clone(), get(&peer.url("/")));
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

#[test]
fn a_request_does_not_wait_behind_another() {
    let (finish, may_finish) = mpsc::channel();
    let peer = Peer::with([
        script(move |mut socket| {
            socket.read_request();
            socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no");
            may_finish.recv().unwrap();
            socket.write(b"k");
            assert!(socket.read_to_close().is_empty());
        }),
        responding(OK),
    ]);
    let transport = transport();
    let slow = run(&transport, get(&peer.url("/"))).unwrap();
    assert_eq!(fetch(&transport, get(&peer.url("/"))).0, 200);
    finish.send(()).unwrap();
    assert_eq!(&collect(slow).unwrap()[..], b"ok");
    drop(transport);
    peer.done();
}

#[test]
fn many_at_once_get_their_own_responses() {
    let echo = || {
        script(|mut socket| {
            while let Some(seen) = socket.try_read_request() {
                let length = seen.body.len();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
                socket.write(&[head.as_bytes(), &seen.body].concat());
            }
        })
    };
    // As many scripts as the test happens to need: the peer is not awaited.
    let peer = Peer::with(std::iter::repeat_with(echo).take(64));
    let transport = transport();
    thread::scope(|scope| {
        for number in 0..64 {
            let (transport, url) = (transport.clone(), peer.url("/"));
            scope.spawn(move || {
                let body = format!("number {number}");
                let (_, echoed) = fetch(&transport, post(&url, body.clone()));
                assert_eq!(echoed, body);
            });
        }
    });
}
