//! TLS over a stream, and which certificates are trusted.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::fault::Fault;

/// The configuration of TLS handshakes that trusts these roots and shows this certificate with its
/// key, in PEM.
pub(super) fn config(
    roots_pem: &str,
    shown: Option<&str>,
    fault: Option<Fault>,
) -> Option<Arc<ClientConfig>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .ok()?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(roots_pem.as_bytes()).flatten() {
        if fault != Some(Fault::RootsIgnored) {
            roots.add(certificate).ok()?;
        }
    }
    let given = roots.clone();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = match fault {
        Some(Fault::OffersHttp2) => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        _ => vec![b"http/1.1".to_vec()],
    };
    config.enable_sni = fault != Some(Fault::NoServerName);
    let inner = match fault {
        Some(Fault::VerifiesOnce) => {
            let roots = Arc::new(given);
            let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider.clone());
            Some(verifier.build().ok()?)
        }
        _ => None,
    };
    if matches!(fault, Some(Fault::SkipTlsVerify | Fault::VerifiesOnce)) {
        let any = AnyCertificate {
            provider,
            first: Mutex::new(inner),
        };
        config.dangerous().set_certificate_verifier(Arc::new(any));
        config.resumption = Resumption::disabled();
    }
    if let Some(pem) = shown {
        show(&mut config, pem)?;
    }
    Some(Arc::new(config))
}

fn show(config: &mut ClientConfig, pem: &str) -> Option<()> {
    let chain = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>();
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()?;
    let key = any_supported_type(&key).ok()?;
    let own = CertifiedKey::new(chain.ok()?, key);
    config.client_auth_cert_resolver = Arc::new(SingleCertAndKey::from(own));
    Some(())
}

/// Trusts any certificate: the fault of adapters that once had to pass a test.
#[derive(Debug)]
struct AnyCertificate {
    provider: Arc<CryptoProvider>,
    /// Verifies the first.
    first: Mutex<Option<Arc<WebPkiServerVerifier>>>,
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let first = self.first.lock();
        match first.unwrap_or_else(PoisonError::into_inner).take() {
            Some(first) => first.verify_server_cert(certificate, others, name, ocsp, now),
            None => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
