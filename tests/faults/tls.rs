//! Certificates that are not in order: the client rejects each of them, and
//! no byte of the request leaves it.

use std::error::Error as _;

use talkspace_conformance::wire::{Peer, Plan, Script, Tls};
use talkspace_core::{CreateTalkspace, Delivery, Error, ErrorKind, FailureKind};

use crate::client::{Engine, Plain};

const CREATED: &str =
    r#"{"ConferenceResponse":{"status":201,"message":"","conferenceId":"c","uri":""}}"#;

/// Sends a request to a peer with this certificate: its outcome, and how many
/// bytes came after the handshake.
fn send(engine: Engine, tls: &Result<Tls, String>) -> (Result<(), Error>, usize) {
    let tls = tls.clone().unwrap();
    let length = CREATED.len();
    let response = format!("HTTP/1.1 201 Created\r\nContent-Length: {length}\r\n\r\n{CREATED}");
    let plan = Plan::default()
        .otherwise(Script::serve(response))
        .over_tls(tls);
    let peer = Peer::start(plan).unwrap();
    let url = format!("https://localhost:{}", peer.address().port());
    let client = Plain::new(engine, &url);
    let outcome = client.send(CreateTalkspace::new("eta")).map(drop);
    drop(client);
    peer.stop();
    let seen = peer.log().transcript();
    let bytes = (0..seen.connections()).map(|it| seen.received(it).len());
    (outcome, bytes.sum())
}

/// The error says what is wrong with the certificate, in these words.
fn fails(tls: &Result<Tls, String>, words: &[&str]) {
    for engine in Engine::BOTH {
        let (outcome, bytes) = send(engine, tls);
        let error = outcome.unwrap_err();
        let kind = ErrorKind::Transport(FailureKind::Tls);
        assert_eq!(error.kind(), kind, "{engine:?}: {error}");
        assert_eq!(error.delivery(), Delivery::NotSent, "{engine:?}: {error}");
        assert_eq!(
            error.attempts(),
            1,
            "{engine:?}: no certificate mends itself"
        );
        assert_eq!(bytes, 0, "{engine:?}: a request was sent");
        let cause = error.source().and_then(|cause| cause.source());
        let told = [error.source(), cause].map(|cause| cause.map(ToString::to_string));
        let told = told.into_iter().flatten().collect::<Vec<_>>().join("; ");
        for word in words {
            assert!(told.contains(word), "{engine:?}: {word}: {told}");
        }
    }
}

#[test]
fn in_order() {
    for engine in Engine::BOTH {
        let (outcome, bytes) = send(engine, &Tls::of("localhost"));
        assert!(outcome.is_ok(), "{engine:?}: {outcome:?}");
        assert!(bytes > 0, "{engine:?}");
    }
}

#[test]
fn expired() {
    fails(
        &Tls::expired(),
        &[
            "expired on Tue, 01 Jan 2002",
            "by this machine's clock it is",
        ],
    );
}

#[test]
fn not_yet_valid() {
    fails(
        &Tls::not_yet_valid(),
        &[
            "not valid before Wed, 01 Jan 2200",
            "by this machine's clock it is",
        ],
    );
}

#[test]
fn for_another_name() {
    fails(
        &Tls::of("other.example"),
        &["is for other.example, and not for localhost"],
    );
}

#[test]
fn by_an_unknown_root() {
    fails(&Tls::untrusted(), &["the issuer", "is not trusted here"]);
}

#[test]
fn self_signed() {
    fails(&Tls::self_signed(), &["the issuer", "is not trusted here"]);
}
