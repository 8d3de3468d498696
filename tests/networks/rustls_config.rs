//! A configuration of rustls of one's own.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer};
use rustls::{ClientConfig, RootCertStore};
use talkspace_core::{CreateTalkspace, FailureKind};
use talkspace_sandbox::Sandbox;

use crate::certificates::Authority;
use crate::client::{Engine, assert_unsent};
use crate::stunnel::Stunnel;

/// Trusts the root but for what it has revoked, which no other setting can say.
fn config(root: &str, revoked: Vec<u8>) -> Arc<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(root.as_bytes()).unwrap())
        .unwrap();
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .with_crls([CertificateRevocationListDer::from(revoked)])
        .build()
        .unwrap();
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_webpki_verifier(verifier)
        .with_no_client_auth();
    // It is offered all the same.
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config)
}

#[test]
fn says_who_is_trusted() {
    let authority = Authority::new("authority");
    let server = authority.sign_with("localhost", |params| {
        params.serial_number = Some(7.into());
    });
    for engine in Engine::BOTH {
        let sandbox = Sandbox::start().unwrap();
        let Some(stunnel) = Stunnel::start(&server, sandbox.local_addr(), "") else {
            return;
        };
        let sender = |revoked| {
            let config = config(&authority.pem(), authority.revoke(revoked));
            engine.client(&stunnel.url(), |builder| builder.rustls_config(config))
        };
        sender(8).send(CreateTalkspace::new("eta")).unwrap();
        let outcome = sender(7).send(CreateTalkspace::new("eta"));
        let why = "the server's certificate was revoked";
        assert_unsent(outcome, FailureKind::Tls, why);
        assert_eq!(sandbox.sandbox().rings("eta"), 1);
    }
}
