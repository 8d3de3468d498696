//! Root certificates that were given, alone or beside those of the platform.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WantsClientCert, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, ConfigBuilder, DigitallySignedStruct, Error, RootCertStore,
    SignatureScheme,
};
use rustls_platform_verifier::Verifier;

use crate::error::BuildError;

/// Trusts the roots in `pems`.
///
/// # Errors
///
/// When one is not valid PEM or not a certificate.
pub(super) fn verifier(pems: &[Vec<u8>]) -> Result<Arc<WebPkiServerVerifier>, BuildError> {
    let mut store = RootCertStore::empty();
    for pem in pems {
        let before = store.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| {
                BuildError::new("a root certificate is not valid PEM").with_source(error)
            })?;
            store.add(certificate).map_err(|error| {
                BuildError::new("a root certificate is not usable").with_source(error)
            })?;
        }
        if store.len() == before {
            let why = "a root certificate is not valid PEM";
            return Err(BuildError::new(why));
        }
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider())
        .build()
        .map_err(|error| BuildError::new("a root certificate is not usable").with_source(error))
}

/// Begins a configuration that trusts the own roots, and those of the platform
/// unless they are left out.
///
/// # Errors
///
/// When the platform's cannot be loaded, and there are no others.
pub(super) fn trusting(
    own: Option<&Arc<WebPkiServerVerifier>>,
    without_platform: bool,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, Error> {
    let verifier: Arc<dyn ServerCertVerifier> = match own {
        None => platform()?,
        Some(own) if without_platform => own.clone(),
        Some(own) => Arc::new(Either {
            own: own.clone(),
            platform: platform(),
        }),
    };
    let config = ClientConfig::builder_with_provider(provider());
    let config = config.with_safe_default_protocol_versions()?;
    // So it is called for any verifier that rustls does not make itself.
    Ok(config
        .dangerous()
        .with_custom_certificate_verifier(verifier))
}

pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Trusts whom the platform trusts. That is some 150 files on Debian, read once
/// in the life of the process.
fn platform() -> Result<Arc<Verifier>, Error> {
    static PLATFORM: Mutex<Option<Arc<Verifier>>> = Mutex::new(None);
    let mut platform = PLATFORM.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(verifier) = &*platform {
        return Ok(verifier.clone());
    }
    let verifier = Arc::new(Verifier::new(provider())?);
    Ok(platform.insert(verifier).clone())
}

/// Trusts whom either trusts. The platform's roots are many, so that they are
/// shared by all transports of the process, and not copied to stand in one list
/// with those that were given.
#[derive(Debug)]
pub(super) struct Either {
    pub(super) own: Arc<WebPkiServerVerifier>,
    /// A platform may have no roots, and is not asked where the own ones are enough.
    pub(super) platform: Result<Arc<Verifier>, Error>,
}

impl ServerCertVerifier for Either {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let by_own = self
            .own
            .verify_server_cert(certificate, intermediates, name, ocsp, now);
        let Err(ours) = by_own else { return by_own };
        let by_platform = match &self.platform {
            Ok(platform) => {
                platform.verify_server_cert(certificate, intermediates, name, ocsp, now)
            }
            Err(error) => Err(error.clone()),
        };
        // The one that knows the issuer says what is wrong with the certificate.
        by_platform.map_err(|theirs| match ours {
            Error::InvalidCertificate(CertificateError::UnknownIssuer) => theirs,
            ours => ours,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.own
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.own
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.own.supported_verify_schemes()
    }
}
