//! What the system tells, and what is done where it does not.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use super::*;

fn pair(address: &str) -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind(address).unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

fn ends(stream: &TcpStream) -> Option<(SocketAddr, SocketAddr)> {
    Some((stream.local_addr().unwrap(), stream.peer_addr().unwrap()))
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_peer_does_not_take_is_counted_until_it_does() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let (near, mut far) = pair(address);
        assert_eq!(unacknowledged(ends(&near)), Some(0));
        near.set_nonblocking(true).unwrap();
        let mut written = 0;
        while let Ok(count) = (&near).write(&[7; 64 * 1024]) {
            written += count;
        }
        let left = unacknowledged(ends(&near)).unwrap() as usize;
        assert!((1..=written).contains(&left), "{left} of {written}");
        let mut buffer = vec![0; written];
        far.read_exact(&mut buffer).unwrap();
        while unacknowledged(ends(&near)) != Some(0) {
            std::thread::yield_now();
        }
    }
}

#[test]
fn of_a_connection_that_is_not_there_nothing_is_told() {
    let (near, _far) = pair("127.0.0.1:0");
    let (local, _) = ends(&near).unwrap();
    assert_eq!(unacknowledged(Some((local, local))), None);
    assert_eq!(unacknowledged(None), None);
}

#[test]
fn where_nothing_is_told_the_system_takes_little() {
    let (near, _far) = pair("127.0.0.1:0");
    keep_small(SockRef::from(&near));
    // Linux doubles what it is told, for its own needs.
    let size = SockRef::from(&near).send_buffer_size().unwrap();
    assert!((1..=2 * BLIND_BUFFER).contains(&size), "{size}");
}

#[test]
fn less_is_what_the_peer_took() {
    for (before, left, is) in [
        (None, None, false),
        (None, Some(0), true),
        (None, Some(7), false),
        (Some(7), None, false),
        (Some(7), Some(7), false),
        (Some(7), Some(8), false),
        (Some(7), Some(6), true),
    ] {
        assert_eq!(is_less(before, left), is, "{before:?} {left:?}");
    }
}
