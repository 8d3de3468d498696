//! The least rate: it ends a peer that crawls, and nothing else.

use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

use talkspace_core::transport::{Body, Exchange, Rate};
use talkspace_core::{BodySource, Delivery, FailureKind, Phase};

use super::peer::{Peer, Script, script};
use super::slow::stretched;
use super::{collect, fail, post, run, transport};

/// Too short for what is asked of it.
const SHORT: Duration = Duration::from_millis(200);

fn at(exchange: Exchange, bytes: u64, per: Duration) -> Exchange {
    let mut exchange = exchange;
    exchange.limits_mut().min_rate = Some(Rate::new(bytes, per));
    exchange.limits_mut().max_body_bytes = u64::MAX;
    exchange
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

/// The system has all of it at once, and the peer next to nothing.
#[test]
fn what_the_system_has_is_not_with_the_peer() {
    let peer = Peer::with([taking()]);
    let exchange = post(&peer.url("/"), vec![7; 1 << 20]);
    is_too_slow(at(exchange, 1 << 30, SHORT), Phase::Send);
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
