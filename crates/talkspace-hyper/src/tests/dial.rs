//! Several addresses: the attempts to connect to them overlap.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use socket2::SockRef;
use talkspace_conformance::wire::BlackHole;
use talkspace_core::transport::TransportError;
use talkspace_core::{Delivery, FailureKind, Phase};
use talkspace_net::socket::Sockets;
use talkspace_net::{Settings, TransportBuilder};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::dial;

/// Longer than any test: an equal share of it would be, too.
const AGES: Duration = Duration::from_secs(600);
/// What a timer may be early by.
const EARLY: Duration = Duration::from_millis(5);

async fn first_of(addresses: Vec<SocketAddr>, until: Instant) -> Result<TcpStream, TransportError> {
    dial::first_of(addresses, &Sockets::default(), until).await
}

fn live() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn refused() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 1))
}

#[tokio::test]
async fn the_next_address_is_tried_while_the_first_is_silent() {
    let hole = BlackHole::open().unwrap();
    let (_listener, live) = live();
    let begin = Instant::now();
    let socket = first_of(vec![hole.address(), live], begin + AGES).await;
    assert_eq!(socket.unwrap().peer_addr().unwrap(), live);
    assert!(begin.elapsed() + EARLY >= Duration::from_millis(250));
    // Where the system tells.
    assert_eq!(hole.connecting().unwrap_or(0), 0, "the loser is closed");
}

#[tokio::test]
async fn no_more_than_eight_attempts_are_under_way_and_yet_the_last_is_reached() {
    let hole = BlackHole::open().unwrap();
    let (_listener, live) = live();
    let addresses = [vec![hole.address(); 9], vec![live]].concat();
    let watching = tokio::spawn(async move {
        let mut most = 0;
        loop {
            most = most.max(hole.connecting().unwrap_or(0));
            assert!(most <= 8, "{most} attempts at once");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let socket = first_of(addresses, Instant::now() + AGES).await.unwrap();
    assert_eq!(socket.peer_addr().unwrap(), live);
    assert!(!watching.is_finished(), "{:?}", watching.await);
    watching.abort();
}

#[tokio::test]
async fn what_no_address_takes_fails_for_the_last_reason_and_was_not_sent() {
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
        let error = first_of(addresses, Instant::now() + limit).await;
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.phase()), (kind, phase));
        assert_eq!(error.delivery(), Delivery::NotSent);
    }
}

/// What is set for sockets is on the one that connects.
#[tokio::test]
async fn a_socket_is_as_it_was_set() {
    let (listener, live) = live();
    let idle = Duration::from_secs(77);
    let plain = TransportBuilder::<Settings>::default();
    let set = plain.clone().tcp_keepalive(idle).local_address(live.ip());
    for (builder, is_kept_alive) in [(plain, false), (set, true)] {
        let sockets = builder.build().unwrap().sockets;
        let until = Instant::now() + AGES;
        let dial = dial::dial("127.0.0.1", live.port(), &sockets, until);
        let mut stream = dial.await.unwrap();
        let socket = SockRef::from(&stream);
        assert_eq!(socket.keepalive().unwrap(), is_kept_alive);
        assert_eq!(stream.local_addr().unwrap().ip(), live.ip());
        drop(listener.accept().unwrap());
        assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);
    }
}
