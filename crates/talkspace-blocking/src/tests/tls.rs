//! TLS with real handshakes.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

use super::peer::{Peer, Script, script};
use super::{fetch, get, post};
use crate::HttpTransport;

/// A root, and what it signs.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(super) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self::called(&format!("root {}", NEXT.fetch_add(1, Ordering::Relaxed)))
    }

    /// Roots of one name are told apart by their keys alone.
    pub(super) fn called(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    pub(super) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(super) fn trusting(&self) -> HttpTransport {
        HttpTransport::builder()
            .only_root_certificates_pem(self.pem())
            .build()
            .unwrap()
    }

    /// A transport that shows this client certificate.
    pub(super) fn trusting_with(&self, client: &str) -> HttpTransport {
        HttpTransport::builder()
            .only_root_certificates_pem(self.pem())
            .client_certificate_pem(client)
            .build()
            .unwrap()
    }

    /// A certificate of a client, and its key.
    pub(super) fn client_pem(&self) -> String {
        let params = CertificateParams::new(["client.example".to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        certificate.pem() + &key.serialize_pem()
    }

    /// A server that wants a certificate of a client.
    pub(super) fn demanding(
        &self,
        version: &'static SupportedProtocolVersion,
    ) -> Arc<ServerConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                .build()
                .unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(self.server("localhost").cert_resolver.clone());
        Arc::new(config)
    }

    pub(super) fn server(&self, name: &str) -> Arc<ServerConfig> {
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Arc::new(config)
    }
}

/// Does the TLS handshake, takes one request, writes `response` and drops the socket
/// without a close_notify.
pub(super) fn cutting(config: Arc<ServerConfig>, response: &'static [u8]) -> Script {
    script(move |socket| {
        let mut socket = socket.secure(&config).unwrap();
        socket.read_request();
        socket.write(response);
    })
}

/// Expects that the client rejects the handshake and sends no request.
pub(super) fn rejected(config: Arc<ServerConfig>) -> Script {
    script(move |socket| {
        if let Ok(mut socket) = socket.secure(&config) {
            assert!(socket.read_to_close().is_empty());
        }
    })
}

pub(super) fn url(peer: &Peer, host: &str) -> String {
    format!("https://{host}:{}/", peer.address().port())
}

#[test]
fn an_upload_is_exact_and_an_early_response_ends_it() {
    let authority = Authority::new();
    let config = authority.server("localhost");
    let (responded, go_on) = mpsc::channel();
    let peer = Peer::with([script(move |socket| {
        let mut socket = socket.secure(&config).unwrap();
        let body = socket.read_request().body;
        assert!(body.len() == 3 << 20 && body.iter().all(|byte| *byte == 7));
        socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
        socket.read_head();
        socket.write(b"HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nbig");
        go_on.recv().unwrap();
        socket.expect_close();
    })]);
    let transport = authority.trusting();
    let url = url(&peer, "localhost");
    assert_eq!(fetch(&transport, post(&url, vec![7; 3 << 20])).0, 204);
    let (status, body) = fetch(&transport, post(&url, vec![7; 32 << 20]));
    assert_eq!((status, &body[..]), (413, &b"big"[..]));
    responded.send(()).unwrap();
    peer.done();
}

#[test]
fn a_connection_that_spoke_or_ended_while_idle_is_not_used() {
    let authority = Authority::new();
    let config = authority.server("localhost");
    for last_words in [&b""[..], b"HTTP/1.1 408 Too Slow\r\n\r\n"] {
        let ok = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        let (spoiled, is_spoiled) = mpsc::channel();
        let first = {
            let config = config.clone();
            script(move |socket| {
                let mut socket = socket.secure(&config).unwrap();
                socket.read_request();
                socket.write(ok);
                socket.write(last_words);
                if last_words.is_empty() {
                    drop(socket);
                    spoiled.send(()).unwrap();
                } else {
                    spoiled.send(()).unwrap();
                    assert!(socket.read_to_close().is_empty());
                }
            })
        };
        let peer = Peer::with([first, cutting(config.clone(), ok)]);
        let transport = authority.trusting();
        for _ in 0..2 {
            let (status, body) = fetch(&transport, get(&url(&peer, "localhost")));
            assert_eq!((status, &body[..]), (200, &b"ok"[..]));
            let _ = is_spoiled.recv();
        }
        peer.done();
    }
}
