//! TLS with real handshakes.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use talkspace_core::{Delivery, FailureKind};

use super::peer::{Peer, Script, script};
use super::{fail, fetch, get, post, reaches_io_error, transport};
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
            .with_cert_resolver(self.server("localhost", |_| {}).cert_resolver.clone());
        Arc::new(config)
    }

    pub(super) fn server(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Arc<ServerConfig> {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
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
fn a_private_root_is_enough_by_name_and_by_address() {
    let authority = Authority::new();
    for name in ["localhost", "127.0.0.1"] {
        let config = authority.server(name, |_| {});
        let peer = Peer::with([script(move |socket| {
            let mut socket = socket.secure(&config).unwrap();
            // RFC 6066 §3: a name is asked for, and an address is not.
            let asked_for = (name == "localhost").then_some("localhost");
            assert_eq!(socket.server_name.as_deref(), asked_for);
            for _ in 0..2 {
                socket.read_request();
                socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
            }
        })]);
        let transport = authority.trusting();
        for _ in 0..2 {
            let (status, body) = fetch(&transport, get(&url(&peer, name)));
            assert_eq!((status, &body[..]), (200, &b"ok"[..]));
        }
        peer.done();
    }
}

#[test]
fn a_certificate_that_does_not_fit_is_rejected_before_the_request() {
    let authority = Authority::new();
    let expired = |params: &mut CertificateParams| {
        params.not_before = date_time_ymd(2010, 1, 1);
        params.not_after = date_time_ymd(2011, 1, 1);
    };
    for (config, transport) in [
        (
            authority.server("other.example", |_| {}),
            authority.trusting(),
        ),
        (authority.server("localhost", expired), authority.trusting()),
        (
            authority.server("localhost", |_| {}),
            Authority::new().trusting(),
        ),
    ] {
        let peer = Peer::with([rejected(config)]);
        let error = fail(&transport, get(&url(&peer, "localhost")));
        assert_eq!(error.kind(), FailureKind::Tls, "{error:?}");
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert!(reaches_io_error(&error));
        peer.done();
    }
}

#[test]
fn only_http11_is_offered() {
    let authority = Authority::new();
    let mut config = ServerConfig::clone(&authority.server("localhost", |_| {}));
    config.alpn_protocols = vec![b"h2".to_vec()];
    let peer = Peer::with([rejected(Arc::new(config))]);
    let error = fail(&authority.trusting(), get(&url(&peer, "localhost")));
    assert_eq!(error.kind(), FailureKind::Tls);
    peer.done();
}

#[test]
fn a_peer_without_tls_sees_no_request() {
    for response in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"] {
        let peer = Peer::with([script(move |mut socket| {
            socket.write(response);
            let seen = if response.is_empty() {
                Vec::new()
            } else {
                socket.read_to_close()
            };
            assert!(!String::from_utf8_lossy(&seen).contains("HTTP"));
        })]);
        let error = fail(&transport(), get(&url(&peer, "127.0.0.1")));
        assert_eq!(error.kind(), FailureKind::Tls);
        assert_eq!(error.delivery(), Delivery::NotSent);
        peer.done();
    }
}

#[test]
fn an_end_without_close_notify_counts_only_where_the_end_has_a_meaning() {
    let authority = Authority::new();
    let config = authority.server("localhost", |_| {});
    let transport = authority.trusting();

    let known = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    let peer = Peer::with([cutting(config.clone(), known)]);
    let (status, _) = fetch(&transport, get(&url(&peer, "localhost")));
    assert_eq!(status, 200);
    peer.done();

    let until_close = b"HTTP/1.1 200 OK\r\n\r\npartial";
    let peer = Peer::with([cutting(config.clone(), until_close)]);
    let error = fail(&transport, get(&url(&peer, "localhost")));
    assert_eq!(error.kind(), FailureKind::Truncated);
    peer.done();

    let peer = Peer::with([cutting(config, b"")]);
    let error = fail(&transport, get(&url(&peer, "localhost")));
    assert_eq!(error.kind(), FailureKind::Closed);
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    peer.done();
}

#[test]
fn an_upload_is_exact_and_an_early_response_ends_it() {
    let authority = Authority::new();
    let config = authority.server("localhost", |_| {});
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
    let config = authority.server("localhost", |_| {});
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
