//! What can be used for TLS, and what is said of what cannot.

use std::error::Error as StdError;
use std::io;

use rcgen::{CertificateParams, CertifiedKey as Made, KeyPair, generate_simple_self_signed};
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error, OtherError};

use super::roots::provider;
use super::*;
use crate::{Settings, TransportBuilder};

fn builder() -> TransportBuilder<Settings> {
    TransportBuilder::default()
}

fn made() -> Made<KeyPair> {
    generate_simple_self_signed(["client.example".to_owned()]).unwrap()
}

fn tls(builder: TransportBuilder<Settings>) -> Tls {
    builder.build().unwrap().tls
}

/// What is said of a root certificate.
fn root_rejected(pem: &str) -> String {
    let add = builder().add_root_certificates_pem(pem).build();
    let only = builder().only_root_certificates_pem(pem).build();
    let [add, only] = [add, only].map(|built| built.unwrap_err().to_string());
    assert_eq!(add, only);
    add
}

#[test]
fn roots_alone_are_ready_and_offer_nothing_but_http_1() {
    let root = made().cert.pem();
    let tls = tls(builder().only_root_certificates_pem(root));
    assert!(tls.is_ready());
    let config = tls.config().unwrap();
    assert_eq!(config.alpn_protocols, [b"http/1.1"]);
    assert!(!config.client_auth_cert_resolver.has_certs());
    assert!(Arc::ptr_eq(&config, &tls.clone().config().unwrap()));
}

#[test]
fn roots_beside_the_platforms_wait_for_them() {
    assert!(!tls(builder().add_root_certificates_pem(made().cert.pem())).is_ready());
}

#[test]
fn roots_that_are_none_are_rejected() {
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for pem in ["", "nonsense"] {
        assert_eq!(root_rejected(pem), "a root certificate is not valid PEM");
    }
    assert_eq!(root_rejected(damaged), "a root certificate is not usable");
    let two: String = (0..2).map(|_| made().cert.pem()).collect();
    assert!(builder().only_root_certificates_pem(two).build().is_ok());
}

#[test]
fn a_configuration_of_ones_own_is_used_but_for_what_it_offers() {
    let theirs = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let mut theirs = theirs;
    theirs.alpn_protocols = vec![b"h2".to_vec()];
    theirs.enable_sni = false;
    let settings = TlsSettings {
        config: Some(Arc::new(theirs)),
        ..TlsSettings::default()
    };
    let tls = Tls::new(&settings).unwrap();
    assert!(tls.is_ready());
    let config = tls.config().unwrap();
    assert_eq!(config.alpn_protocols, [b"http/1.1"]);
    assert!(!config.enable_sni);
    for settings in [
        TlsSettings {
            roots: vec![made().cert.pem().into()],
            ..settings.clone()
        },
        TlsSettings {
            certificate: Some(Arc::new(Zeroizing::new(Vec::new()))),
            ..settings.clone()
        },
    ] {
        let error = Tls::new(&settings).unwrap_err();
        assert!(error.to_string().contains("of its own"), "{error}");
    }
}

#[test]
fn a_client_certificate_and_its_key_are_taken_in_any_order() {
    let (client, other) = (made(), made());
    let (certificate, key) = (client.cert.pem(), client.signing_key.serialize_pem());
    for pem in [
        format!("{certificate}{key}"),
        format!("{key}{certificate}"),
        // A chain, and what openssl writes around it.
        format!("Bag Attributes\n{certificate}{}{key}", other.cert.pem()),
        format!("{certificate}{key}").replace('\n', "\r\n"),
    ] {
        let config = tls(builder()
            .only_root_certificates_pem(other.cert.pem())
            .client_certificate_pem(&pem))
        .config()
        .unwrap();
        assert!(config.client_auth_cert_resolver.has_certs(), "{pem}");
    }
}

