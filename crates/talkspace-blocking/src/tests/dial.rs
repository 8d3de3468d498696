//! Several addresses: the attempts to connect to them overlap.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use socket2::SockRef;
use talkspace_conformance::wire::BlackHole;
use talkspace_core::transport::TransportError;
use talkspace_core::{CancelToken, Delivery, FailureKind, Limits, Phase};
use talkspace_net::socket::Sockets;
use talkspace_net::{Settings, TransportBuilder};

use crate::dial::Dial;
use crate::watch::Watch;

/// Longer than any test: an equal share of it would be, too.
const AGES: Duration = Duration::from_secs(600);
/// What a timer may be early by.
const EARLY: Duration = Duration::from_millis(5);

fn first_of(addresses: Vec<SocketAddr>, limit: Duration) -> Result<TcpStream, TransportError> {
    let mut limits = Limits::default();
    limits.connect_timeout = limit;
    let watch = Watch {
        limits,
        cancel: CancelToken::new(),
    };
    let stream = Dial::new(&watch, &Sockets::default(), Instant::now()).first_of(addresses)?;
    Ok(stream.as_tcp().unwrap().try_clone().unwrap())
}

fn live() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn refused() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 1))
}

#[test]
fn the_next_address_is_tried_while_the_first_is_silent() {
    let hole = BlackHole::open().unwrap();
    let (_listener, live) = live();
    let begin = Instant::now();
    let stream = first_of(vec![hole.address(), live], AGES).unwrap();
    assert_eq!(stream.peer_addr().unwrap(), live);
    assert!(begin.elapsed() + EARLY >= Duration::from_millis(250));

    // The loser cannot be interrupted, and is closed when it has connected.
    let mut loser = hole.accept().unwrap();
    assert_eq!(loser.read(&mut [0]).unwrap(), 0);
}

#[test]
fn no_more_than_eight_attempts_are_under_way_and_yet_the_last_is_reached() {
    let hole = BlackHole::open().unwrap();
    let (_listener, live) = live();
    let addresses = [vec![hole.address(); 9], vec![live]].concat();
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let now = hole.connecting().unwrap_or(0);
                assert!(now <= 8, "{now} attempts at once");
                thread::sleep(Duration::from_millis(10));
            }
        });
        let stream = first_of(addresses, AGES);
        over.store(true, Ordering::Relaxed);
        assert_eq!(stream.unwrap().peer_addr().unwrap(), live);
    });
}

#[test]
fn what_no_address_takes_fails_for_the_last_reason_and_was_not_sent() {
    let hole = BlackHole::open().unwrap();
    // That of the last one alone is met.
    let soon = Duration::from_millis(400);
    for (addresses, limit, kind, phase) in [
        (vec![], AGES, FailureKind::Resolve, None),
        (vec![refused(), refused()], AGES, FailureKind::Connect, None),
        (
            vec![hole.address(), refused(), hole.address()],
            soon,
            FailureKind::Timeout,
            Some(Phase::Connect),
        ),
    ] {
        let error = first_of(addresses, limit).unwrap_err();
        assert_eq!((error.kind(), error.phase()), (kind, phase));
        assert_eq!(error.delivery(), Delivery::NotSent);
    }
}

/// What is set for sockets is on the one that connects.
#[test]
fn a_socket_is_as_it_was_set() {
    let (listener, live) = live();
    let idle = Duration::from_secs(77);
    let plain = TransportBuilder::<Settings>::default();
    let set = plain.clone().tcp_keepalive(idle).local_address(live.ip());
    for (builder, is_kept_alive) in [(plain, false), (set, true)] {
        let sockets = builder.build().unwrap().sockets;
        let watch = Watch {
            limits: Limits::default(),
            cancel: CancelToken::new(),
        };
        let dial = Dial::new(&watch, &sockets, Instant::now());
        let stream = dial.run("127.0.0.1", live.port()).unwrap();
        let stream = stream.as_tcp().unwrap();
        let socket = SockRef::from(stream);
        assert_eq!(socket.keepalive().unwrap(), is_kept_alive);
        assert_eq!(stream.local_addr().unwrap().ip(), live.ip());
        // Neither blocks nor fails at once, as one would that connects aside.
        drop(listener.accept().unwrap());
        assert_eq!((&*stream).read(&mut [0]).unwrap(), 0);
    }
}
