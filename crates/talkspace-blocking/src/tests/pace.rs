//! The least rate: it ends a peer that crawls, and nothing else.

use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

use talkspace_core::transport::{Body, Exchange, Rate};
use talkspace_core::{BodySource, Delivery, FailureKind, Phase};

use super::limits::stretched;
use super::peer::{Peer, Script, script};
use super::{collect, fail, fetch, get, post, run, transport};

/// Too short for what is asked of it.
const SHORT: Duration = Duration::from_millis(200);
/// Long enough for anything.
const AGES: Duration = Duration::from_secs(60);

/// More than the system takes at once.
const LARGE: usize = 16 << 20;

fn at(exchange: Exchange, bytes: u64, per: Duration) -> Exchange {
    let mut exchange = exchange;
    exchange.limits_mut().min_rate = Some(Rate::new(bytes, per));
    exchange.limits_mut().max_body_bytes = u64::MAX;
    exchange
}

/// Responds with a byte every 5 ms, so often or until the client has had enough.
fn dripping(times: usize) -> Script {
    script(move |mut socket| {
        socket.read_request();
        socket.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
        for _ in 0..times {
            if !socket.try_write(b"x") {
                return;
            }
            sleep(Duration::from_millis(5));
        }
    })
}

/// Takes a request piece by piece, until the client has had enough.
fn taking() -> Script {
    script(|mut socket| {
        socket.keep_window_small();
        socket.read_head();
        while !socket.try_read().is_empty() {
            sleep(Duration::from_millis(5));
        }
    })
}

/// Asserts that the exchange ends for being too slow in this phase, and not early.
fn is_too_slow(exchange: Exchange, phase: Phase) {
    let begin = Instant::now();
    let error = fail(&transport(), exchange);
    assert!(error.is_too_slow(), "{error:?}");
    assert_eq!(error.kind(), FailureKind::Timeout);
    assert_eq!(error.phase(), Some(phase));
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    assert!(begin.elapsed() >= SHORT, "{:?}", begin.elapsed());
}

#[test]
fn a_response_that_crawls_ends() {
    let peer = Peer::with([dripping(usize::MAX)]);
    is_too_slow(at(get(&peer.url("/")), 1 << 20, SHORT), Phase::Body);
    peer.done();
}

#[test]
fn a_request_that_is_taken_too_slowly_ends() {
    let peer = Peer::with([taking()]);
    let exchange = post(&peer.url("/"), vec![7; LARGE]);
    is_too_slow(at(exchange, 1 << 30, SHORT), Phase::Send);
    peer.done();
}

/// The system has all of it at once, and the peer next to nothing.
#[test]
fn what_the_system_has_is_not_with_the_peer() {
    let peer = Peer::with([taking()]);
    let exchange = post(&peer.url("/"), vec![7; 1 << 20]);
    is_too_slow(at(exchange, 1 << 30, SHORT), Phase::Send);
    peer.done();
}

#[test]
fn what_moves_as_it_must_goes_on() {
    let peer = Peer::with([dripping(100)]);
    let (status, body) = fetch(&transport(), at(get(&peer.url("/")), 1, AGES));
    assert_eq!((status, body.len()), (200, 100));
    peer.done();

    let peer = Peer::with([script(|mut socket| {
        assert_eq!(socket.read_request().body.len(), LARGE);
        socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
    })]);
    let exchange = post(&peer.url("/"), vec![7; LARGE]);
    assert_eq!(fetch(&transport(), at(exchange, 1024, AGES)).0, 204);
    peer.done();
}

/// A source that takes its time for each piece.
struct Slow(Duration);

impl BodySource for Slow {
    fn len(&self) -> u64 {
        3 * 64 * 1024
    }

    fn read_at(&self, _offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        sleep(self.0);
        Ok(buffer.len())
    }
}

#[test]
fn the_time_of_a_source_and_of_a_reader_is_not_the_peers() {
    stretched(|time| {
        let peer = Peer::with([script(|mut socket| {
            socket.read_request();
            socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 8000000\r\n\r\n");
            socket.write(&vec![7; 8_000_000]);
        })]);
        let exchange = post(&peer.url("/"), Body::from_source(Slow(2 * time)));
        // Or the machine itself was too slow.
        let Ok(response) = run(&transport(), at(exchange, 1, time)) else {
            return false;
        };
        sleep(2 * time);
        let Ok(body) = collect(response) else {
            return false;
        };
        assert_eq!(body.len(), 8_000_000);
        peer.done();
        true
    });
}
