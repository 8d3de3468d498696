//! Client certificates and keys as openssl writes them, in every form that is
//! promised.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::client::Builder;
use crate::software::{Folder, find};

/// The arguments for a new key, and what its PEM begins with in the form that is
/// older than PKCS #8, where there is one: PKCS #1 or SEC 1.
const KINDS: [(&[&str], Option<&str>); 4] = [
    (
        &["-newkey", "rsa:2048"],
        Some("-----BEGIN RSA PRIVATE KEY-----"),
    ),
    (
        &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        Some("-----BEGIN EC PRIVATE KEY-----"),
    ),
    (
        &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
        Some("-----BEGIN EC PRIVATE KEY-----"),
    ),
    (&["-newkey", "ed25519"], None),
];

fn openssl(program: &Path, folder: &Folder, arguments: &[&str]) {
    let mut command = Command::new(program);
    let output = command
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {told}");
}

#[test]
fn of_openssl_are_taken_unless_they_are_encrypted() {
    let Some(program) = find("openssl", "openssl") else {
        return;
    };
    for (kind, older) in KINDS {
        let folder = Folder::new();
        let request = ["req", "-x509", "-nodes", "-subj", "/CN=client.example"];
        let files = ["-keyout", "new.key", "-out", "client.pem"];
        openssl(&program, &folder, &[&request, kind, &files].concat());
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        let certificate = read("client.pem");
        let forms = older.map(|begin| (&["-traditional"][..], begin));
        let pkcs8 = (&[][..], "-----BEGIN PRIVATE KEY-----");
        for (form, begin) in [pkcs8].into_iter().chain(forms) {
            let convert = ["pkey", "-in", "new.key", "-out", "client.key"];
            openssl(&program, &folder, &[&convert, form].concat());
            let key = read("client.key");
            assert!(key.starts_with(begin), "{kind:?} {form:?}");
            let built = Builder::default()
                .client_certificate_pem(format!("{certificate}{key}"))
                .build();
            assert!(built.is_ok(), "{kind:?} {form:?}: {built:?}");

            let locked = ["-aes256", "-passout", "pass:secret"];
            openssl(&program, &folder, &[&convert, form, &locked].concat());
            let built = Builder::default()
                .client_certificate_pem(format!("{certificate}{}", read("client.key")))
                .build();
            let error = built.unwrap_err().to_string();
            assert!(error.contains("is encrypted"), "{kind:?} {form:?}: {error}");
        }
    }
}
