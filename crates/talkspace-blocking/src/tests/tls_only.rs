//! Bytes that only TLS sees hold no request.

use std::io::{Read, Write};
use std::sync::{Arc, mpsc};
use std::thread;

use rustls::{ServerConfig, ServerConnection};
use talkspace_core::{FailureKind, Phase};

use super::peer::{Peer, script};
use super::slow::stretched;
use super::tls::{Authority, cutting, url};
use super::{collect, fetch, get, run, with_limits};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// As many new keys as an implementation takes without data between them.
const UPDATES: usize = 30;

/// A peer that writes `begin`, renews its keys again and again, and then goes on.
#[test]
fn are_silence_to_a_reader() {
    let authority = Authority::new();
    let config = authority.server("localhost");
    let transport = authority.trusting();
    for (begin, rest, phase) in [
        (
            "",
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            Phase::Head,
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no",
            "k",
            Phase::Body,
        ),
    ] {
        stretched(|time| {
            let (config, limit) = (config.clone(), 4 * time);
            let peer = Peer::with([script(move |socket| {
                let mut stream = socket.handshake(&config).unwrap();
                assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
                stream.write_all(begin.as_bytes()).unwrap();
                for _ in 0..UPDATES {
                    thread::sleep(limit / 10);
                    stream.conn.refresh_traffic_keys().unwrap();
                    // The client has left when its limit is over.
                    let _ = stream.flush();
                }
                let _ = stream.write_all(rest.as_bytes());
            })]);
            let exchange = with_limits(&url(&peer, "localhost"), |limits| {
                (limits.response_timeout, limits.read_timeout) = (limit, limit);
            });
            let outcome = match run(&transport, exchange) {
                Ok(response) => collect(response).map(drop),
                Err(error) => Err(error),
            };
            // Or the machine was late: for what comes first, or for its limit.
            let Err(error) = outcome else {
                return false;
            };
            assert_eq!(error.kind(), FailureKind::Timeout, "{error:?}");
            if error.phase() != Some(phase) {
                return false;
            }
            peer.done();
            true
        });
    }
}

/// A server that tells its session tickets apart from its response, by being
/// slow to take note of the client's Finished.
#[test]
fn an_idle_connection_that_is_flooded_is_given_up() {
    let authority = Authority::new();
    let fresh = authority.server("localhost");
    let mut config = ServerConfig::clone(&fresh);
    config.send_half_rtt_data = true;
    config.send_tls13_tickets = 5000;
    let config = Arc::new(config);
    let (idle, is_idle) = mpsc::channel();
    let (flooded, is_flooded) = mpsc::channel();
    let flooding = script(move |socket| {
        let mut tcp = socket.tcp();
        let mut session = ServerConnection::new(config).unwrap();
        while !session.wants_write() {
            session.read_tls(&mut tcp).unwrap();
            session.process_new_packets().unwrap();
        }
        session.writer().write_all(OK).unwrap();
        // The client's Finished, and with it the request: more than 100 bytes.
        while session.wants_write() {
            session.write_tls(&mut tcp).unwrap();
        }
        while tcp.peek(&mut [0; 256]).unwrap() < 100 {
            thread::yield_now();
        }
        is_idle.recv().unwrap();
        session.read_tls(&mut tcp).unwrap();
        session.process_new_packets().unwrap();
        while session.wants_write() {
            session.write_tls(&mut tcp).unwrap();
        }
        flooded.send(()).unwrap();
        while session.read_tls(&mut tcp).is_ok_and(|read| read > 0) {
            session.process_new_packets().unwrap();
        }
        let mut seen = String::new();
        let _ = session.reader().read_to_string(&mut seen);
        assert_eq!(seen.matches("GET").count(), 1, "{seen}");
    });
    let peer = Peer::with([flooding, cutting(fresh, OK)]);
    let transport = authority.trusting();
    let url = url(&peer, "localhost");
    assert_eq!(fetch(&transport, get(&url)).0, 200);
    idle.send(()).unwrap();
    is_flooded.recv().unwrap();
    assert_eq!(fetch(&transport, get(&url)).0, 200);
    drop(transport);
    peer.done();
}
