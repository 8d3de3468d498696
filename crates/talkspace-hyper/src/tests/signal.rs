//! A peer that closes sends no signal to the program.
#![cfg(unix)]

use std::process::Command;
use std::task::{Context, Poll, Waker};

use talkspace_core::transport::Transport as _;
use tokio::signal::unix::{SignalKind, signal};

use super::peer::{Peer, Script, script};
use super::tls::{Authority, url};
use super::{child, post};

/// Enough that one of them is being written when the peer's reset arrives.
const UPLOADS: usize = 20;
const SIZE: usize = 8 << 20;
const TOO_LARGE: &[u8] = b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n";

/// A handler takes the place of the default action, and so can tell. Peers of
/// other tests do get the signal: hence a process of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigpipe_is_left_alone() {
    if !child::is_this("signal::sigpipe_is_left_alone", &[]) {
        return;
    }
    let mut pipe = signal(SignalKind::pipe()).unwrap();
    let mut end = signal(SignalKind::user_defined1()).unwrap();
    let authority = Authority::new();
    let config = authority.server("localhost");
    let transport = authority.trusting();

    let plain = (0..UPLOADS).map(|_| -> Script {
        script(|mut socket| {
            socket.read_head();
            socket.write(TOO_LARGE);
        })
    });
    let secure = (0..UPLOADS).map(|_| -> Script {
        let config = config.clone();
        script(move |socket| {
            let mut socket = socket.secure(&config).unwrap();
            socket.read_head();
            socket.write(TOO_LARGE);
        })
    });
    let (plain, secure) = (Peer::with(plain), Peer::with(secure));
    for url in [plain.url("/"), url(&secure, "localhost")] {
        for _ in 0..UPLOADS {
            // Whether the error response is read before the reset is the system's choice.
            let _ = transport.exchange(post(&url, vec![7; SIZE])).await;
        }
    }
    plain.done().await;
    secure.done().await;

    // What was sent before this one is known when this one is.
    let myself = std::process::id().to_string();
    let sent = Command::new("kill").args(["-USR1", &myself]).status();
    assert!(sent.unwrap().success());
    end.recv().await.unwrap();
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(
        pipe.poll_recv(&mut cx),
        Poll::Pending,
        "it was sent SIGPIPE"
    );
}
