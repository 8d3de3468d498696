//! A token ends its own exchange, at once, and no other.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use talkspace_core::{
    BlockingTransport as _, Cancel, Delivery, Exchange, FailureKind, TransportError,
};

use super::limits::black_hole;
use super::peer::{Peer, Script, answering, script};
use super::{collect, fetch, get, post, transport};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// Runs the exchange, cancels it when the gate opens, and says how it failed.
fn cancelled_at(gate: mpsc::Receiver<()>, exchange: Exchange) -> TransportError {
    let cancel = Cancel::new();
    let exchanging = thread::spawn({
        let cancel = cancel.clone();
        move || transport().exchange(exchange, &cancel).and_then(collect)
    });
    gate.recv().unwrap();
    let begin = Instant::now();
    cancel.cancel();
    cancel.cancel();
    let error = exchanging.join().unwrap().unwrap_err();
    assert!(begin.elapsed() < Duration::from_secs(1));
    assert_eq!(error.kind(), FailureKind::Cancelled, "{error:?}");
    error
}

/// A script that says when it has done its part and waits for the close.
fn gated(
    part: impl FnOnce(&mut super::peer::Socket) + Send + 'static,
) -> (Script, mpsc::Receiver<()>) {
    let (open, gate) = mpsc::channel();
    let script = script(move |mut socket| {
        part(&mut socket);
        open.send(()).unwrap();
        socket.expect_close();
    });
    (script, gate)
}

#[test]
fn before_it_begins_nothing_is_touched() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let cancel = Cancel::new();
    cancel.cancel();
    let error = transport().exchange(get(&url), &cancel).unwrap_err();
    assert_eq!(error.kind(), FailureKind::Cancelled);
    assert_eq!(error.delivery(), Delivery::NotSent);
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "no connection was made");
}

#[test]
fn while_it_connects() {
    let (_socket, _filling, url) = black_hole();
    let (open, gate) = mpsc::channel();
    open.send(()).unwrap();
    let error = cancelled_at(gate, get(&url));
    assert_eq!(error.delivery(), Delivery::NotSent);
}

#[test]
fn in_the_handshake() {
    let (script, gate) = gated(|_| {});
    let peer = Peer::with([script]);
    let error = cancelled_at(gate, get(&peer.url("").replace("http", "https")));
    assert_eq!(error.delivery(), Delivery::NotSent);
    peer.done();
}

#[test]
fn while_it_waits_for_the_head_and_in_the_body() {
    for answer in [
        &b""[..],
        b"HTTP/1.1 200 O",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart",
        b"HTTP/1.1 200 OK\r\n\r\na body that looks whole when cancelled",
    ] {
        let (script, gate) = gated(|socket| {
            socket.read_request();
            socket.write(answer);
        });
        let peer = Peer::with([script]);
        let error = cancelled_at(gate, get(&peer.url("/")));
        assert_eq!(error.delivery(), Delivery::MaybeSent);
        peer.done();
    }
}

#[test]
fn in_an_upload() {
    let (script, gate) = gated(|socket| {
        socket.read_head();
    });
    let peer = Peer::with([script]);
    let error = cancelled_at(gate, post(&peer.url("/"), vec![7; 32 << 20]));
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    peer.done();
}

#[test]
fn a_late_cancel_harms_nobody() {
    let peer = Peer::with([answering(OK)]);
    let transport = transport();
    for _ in 0..3 {
        let cancel = Cancel::new();
        let answer = transport.exchange(get(&peer.url("/")), &cancel).unwrap();
        assert_eq!(&collect(answer).unwrap()[..], b"ok");
        cancel.cancel();
    }
    drop(transport);
    peer.done();
}

#[test]
fn a_neighbour_and_the_next_request_are_fine() {
    let (script, gate) = gated(|socket| {
        socket.read_request();
    });
    let peer = Peer::with([script, answering(OK)]);
    let (transport, cancel) = (transport(), Cancel::new());
    let cancelled = thread::spawn({
        let (transport, cancel, url) = (transport.clone(), cancel.clone(), peer.url("/"));
        move || transport.exchange(get(&url), &cancel).map(drop)
    });
    gate.recv().unwrap();
    assert_eq!(fetch(&transport, get(&peer.url("/"))).0, 200);
    cancel.cancel();
    assert!(cancelled.join().unwrap().is_err());
    assert_eq!(fetch(&transport, get(&peer.url("/"))).0, 200);
    drop(transport);
    peer.done();
}
