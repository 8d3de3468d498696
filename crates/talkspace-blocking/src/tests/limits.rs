//! Limits: each ends what it must, by its name, and nothing else.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use talkspace_conformance::wire::BlackHole;
use talkspace_core::transport::Exchange;
use talkspace_core::{Delivery, FailureKind, Phase};

use super::peer::{Peer, responding, script};
use super::{fail, fetch, get, post, run, transport, with_limits};

const SHORT: Duration = Duration::from_millis(60);

/// A limit that is not met.
const FAR: Duration = Duration::from_secs(60);

/// Asserts that the exchange times out in `phase`, no earlier than `SHORT`.
fn times_out(exchange: Exchange, phase: Phase, delivery: Delivery) {
    let ended = ends_in(exchange, Instant::now(), SHORT);
    assert_eq!(ended, (Some(phase), delivery));
}

/// In which phase the exchange times out, which is not before this time.
pub(super) fn ends_in(
    exchange: Exchange,
    begin: Instant,
    limit: Duration,
) -> (Option<Phase>, Delivery) {
    let error = fail(&transport(), exchange);
    assert_eq!(error.kind(), FailureKind::Timeout, "{error:?}");
    assert!(begin.elapsed() >= limit, "{:?}", begin.elapsed());
    (error.phase(), error.delivery())
}

/// Tries with longer times if the machine was too busy for the short ones: who
/// is to wait in a phase has to get there, and a peer has to wake. What is
/// wrong with a client is so with the longest times, too.
pub(super) fn stretched(came_so_far: impl Fn(Duration) -> bool) {
    let times = [1, 8, 64].map(|scale| scale * SHORT);
    assert!(times.into_iter().any(came_so_far));
}

/// A peer that takes the request, writes `response` and waits for the close.
fn silent_after(response: &'static [u8]) -> Peer {
    Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(response);
        socket.expect_close();
    })])
}

/// A peer whose response has one byte every 5 ms, without end.
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

#[test]
fn connecting_has_a_limit() {
    let hole = BlackHole::open().unwrap();
    let url = format!("http://{}", hole.address());
    let exchange = with_limits(&url, |limits| limits.connect_timeout = SHORT);
    times_out(exchange, Phase::Connect, Delivery::NotSent);
    let begin = Instant::now();
    let exchange = with_limits(&url, |limits| limits.deadline = Some(begin + SHORT));
    let ended = ends_in(exchange, begin, SHORT);
    assert_eq!(ended, (Some(Phase::Connect), Delivery::NotSent));
}

#[test]
fn the_handshake_is_part_of_connecting() {
    let peer = Peer::with([script(|mut socket| socket.expect_close())]);
    let url = peer.url("").replace("http", "https");
    let exchange = with_limits(&url, |limits| limits.connect_timeout = SHORT);
    times_out(exchange, Phase::Connect, Delivery::NotSent);
    peer.done();
}

#[test]
fn the_response_timeout_is_a_limit_of_its_own() {
    let peer = silent_after(b"");
    let exchange = with_limits(&peer.url("/"), |limits| limits.response_timeout = SHORT);
    times_out(exchange, Phase::Head, Delivery::MaybeSent);
    peer.done();
}

#[test]
fn waiting_for_the_response_is_not_idleness() {
    stretched(|time| {
        let peer = Peer::with([script(move |mut socket| {
            socket.read_request();
            sleep(time);
            socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
        })]);
        let exchange = with_limits(&peer.url("/"), |limits| limits.read_timeout = time / 3);
        let Ok(response) = run(&transport(), exchange) else {
            return false;
        };
        assert_eq!(response.status(), 204);
        peer.done();
        true
    });
}

#[test]
fn silence_in_the_head_and_in_the_body_is_ended() {
    for (response, phase) in [
        (&b"HTTP/1.1 200 OK\r\n"[..], Phase::Head),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab",
            Phase::Body,
        ),
    ] {
        stretched(|time| {
            let peer = silent_after(response);
            let exchange = with_limits(&peer.url("/"), |limits| limits.read_timeout = time);
            let ended = ends_in(exchange, Instant::now(), time);
            if ended != (Some(phase), Delivery::MaybeSent) {
                return false;
            }
            peer.done();
            true
        });
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
    exchange.limits_mut().read_timeout = SHORT;
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
        stretched(|time| {
            let peer = dripping(begin);
            let begin = Instant::now();
            let exchange = with_limits(&peer.url("/"), |limits| {
                limits.read_timeout = time;
                limits.deadline = Some(begin + 4 * time);
            });
            let ended = ends_in(exchange, begin, time);
            // Or the peer did not wake for so long that it was silent.
            if begin.elapsed() < 4 * time || ended != (Some(phase), Delivery::MaybeSent) {
                return false;
            }
            peer.done();
            true
        });
    }
}

#[test]
fn a_reader_that_pauses_is_not_a_silent_peer() {
    stretched(|time| {
        let (paused, may_go_on) = mpsc::channel();
        let peer = Peer::with([script(move |mut socket| {
            socket.read_request();
            socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na");
            may_go_on.recv().unwrap();
            sleep(time / 4);
            socket.write(b"b");
        })]);
        let exchange = with_limits(&peer.url("/"), |limits| limits.read_timeout = time);
        let Ok(response) = run(&transport(), exchange) else {
            return false;
        };
        let mut body = response.into_body();
        assert_eq!(body.chunk().unwrap().as_deref(), Some(&b"a"[..]));
        sleep(2 * time);
        paused.send(()).unwrap();
        let Ok(rest) = body.chunk() else {
            return false;
        };
        assert_eq!(rest.as_deref(), Some(&b"b"[..]));
        peer.done();
        true
    });
}

#[test]
fn the_deadline_holds_while_there_is_always_more_to_read() {
    stretched(|time| {
        let peer = Peer::with([script(|mut socket| {
            socket.read_request();
            socket.write(b"HTTP/1.1 200 OK\r\n\r\n");
            while socket.try_write(&[0; 64 * 1024]) {}
        })]);
        let begin = Instant::now();
        let exchange = with_limits(&peer.url("/"), |limits| {
            limits.max_body_bytes = u64::MAX;
            limits.deadline = Some(begin + 4 * time);
        });
        let ended = ends_in(exchange, begin, 4 * time);
        if ended != (Some(Phase::Body), Delivery::MaybeSent) {
            return false;
        }
        peer.done();
        true
    });
}

#[test]
fn huge_limits_are_no_limits() {
    let peer = Peer::with([responding(
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
    )]);
    let far = Duration::from_secs(60 * 60 * 24 * 365 * 100_000);
    let exchange = with_limits(&peer.url("/"), |limits| {
        limits.deadline = Instant::now().checked_add(far);
        limits.connect_timeout = Duration::MAX;
        limits.response_timeout = Duration::MAX;
        limits.read_timeout = Duration::MAX;
        limits.max_header_bytes = usize::MAX;
        limits.max_body_bytes = u64::MAX;
    });
    let transport = transport();
    assert_eq!(fetch(&transport, exchange).0, 200);
    drop(transport);
    peer.done();
}

#[test]
fn a_response_before_the_deadline_is_a_response() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        sleep(SHORT);
        socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
    })]);
    let mut exchange = get(&peer.url("/"));
    exchange.limits_mut().deadline = Some(Instant::now() + FAR);
    assert_eq!(fetch(&transport(), exchange).0, 204);
    peer.done();
}
