//! The roots of the platform: loaded for the first connection over TLS, once.
//!
//! Where they are is said by the environment, and what is loaded lasts as long
//! as the process.
#![cfg(all(unix, not(target_vendor = "apple")))]

use std::fs;
use std::path::{Path, PathBuf};

use talkspace_core::{Delivery, FailureKind};

use super::peer::{Peer, responding, script};
use super::tls::{Authority, cutting, rejected, url};
use super::{chain, child, fail, fetch, get, reaches_io_error};
use crate::HyperTransport;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
/// Where the platform's roots are, for the libraries that read them.
const FILE: &str = "SSL_CERT_FILE";
const FOLDER: &str = "SSL_CERT_DIR";

/// Whether this is the test in a process of its own, whose platform has `roots`.
fn has_roots(test: &str, roots: &Path) -> bool {
    let variables = [(FILE, roots.as_os_str()), (FOLDER, "/nowhere".as_ref())];
    child::is_this(&format!("roots::{test}"), &variables)
}

fn roots() -> PathBuf {
    std::env::var_os(FILE).unwrap().into()
}

#[tokio::test]
async fn are_not_missed_before_there_is_tls() {
    if !has_roots("are_not_missed_before_there_is_tls", Path::new("/dev/null")) {
        return;
    }
    let transport = HyperTransport::new();
    let peer = Peer::with([responding(OK)]);
    assert_eq!(fetch(&transport, get(&peer.url("/"))).await.0, 200);

    let silent = Peer::with([script(|mut socket| {
        assert!(socket.read_to_close().is_empty());
    })]);
    let error = fail(&transport, get(&url(&silent, "127.0.0.1"))).await;
    assert_eq!(error.kind(), FailureKind::Tls);
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(reaches_io_error(&error));
    let told: Vec<String> = chain(&error).iter().map(ToString::to_string).collect();
    let why = "the platform's root certificates could not be loaded";
    assert!(told.contains(&why.to_owned()), "{told:?}");
    silent.done().await;
    drop(transport);
    peer.done().await;
}

#[tokio::test]
async fn are_loaded_once_in_a_process() {
    let name = format!("talkspace-hyper-roots-{}.pem", std::process::id());
    let file = std::env::temp_dir().join(name);
    if !has_roots("are_loaded_once_in_a_process", &file) {
        return;
    }
    let authority = Authority::new();
    let config = authority.server("localhost");
    let peer = Peer::with((0..2).map(|_| cutting(config.clone(), OK)));
    let (first, second) = (HyperTransport::new(), HyperTransport::new());
    // They are not read when a transport is built: they are not there yet.
    fs::write(roots(), authority.pem()).unwrap();
    for transport in [first, second] {
        assert_eq!(
            fetch(&transport, get(&url(&peer, "localhost"))).await.0,
            200
        );
        let _ = fs::remove_file(roots());
    }
    peer.done().await;
}

#[tokio::test]
async fn are_trusted_beside_those_that_are_given() {
    let name = format!("talkspace-hyper-beside-{}.pem", std::process::id());
    let file = std::env::temp_dir().join(name);
    if !has_roots("are_trusted_beside_those_that_are_given", &file) {
        return;
    }
    let (public, private) = (Authority::new(), Authority::new());
    let other = Authority::new();
    fs::write(roots(), public.pem()).unwrap();
    let builder = || HyperTransport::builder();
    let both = builder().add_root_certificates_pem(private.pem());
    let given = builder().only_root_certificates_pem(private.pem());
    let all = builder()
        .add_root_certificates_pem(private.pem())
        .add_root_certificates_pem(other.pem());
    for (builder, server, is_trusted) in [
        (&both, &public, true),
        (&both, &private, true),
        (&both, &other, false),
        (&given, &private, true),
        (&given, &public, false),
        (&all, &other, true),
    ] {
        let transport = builder.clone().build().unwrap();
        let config = server.server("localhost");
        if is_trusted {
            let peer = Peer::with([cutting(config, OK)]);
            assert_eq!(
                fetch(&transport, get(&url(&peer, "localhost"))).await.0,
                200
            );
            peer.done().await;
        } else {
            let peer = Peer::with([rejected(config)]);
            let error = fail(&transport, get(&url(&peer, "localhost"))).await;
            assert_eq!(error.kind(), FailureKind::Tls);
            let told = chain(&error)[1].to_string();
            assert!(told.contains("is not trusted here"), "{told}");
            peer.done().await;
        }
    }
    // Whichever knows the issuer says what is wrong.
    for server in [&public, &private] {
        let transport = both.clone().build().unwrap();
        let peer = Peer::with([rejected(server.server("other.example"))]);
        let error = fail(&transport, get(&url(&peer, "localhost"))).await;
        let told = chain(&error)[1].to_string();
        assert!(
            told.contains("is for other.example, and not for localhost"),
            "{told}"
        );
        peer.done().await;
    }
    let _ = fs::remove_file(roots());
}

#[tokio::test]
async fn are_not_missed_beside_those_that_are_given() {
    let none = Path::new("/dev/null");
    if !has_roots("are_not_missed_beside_those_that_are_given", none) {
        return;
    }
    let (private, other) = (Authority::new(), Authority::new());
    let transport = HyperTransport::builder()
        .add_root_certificates_pem(private.pem())
        .build()
        .unwrap();
    let peer = Peer::with([cutting(private.server("localhost"), OK)]);
    assert_eq!(
        fetch(&transport, get(&url(&peer, "localhost"))).await.0,
        200
    );
    peer.done().await;
    let peer = Peer::with([rejected(other.server("localhost"))]);
    let error = fail(&transport, get(&url(&peer, "localhost"))).await;
    let told: Vec<String> = chain(&error).iter().map(ToString::to_string).collect();
    assert!(
        told.concat().contains("No CA certificates were loaded"),
        "{told:?}"
    );
    peer.done().await;
}
