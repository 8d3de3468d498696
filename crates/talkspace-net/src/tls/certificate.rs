//! The client's certificate, and the key that belongs to it.

use rustls::Error;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use zeroize::Zeroizing;

use crate::error::BuildError;

/// Reads a chain of certificates and the key of the first from PEM.
///
/// # Errors
///
/// When they cannot be used. No error has a source, since a parser may show what
/// it could not read.
pub(super) fn with_key(pem: &[u8]) -> Result<CertifiedKey, BuildError> {
    if is_encrypted(pem) {
        return failed(
            "the private key of the client certificate is encrypted: it is needed without a \
             passphrase, as `openssl pkey -in FILE` writes it",
        );
    }
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let Ok(chain) = chain else {
        return failed("the client certificate is not valid PEM");
    };
    let keys: Result<Vec<_>, _> = PrivateKeyDer::pem_slice_iter(pem)
        .map(|key| key.map(Zeroizing::new))
        .collect();
    let key = match (&chain[..], keys.as_deref()) {
        ([], Ok([])) => {
            return failed("the client certificate is not PEM: a certificate and its private key");
        }
        ([], _) => return failed("the client certificate is missing: there is only a key"),
        (_, Ok([])) => return failed("the private key of the client certificate is missing"),
        (_, Ok([key])) => key,
        (_, Ok(_)) => return failed("there is more than one private key"),
        (_, Err(_)) => return failed("the private key of the client certificate is not valid PEM"),
    };
    let Ok(key) = any_supported_type(key) else {
        return failed(
            "the private key of the client certificate is damaged, or of a kind that is not \
             supported: RSA of 2048 bits or more, ECDSA P-256 and P-384, Ed25519",
        );
    };
    let fits = |place: usize| {
        let certificate = chain.get(place).cloned().into_iter().collect();
        CertifiedKey::new(certificate, key.clone()).keys_match()
    };
    match fits(0) {
        Ok(()) => Ok(CertifiedKey::new(chain, key)),
        Err(Error::InconsistentKeys(_)) if (1..chain.len()).any(|place| fits(place).is_ok()) => {
            failed("the client's own certificate must come first, and then those that vouch for it")
        }
        Err(Error::InconsistentKeys(_)) => {
            failed("the private key does not belong to the client certificate")
        }
        Err(_) => failed("the client certificate is not a certificate of X.509 version 3"),
    }
}

fn failed<T>(why: &'static str) -> Result<T, BuildError> {
    Err(BuildError::new(why))
}

/// Whether a key is encrypted, in the form of PKCS #8 (RFC 7468 §11) or that of
/// old (RFC 1421 §4.6.1.1).
fn is_encrypted(pem: &[u8]) -> bool {
    pem.split(|byte| matches!(byte, b'\n' | b'\r')).any(|line| {
        line.starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
            || line.starts_with(b"Proc-Type: 4,ENCRYPTED")
    })
}
