//! What several of the peers do the same way.

pub mod floor;

use std::pin::pin;
use std::sync::Arc;

use bench::{Origin, Outcome, work};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::Body;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// Fails unless the status is that of a TalkSpace created.
///
/// # Errors
///
/// When it is another.
pub fn created(status: u16) -> Outcome<()> {
    expect(status, 201)
}

/// Fails unless the status is the one that is expected.
///
/// # Errors
///
/// When it is another.
pub fn expect(status: u16, expected: u16) -> Outcome<()> {
    if status == expected {
        return Ok(());
    }
    Err(format!("status {status}").into())
}

/// The form, written as a program would that has no generated client.
#[must_use]
pub fn form() -> String {
    form_urlencoded::Serializer::new(String::with_capacity(work::FORM.len()))
        .extend_pairs(work::FIELDS)
        .finish()
}

/// A configuration of TLS that trusts the root of the origin, and nobody where it
/// has none.
///
/// # Errors
///
/// When the root is no certificate.
pub fn tls(origin: &Origin) -> Outcome<ClientConfig> {
    let mut roots = RootCertStore::empty();
    if let Some(root) = &origin.root {
        roots.add(CertificateDer::from_pem_slice(root)?)?;
    }
    let provider = Arc::new(ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Makes ring the provider of the process, which reqwest takes it from.
///
/// # Errors
///
/// When there is one already.
pub fn provide() -> Outcome<()> {
    let provided = ring::default_provider().install_default();
    provided.map_err(|_| "there is a provider already".into())
}

/// Takes a body in, and says how many bytes it has.
///
/// # Errors
///
/// When it breaks off.
pub async fn length<B>(body: B) -> Outcome<u64>
where
    B: Body<Data = Bytes, Error = hyper::Error>,
{
    let mut body = pin!(body);
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        length += frame?.data_ref().map_or(0, Bytes::len) as u64;
    }
    Ok(length)
}
