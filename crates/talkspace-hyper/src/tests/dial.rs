//! Several addresses: the attempts to connect to them overlap.

use std::collections::BTreeSet;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use talkspace_core::{Delivery, FailureKind, Phase};
use tokio::time::Instant;

use super::limits::BlackHole;
use crate::dial::first_of;

/// Longer than any test: an equal share of it would be, too.
const AGES: Duration = Duration::from_secs(600);
/// What a timer may be early by.
const EARLY: Duration = Duration::from_millis(5);

fn live() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn refused() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 1))
}

/// The attempts to connect to `port` that are under way, as the system knows.
fn under_way(port: u16) -> usize {
    const SYN_SENT: &str = "02";
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let port = format!(":{port:04X}");
    // A table that changes while it is read may show a socket twice.
    let sockets = table.lines().filter_map(|row| {
        let mut fields = row.split_whitespace().skip(1);
        let socket = fields.next()?;
        let is_to = fields.next()?.ends_with(&port);
        (is_to && fields.next() == Some(SYN_SENT)).then_some(socket)
    });
    sockets.collect::<BTreeSet<_>>().len()
}

#[tokio::test]
async fn the_next_address_is_tried_while_the_first_is_silent() {
    let hole = BlackHole::on("127.0.0.1:0");
    let (_listener, live) = live();
    let begin = Instant::now();
    let socket = first_of(vec![hole.address, live], begin + AGES).await;
    assert_eq!(socket.unwrap().peer_addr().unwrap(), live);
    assert!(begin.elapsed() + EARLY >= Duration::from_millis(250));
    if cfg!(target_os = "linux") {
        assert_eq!(under_way(hole.address.port()), 0, "the loser is closed");
    }
}

#[tokio::test]
async fn a_refusal_makes_way_at_once() {
    let (_listener, live) = live();
    let mut addresses = vec![refused(); 4000];
    addresses.push(live);
    // Were each given its time alone, that would take 1,000 s.
    let socket = first_of(addresses, Instant::now() + AGES).await.unwrap();
    assert_eq!(socket.peer_addr().unwrap(), live);
}

#[tokio::test]
async fn no_more_than_eight_attempts_are_under_way_and_yet_the_last_is_reached() {
    let hole = BlackHole::on("127.0.0.1:0");
    let (_listener, live) = live();
    let addresses = [vec![hole.address; 9], vec![live]].concat();
    let watching = tokio::spawn(async move {
        let mut most = 0;
        loop {
            most = most.max(under_way(hole.address.port()));
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
    let hole = BlackHole::on("127.0.0.1:0");
    // That of the last one alone is met.
    let soon = Duration::from_millis(400);
    for (addresses, limit, kind, phase) in [
        (vec![], AGES, FailureKind::Resolve, None),
        (vec![refused(), refused()], AGES, FailureKind::Connect, None),
        (
            vec![hole.address, refused(), hole.address],
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