#[test]
fn a_client_certificate_that_cannot_be_used_is_told_without_the_key() {
    let (client, other) = (made(), made());
    let certificate = &client.cert.pem()[..];
    let key = &client.signing_key.serialize_pem()[..];
    let secret = &key.lines().nth(1).unwrap()[..40];
    let other_key = &other.signing_key.serialize_pem()[..];
    let encrypted = key.replace("PRIVATE", "ENCRYPTED PRIVATE");
    let of_old = key.replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\n");
    let not_a_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let torn = key.replacen("\n", "\n?", 1);
    for (pem, why) in [
        (vec![], "is not PEM"),
        (vec!["nonsense"], "is not PEM"),
        (
            vec![certificate],
            "the private key of the client certificate is missing",
        ),
        (vec![key], "there is only a key"),
        (
            vec![certificate, other_key],
            "the private key does not belong to",
        ),
        (
            vec![certificate, key, other_key],
            "more than one private key",
        ),
        (vec![&other.cert.pem(), certificate, key], "must come first"),
        (vec![certificate, &encrypted], "is encrypted"),
        (vec![certificate, &of_old], "is encrypted"),
        (vec![certificate, not_a_key], "is damaged, or of a kind"),
        (vec![certificate, &torn], "is not valid PEM"),
        (vec![&certificate[..200], key], "not valid PEM"),
    ] {
        let pem = pem.concat();
        let builder = builder().client_certificate_pem(&pem);
        assert!(!format!("{builder:?}").contains(secret));
        let error = builder.build().unwrap_err();
        assert!(error.to_string().contains(why), "{error}: {pem}");
        assert!(error.source().is_none(), "a parser may show what it read");
        assert!(!format!("{error:?}").contains(secret));
    }
}

#[test]
fn keys_of_every_kind_that_is_promised_are_taken() {
    for algorithm in [
        &rcgen::PKCS_ECDSA_P256_SHA256,
        &rcgen::PKCS_ECDSA_P384_SHA384,
        &rcgen::PKCS_ED25519,
    ] {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let params = CertificateParams::new(["client.example".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        let pem = certificate + &key.serialize_pem();
        assert!(builder().client_certificate_pem(pem).build().is_ok());
    }
}

fn told(error: Error) -> String {
    let error = explained(io::Error::new(io::ErrorKind::InvalidData, error));
    assert!(is_tls(&error));
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    error.to_string()
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds))
}

/// What webpki says of a certificate of an authority, and of one of version 1, has
/// the names of its variants as text.
#[test]
fn what_webpki_names_alone_is_told_in_words() {
    for (name, words) in [
        ("CaUsedAsEndEntity", "needs one of its own, signed by it"),
        (
            "UnsupportedCertVersion",
            "make it anew, with a subjectAltName",
        ),
        ("BadDer", "is not in order: BadDer"),
    ] {
        let why = OtherError(Arc::new(io::Error::other(name)));
        let told = told(CertificateError::Other(why).into());
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn what_is_wrong_with_a_certificate_is_told_by_date_and_name() {
    let expired = CertificateError::ExpiredContext {
        time: at(1_763_000_000),
        not_after: at(1_009_843_200),
    };
    assert_eq!(
        told(expired.into()),
        "the server's certificate expired on Tue, 01 Jan 2002 00:00:00 GMT; by this machine's \
         clock it is Thu, 13 Nov 2025 02:13:20 GMT"
    );
    let early = CertificateError::NotValidYetContext {
        time: at(0),
        not_before: at(u64::MAX),
    };
    let early = told(early.into());
    assert!(
        early.contains("not valid before Fri, 31 Dec 9999 23:59:59 GMT"),
        "{early}"
    );
    let named = |presented: &[&str]| {
        told(Error::from(CertificateError::NotValidForNameContext {
            expected: "talkspace.example".try_into().unwrap(),
            presented: presented.iter().map(|&name| name.to_owned()).collect(),
        }))
    };
    for (presented, names) in [
        (&[][..], "no host"),
        (&["DnsName(\"a.example\")"], "a.example"),
        (
            &["IpAddress(192.0.2.1)", "DirectoryName"],
            "192.0.2.1, DirectoryName",
        ),
        (
            &["DnsName(\"a\")", "DnsName(\"b\")", "DnsName(\"c\")", "x"],
            "a, b, c, others",
        ),
        // The server chooses what is in it.
        (&["DnsName(\"\u{1b}[2J\n\")"], "\\u{1b}[2J\\n"),
    ] {
        let whole =
            format!("the server's certificate is for {names}, and not for talkspace.example");
        assert_eq!(named(presented), whole);
    }
    assert!(named(&[&"n".repeat(10_000)]).len() < 400);
}

#[test]
fn what_ends_the_handshake_is_told_from_the_rest() {
    let alert = |alert| io::Error::other(Error::AlertReceived(alert));
    let required = explained(alert(AlertDescription::CertificateRequired));
    assert_eq!(
        required.to_string(),
        "the server wants a client certificate, and got none"
    );
    assert!(ends_handshake(&required));
    assert!(ends_handshake(&alert(AlertDescription::UnknownCA)));
    for other in [
        AlertDescription::InternalError,
        AlertDescription::CloseNotify,
        AlertDescription::BadRecordMac,
    ] {
        assert!(!ends_handshake(&alert(other)), "{other:?}");
    }
    assert!(!is_tls(&io::ErrorKind::UnexpectedEof.into()));
    assert!(!ends_handshake(&io::Error::other("CertificateRequired")));
}
