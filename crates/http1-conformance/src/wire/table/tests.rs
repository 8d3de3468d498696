//! The table tells what sockets are about.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use super::*;
use crate::wire::BlackHole;

/// What comes by itself; so far away that only a hang meets it.
const SOON: Duration = Duration::from_secs(60);

#[test]
fn a_black_hole_counts_who_connects_and_takes_them_at_last() {
    let hole = BlackHole::open().unwrap();
    assert_eq!(hole.connecting(), Some(0));
    let address = hole.address();
    let clients: Vec<_> = (0..2)
        .map(|_| thread::spawn(move || TcpStream::connect(address).unwrap().local_addr().unwrap()))
        .collect();
    assert!(hole.reached(SOON));
    while hole.connecting() != Some(2) {
        thread::yield_now();
    }
    let mut taken: Vec<_> = (0..2)
        .map(|_| hole.accept().unwrap().peer_addr().unwrap())
        .collect();
    let mut clients: Vec<_> = clients.into_iter().map(|it| it.join().unwrap()).collect();
    taken.sort();
    clients.sort();
    assert_eq!(taken, clients);
}

/// While a table is read, one attempt may end and the next begin: they are two rows of it.
#[test]
fn attempts_that_took_turns_do_not_count_together() {
    let remote = SocketAddr::from(([127, 0, 0, 1], 80));
    let table = |ports: &[u16]| {
        let from = |port| written(SocketAddr::from(([127, 0, 0, 1], port)));
        let row = |port| {
            format!(
                "0: {} {} 02 00000000:00000000\n",
                from(port),
                written(remote)
            )
        };
        let rows = ports.iter().map(|port| row(*port)).collect();
        Table { rows }
    };
    let (now, then) = (table(&[1, 2, 3]), table(&[2, 3, 4]));
    assert_eq!(now.connecting(remote), 3);
    assert_eq!(now.connecting_until(&then, remote), 2);
}

#[test]
fn the_table_tells_what_waits_to_be_accepted_and_what_to_be_read() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(Table::read().unwrap().queued(address), 0);
        let mut client = TcpStream::connect(address).unwrap();
        while Table::read().unwrap().queued(address) != 1 {
            thread::yield_now();
        }
        let (mut accepted, here) = listener.accept().unwrap();
        client.write_all(b"four").unwrap();
        let has = |state, unread| {
            let socket = Table::read().unwrap().socket(address, here);
            socket.is_some_and(|it| it.state == state && it.unread == unread)
        };
        while !has(State::Established, 4) {
            thread::yield_now();
        }
        accepted.read_exact(&mut [0; 4]).unwrap();
        while !has(State::Established, 0) {
            thread::yield_now();
        }
        drop(accepted);
        let closes = |table: Table| {
            table
                .to(address)
                .iter()
                .any(|it| it.state == State::CloseWait)
        };
        while !closes(Table::read().unwrap()) {
            thread::yield_now();
        }
    }
}
