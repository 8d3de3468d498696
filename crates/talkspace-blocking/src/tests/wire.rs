//! How bytes get in and out.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConnection, StreamOwned};

use super::peer::SOON;
use super::tls::Authority;
use crate::wire::Wire;

fn wire() -> (Wire, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = TcpStream::connect(listener.local_addr().unwrap());
    (
        Wire::new(Arc::new(socket.unwrap())),
        listener.accept().unwrap().0,
    )
}

/// TLS has a buffer for each record, and a system call for each takes longer than
/// to copy them into one.
#[test]
fn many_records_leave_in_one_write() {
    const PIECE: usize = 64 * 1024;
    let authority = Authority::new();
    let config = authority.server("localhost");
    let (mut wire, peer) = wire();
    let peer = thread::spawn(move || {
        let session = ServerConnection::new(config).unwrap();
        let mut stream = StreamOwned::new(session, peer);
        let mut piece = vec![0; PIECE];
        stream.read_exact(&mut piece).unwrap();
        piece
    });
    let root = CertificateDer::from_pem_slice(authority.pem().as_bytes());
    let mut roots = RootCertStore::empty();
    roots.add(root.unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    wire.start_tls(ClientConnection::new(Arc::new(config), name).unwrap());
    while wire.handshake(SOON).unwrap() {}
    let taken = wire.write(&[7; PIECE], SOON).unwrap();
    assert_eq!(taken, PIECE);
    assert!(!wire.pending(), "a record was left for another write");
    assert_eq!(peer.join().unwrap(), [7; PIECE]);
}

#[test]
fn what_is_there_is_read_without_a_wait() {
    let (mut wire, mut peer) = wire();
    let nothing = wire.read_now().unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
    assert!(wire.is_quiet());
    peer.write_all(b"something").unwrap();
    // Waits until it is there, which no other read here does.
    while wire.is_quiet() {}
    assert_eq!(&wire.input[..], b"something");
    assert!(wire.read_now().is_err());
    drop(peer);
    assert_eq!(wire.read(SOON).unwrap(), Some(0));
    assert_eq!(wire.read_now().unwrap(), Some(0), "the end is there");
    assert!(!wire.is_quiet());
}
