//! What can be trusted, and what cannot.

use super::*;

fn rejected(pem: &str) -> String {
    Tls::new(&[pem.into()]).err().unwrap().to_string()
}

#[test]
fn roots_that_are_given_are_ready_and_offer_nothing_but_http_1() {
    let root = rcgen::generate_simple_self_signed([]).unwrap().cert.pem();
    let tls = Tls::new(&[root.into()]).unwrap();
    assert!(tls.is_ready());
    let config = tls.config().unwrap();
    assert_eq!(config.alpn_protocols, [b"http/1.1"]);
    assert!(Arc::ptr_eq(&config, &tls.clone().config().unwrap()));
}

#[test]
fn roots_that_are_none_are_rejected() {
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for pem in ["", "nonsense"] {
        assert_eq!(rejected(pem), "a root certificate is not valid PEM");
    }
    assert_eq!(rejected(damaged), "a root certificate is not usable");
    let two: String = (0..2)
        .map(|_| rcgen::generate_simple_self_signed([]).unwrap().cert.pem())
        .collect();
    assert!(Tls::new(&[two.into()]).is_ok());
}
