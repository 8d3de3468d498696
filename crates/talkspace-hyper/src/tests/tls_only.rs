//! Bytes that only TLS sees hold nobody.

use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use talkspace_core::{FailureKind, Phase};

use super::peer::{Peer, script};
use super::tls::{Authority, url};
use super::{fail, with_limits};

/// As many new keys as an implementation takes without data between them.
const UPDATES: usize = 30;

/// A peer that writes `begin`, renews its keys again and again, and then goes on.
#[tokio::test]
async fn are_silence_to_a_reader() {
    let authority = Authority::new();
    let config = authority.server("localhost", |_| {});
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
        let config = config.clone();
        let peer = Peer::with([script(move |socket| {
            let mut stream = socket.shake_hands(&config).unwrap();
            assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
            stream.write_all(begin.as_bytes()).unwrap();
            for _ in 0..UPDATES {
                thread::sleep(Duration::from_millis(50));
                stream.conn.refresh_traffic_keys().unwrap();
                // The client has left when its limit is over.
                let _ = stream.flush();
            }
            let _ = stream.write_all(rest.as_bytes());
        })]);
        let exchange = with_limits(&url(&peer, "localhost"), |limits| {
            limits.first_byte = Duration::from_millis(500);
            limits.idle = Duration::from_millis(500);
        });
        let error = fail(&transport, exchange).await;
        assert_eq!(error.kind(), FailureKind::Timeout, "{error:?}");
        assert_eq!(error.phase(), Some(phase));
        peer.done().await;
    }
}
