//! Whether a connection had been used before is said as it was.

use talkspace_core::FailureKind;

use super::peer::{Peer, script};
use super::{collect, fail, get, run, transport};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// A peer that responds twice on its first connection, and closes it at the third
/// request; a second one it closes at the first.
fn peer() -> Peer {
    Peer::with([
        script(|mut socket| {
            for _ in 0..2 {
                socket.read_request();
                socket.write(OK);
            }
            socket.read_request();
        }),
        script(|mut socket| {
            socket.read_request();
        }),
    ])
}

#[test]
fn a_response_and_a_failure_say_it() {
    let (peer, transport) = (peer(), transport());
    for reused in [false, true] {
        let response = run(&transport, get(&peer.url("/"))).unwrap();
        assert_eq!(response.body().reused(), Some(reused));
        collect(response).unwrap();
    }
    for reused in [true, false] {
        let error = fail(&transport, get(&peer.url("/")));
        assert_eq!(error.kind(), FailureKind::Closed);
        assert_eq!(error.reused(), Some(reused));
    }
    peer.done();
}

#[test]
fn without_a_connection_there_is_nothing_to_say() {
    let error = fail(&transport(), get("http://127.0.0.1:1/"));
    assert_eq!(error.reused(), None);
}
