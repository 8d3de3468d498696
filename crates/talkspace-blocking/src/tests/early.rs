//! Responses that begin before the request is out: both move at once.
//!
//! Nothing is read of these requests before their response has begun, and they
//! are larger than what any system takes in advance.

use std::io;
use std::sync::{Mutex, mpsc};

use talkspace_core::transport::{Body, Exchange};
use talkspace_core::{BodySource, Delivery, FailureKind};

use super::peer::{Peer, responding, script};
use super::{collect, fail, fetch, post, run, transport};

const SIZE: usize = 32 << 20;

fn large(url: &str) -> Exchange {
    let mut exchange = post(url, vec![7; SIZE]);
    exchange.limits_mut().max_body_bytes = SIZE as u64;
    exchange
}

#[test]
fn a_success_that_is_whole_stands_though_its_peer_takes_no_more() {
    let peer = Peer::with([script(move |mut socket| {
        socket.read_head();
        socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        // Closing with bytes unread resets the connection.
    })]);
    let (status, body) = fetch(&transport(), large(&peer.url("/")));
    assert_eq!((status, &body[..]), (200, &b"ok"[..]));
    peer.done();
}

#[test]
fn an_error_response_that_is_not_whole_may_wait_for_the_request() {
    let (begun, may_go_on) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_head();
        socket.write(b"HTTP/1.1 500 Broken\r\ncontent-length: 2\r\n\r\n");
        may_go_on.recv().unwrap();
        socket.read_exact(SIZE);
        socket.write(b"no");
        socket.read_to_close();
    })]);
    let transport = transport();
    let response = run(&transport, large(&peer.url("/"))).unwrap();
    begun.send(()).unwrap();
    assert_eq!(&collect(response).unwrap()[..], b"no");
    drop(transport);
    peer.done();
}

#[test]
fn a_redirect_that_is_whole_ends_the_request() {
    let (responded, go_on) = mpsc::channel();
    let peer = Peer::with([
        script(move |mut socket| {
            socket.read_head();
            socket.write(b"HTTP/1.1 307 Over There\r\nlocation: /b\r\ncontent-length: 0\r\n\r\n");
            go_on.recv().unwrap();
            assert!(socket.read_to_close().len() < SIZE);
        }),
        responding(b"HTTP/1.1 204 No Content\r\n\r\n"),
    ]);
    let transport = transport();
    assert_eq!(fetch(&transport, large(&peer.url("/"))).0, 307);
    responded.send(()).unwrap();
    assert_eq!(fetch(&transport, post(&peer.url("/"), "x")).0, 204);
    drop(transport);
    peer.done();
}

/// A source that fails once the response has begun.
struct Failing(Mutex<mpsc::Receiver<()>>);

impl BodySource for Failing {
    fn len(&self) -> u64 {
        SIZE as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if offset > 0 {
            self.0.lock().unwrap().recv().unwrap();
            return Err(io::Error::other("no disk"));
        }
        Ok(buffer.len())
    }
}

#[test]
fn a_source_that_fails_during_a_response_is_a_failure() {
    let (begun, may_fail) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_head();
        socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        begun.send(()).unwrap();
        assert!(socket.read_to_close().len() < SIZE);
    })]);
    let body = Body::from_source(Failing(Mutex::new(may_fail)));
    let error = fail(&transport(), post(&peer.url("/"), body));
    assert_eq!(error.kind(), FailureKind::BodySource, "{error:?}");
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    peer.done();
}
