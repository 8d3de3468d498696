//! Slow lines: what is a silence of the peer, and what is not.

use std::sync::mpsc;
use std::thread::sleep;
use std::time::Duration;

use talkspace_core::transport::Exchange;
use talkspace_core::{Delivery, FailureKind, Phase};

use super::peer::{Peer, Socket, script};
use super::tls::{Authority, url};
use super::{collect, fail, post, run, transport};

const SHORT: Duration = Duration::from_millis(60);
/// For a peer that is silent for ever.
const LIMIT: Duration = Duration::from_millis(250);
const AGES: Duration = Duration::from_secs(600);
/// The system takes this at once, and the line needs more than twice the limit
/// for it.
const SIZE: usize = 3 << 20;
const STEPS: u32 = 100;
const STEP: usize = SIZE / STEPS as usize;

/// Tries with longer times if the machine was too busy for the short ones: who
/// is to wait in a phase has to get there, and a peer has to wake. What is
/// wrong with a client is so with the longest times, too.
pub(super) fn stretched(came_so_far: impl Fn(Duration) -> bool) {
    let times = [1, 8, 64].map(|scale| scale * SHORT);
    assert!(times.into_iter().any(came_so_far));
}

fn upload(url: &str, limit: Duration) -> Exchange {
    let mut exchange = post(url, vec![7; SIZE]);
    exchange.limits_mut().response_timeout = limit;
    exchange.limits_mut().read_timeout = limit;
    exchange
}

/// Takes a body as a slow line does: without ever pausing for long.
fn take_slowly(socket: &mut Socket, limit: Duration) {
    for _ in 0..STEPS {
        socket.read_exact(STEP);
        sleep(5 * limit / 2 / STEPS);
    }
    socket.read_exact(SIZE % STEP);
}

fn slow(mut socket: Socket, limit: Duration) {
    socket.keep_window_small();
    socket.read_head();
    take_slowly(&mut socket, limit);
    socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
}

#[test]
fn nor_is_it_through_tls() {
    let authority = Authority::new();
    let config = authority.server("localhost");
    stretched(|time| {
        let limit = 4 * time;
        let config = config.clone();
        let peer = Peer::with([script(move |socket| {
            slow(socket.secure(&config).unwrap(), limit);
        })]);
        // Or the machine itself paused for so long.
        let Ok(response) = run(
            &authority.trusting(),
            upload(&url(&peer, "localhost"), limit),
        ) else {
            return false;
        };
        assert_eq!(response.status(), 200);
        peer.done();
        true
    });
}

#[test]
fn nor_is_it_when_the_response_has_begun() {
    stretched(|time| {
        let limit = 4 * time;
        let peer = Peer::with([script(move |mut socket| {
            socket.keep_window_small();
            socket.read_head();
            socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n");
            take_slowly(&mut socket, limit);
            socket.write(b"ok");
        })]);
        // Or the machine itself paused for so long.
        let Ok(response) = run(&transport(), upload(&peer.url("/"), limit)) else {
            return false;
        };
        let Ok(body) = collect(response) else {
            return false;
        };
        assert_eq!(&body[..], b"ok");
        peer.done();
        true
    });
}

#[test]
fn a_line_that_stops_is_silent_though_the_system_took_all() {
    let (give_up, given_up) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.keep_window_small();
        socket.read_head();
        given_up.recv().unwrap();
        socket.read_to_close();
    })]);
    let error = fail(&transport(), upload(&peer.url("/"), LIMIT));
    assert_eq!(error.kind(), FailureKind::Timeout);
    assert_eq!(error.phase(), Some(Phase::Send));
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    give_up.send(()).unwrap();
    peer.done();
}

#[test]
fn a_peer_that_has_it_all_has_the_time_for_the_first_byte() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        socket.read_to_close();
    })]);
    let mut exchange = upload(&peer.url("/"), AGES);
    exchange.limits_mut().response_timeout = LIMIT;
    let error = fail(&transport(), exchange);
    assert_eq!(error.phase(), Some(Phase::Head), "{error:?}");
    peer.done();
}
