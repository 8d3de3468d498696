//! Limits: each ends what it must, by its name, and nothing else.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use talkspace_core::{Delivery, Exchange, FailureKind, Phase};

use super::peer::{Peer, answering, script};
use super::{fail, fetch, get, post, run, transport, with_limits};

const SHORT: Duration = Duration::from_millis(60);
/// What a busy machine may add.
const SLACK: Duration = Duration::from_secs(2);

/// Asserts that the exchange times out in `phase`, no earlier than `SHORT`.
fn times_out(exchange: Exchange, phase: Phase, delivery: Delivery) {
    let begin = Instant::now();
    let error = fail(&transport(), exchange);
    assert_eq!(error.kind(), FailureKind::Timeout, "{error:?}");
    assert_eq!(error.phase(), Some(phase));
    assert_eq!(error.delivery(), delivery);
    assert!((SHORT..SHORT + SLACK).contains(&begin.elapsed()));
}

/// A peer that takes the request, writes `answer` and waits for the close.
fn silent_after(answer: &'static [u8]) -> Peer {
    Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(answer);
        socket.expect_close();
    })])
}

/// A peer whose answer has one byte every 5 ms, without end.
fn dripping(begin: &'static [u8]) -> Peer {
    Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(begin);
        while socket.try_write(b"x") {
            sleep(Duration::from_millis(5));
        }
    })])
}

#[test]
fn a_deadline_in_the_past_touches_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let past = with_limits(&url, |limits| limits.deadline = Some(Instant::now()));
    let error = fail(&transport(), past);
    assert_eq!(error.kind(), FailureKind::Timeout);
    assert_eq!(error.delivery(), Delivery::NotSent);
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "no connection was made");
}

/// A listener whose backlog is full: a further connect gets no answer.
pub(super) fn black_hole() -> (Socket, Vec<std::net::TcpStream>, String) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: std::net::SocketAddr = "127.0.0.1:0".parse().unwrap();
    socket.bind(&any.into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let mut filling = Vec::new();
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, SHORT) {
        filling.push(stream);
    }
    (socket, filling, format!("http://{address}"))
}

#[test]
fn connecting_has_a_limit() {
    let (_socket, _filling, url) = black_hole();
    let exchange = with_limits(&url, |limits| limits.connect = SHORT);
    times_out(exchange, Phase::Connect, Delivery::NotSent);
    let exchange = with_limits(&url, |limits| {
        limits.deadline = Some(Instant::now() + SHORT);
    });
    times_out(exchange, Phase::Connect, Delivery::NotSent);
}

#[test]
fn the_handshake_is_part_of_connecting() {
    let peer = Peer::with([script(|mut socket| socket.expect_close())]);
    let url = peer.url("").replace("http", "https");
    let exchange = with_limits(&url, |limits| limits.connect = SHORT);
    times_out(exchange, Phase::Connect, Delivery::NotSent);
    peer.done();
}

#[test]
fn the_first_byte_has_a_limit_of_its_own() {
    let peer = silent_after(b"");
    let exchange = with_limits(&peer.url("/"), |limits| limits.first_byte = SHORT);
    times_out(exchange, Phase::Head, Delivery::MaybeSent);
    peer.done();
}

#[test]
fn waiting_for_the_first_byte_is_not_idleness() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        sleep(SHORT);
        socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
    })]);
    let exchange = with_limits(&peer.url("/"), |limits| limits.idle = SHORT / 3);
    assert_eq!(fetch(&transport(), exchange).0, 204);
    peer.done();
}

#[test]
fn silence_in_the_head_and_in_the_body_is_ended() {
    for (answer, phase) in [
        (&b"HTTP/1.1 200 OK\r\n"[..], Phase::Head),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab",
            Phase::Body,
        ),
    ] {
        let peer = silent_after(answer);
        let exchange = with_limits(&peer.url("/"), |limits| limits.idle = SHORT);
        times_out(exchange, phase, Delivery::MaybeSent);
        peer.done();
    }
}

#[test]
fn silence_in_an_upload_is_ended() {
    let (give_up, given_up) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_head();
        given_up.recv().unwrap();
        socket.expect_close();
    })]);
    let mut exchange = post(&peer.url("/"), vec![0; 32 << 20]);
    exchange.limits.idle = SHORT;
    times_out(exchange, Phase::Send, Delivery::MaybeSent);
    give_up.send(()).unwrap();
    peer.done();
}

#[test]
fn only_the_deadline_ends_a_drip() {
    for (begin, phase) in [
        (&b"HTTP/1.1 200 OK\r\nx: "[..], Phase::Head),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n",
            Phase::Body,
        ),
    ] {
        let peer = dripping(begin);
        let exchange = with_limits(&peer.url("/"), |limits| {
            limits.idle = SHORT;
            limits.deadline = Some(Instant::now() + 4 * SHORT);
        });
        times_out(exchange, phase, Delivery::MaybeSent);
        peer.done();
    }
}

#[test]
fn a_reader_that_pauses_is_not_a_silent_peer() {
    let (paused, may_go_on) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na");
        may_go_on.recv().unwrap();
        sleep(SHORT / 4);
        socket.write(b"b");
    })]);
    let exchange = with_limits(&peer.url("/"), |limits| limits.idle = SHORT);
    let answer = run(&transport(), exchange).unwrap();
    let mut body = answer.into_body();
    assert_eq!(body.chunk().unwrap().as_deref(), Some(&b"a"[..]));
    sleep(2 * SHORT);
    paused.send(()).unwrap();
    assert_eq!(body.chunk().unwrap().as_deref(), Some(&b"b"[..]));
    peer.done();
}

#[test]
fn the_deadline_holds_while_there_is_always_more_to_read() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        socket.write(b"HTTP/1.1 200 OK\r\n\r\n");
        while socket.try_write(&[0; 64 * 1024]) {}
    })]);
    let exchange = with_limits(&peer.url("/"), |limits| {
        limits.max_body = u64::MAX;
        limits.deadline = Some(Instant::now() + 4 * SHORT);
    });
    times_out(exchange, Phase::Body, Delivery::MaybeSent);
    peer.done();
}

#[test]
fn huge_limits_are_no_limits() {
    let peer = Peer::with([answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")]);
    let far = Duration::from_secs(60 * 60 * 24 * 365 * 100_000);
    let exchange = with_limits(&peer.url("/"), |limits| {
        limits.deadline = Instant::now().checked_add(far);
        limits.connect = Duration::MAX;
        limits.first_byte = Duration::MAX;
        limits.idle = Duration::MAX;
        limits.max_head = usize::MAX;
        limits.max_body = u64::MAX;
    });
    let transport = transport();
    assert_eq!(fetch(&transport, exchange).0, 200);
    drop(transport);
    peer.done();
}

#[test]
fn an_answer_before_the_deadline_is_an_answer() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        sleep(SHORT);
        socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
    })]);
    let mut exchange = get(&peer.url("/"));
    exchange.limits.deadline = Some(Instant::now() + SLACK);
    assert_eq!(fetch(&transport(), exchange).0, 204);
    peer.done();
}
