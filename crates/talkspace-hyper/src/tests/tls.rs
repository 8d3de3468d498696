//! TLS with real handshakes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

use super::peer::{Peer, Script, script};
use crate::HyperTransport;

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

    pub(super) fn trusting(&self) -> HyperTransport {
        HyperTransport::builder()
            .only_root_certificates_pem(self.pem())
            .build()
            .unwrap()
    }

    /// A transport that shows this client certificate.
    pub(super) fn trusting_with(&self, client: &str) -> HyperTransport {
        HyperTransport::builder()
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
