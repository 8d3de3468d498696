//! Bytes that only TLS sees hold no request.

use std::io::{Read, Write};
use std::thread;

use talkspace_core::transport::Transport as _;
use talkspace_core::{FailureKind, Phase};

use super::peer::{Peer, script};
use super::slow::stretched;
use super::tls::{Authority, url};
use super::{collect, with_limits};

/// As many new keys as an implementation takes without data between them.
const UPDATES: usize = 30;

/// A peer that writes `begin`, renews its keys again and again, and then goes on.
#[tokio::test]
async fn are_silence_to_a_reader() {
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
        stretched(async |time| {
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
            let outcome = match transport.exchange(exchange).await {
                Ok(response) => collect(response).await.map(drop),
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
            peer.done().await;
            true
        })
        .await;
    }
}
