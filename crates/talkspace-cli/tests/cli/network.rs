//! The way to the service: certificates, addresses.

use std::fs;

use talkspace_conformance::wire::{Peer, Plan, Script, Tls};

use crate::command::{TRANSPORTS, peer, request, respond, run, talkspace};
use crate::serving::{Folder, KEY};

/// A service over TLS that responds to every request for its version.
fn serving(tls: Result<Tls, String>) -> Peer {
    let response = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n1.3.10";
    let plan = Plan::default().otherwise(Script::serve(response));
    Peer::start(plan.over_tls(tls.unwrap())).unwrap()
}

fn url(peer: &Peer) -> String {
    format!("https://localhost:{}", peer.address().port())
}

#[test]
fn a_client_certificate_is_shown_to_a_service_that_wants_one() {
    let server = Tls::of("localhost").and_then(Tls::wanting_client_certificate);
    let service = serving(server);
    let folder = Folder::new("client-certificate");
    let (roots, both) = (folder.0.join("roots.pem"), folder.0.join("both.pem"));
    fs::write(&roots, Tls::roots_pem()).unwrap();
    let pem = Tls::client_certificate_pem().unwrap();
    fs::write(&both, &pem).unwrap();
    let (certificate, key) = (folder.0.join("client.pem"), folder.0.join("client.key"));
    let end = pem.find("-----BEGIN PRIVATE").unwrap();
    // Without an end of the last line.
    fs::write(&certificate, pem[..end].trim_end()).unwrap();
    fs::write(&key, &pem[end..]).unwrap();
    for transport in TRANSPORTS {
        let version = || {
            let mut command = talkspace(&["get-version", "--json", "--transport", transport]);
            command.args(["--base-url", &url(&service)]);
            command.arg("--cacert").arg(&roots);
            command
        };
        let failed = run(&mut version());
        let error = &failed.json()["error"];
        assert_eq!(error["kind"], "tls", "{failed:?}");
        assert_eq!(error["delivery"], "not_sent", "{failed:?}");
        let mut told = version();
        let told = run(told.env("TALKSPACE_CLIENT_KEY", &key));
        assert_eq!(told.status, Some(2), "a key alone: {told:?}");
        for given in [
            run(version().arg("--cert").arg(&both)),
            run(version()
                .arg("--client-certificate")
                .arg(&certificate)
                .arg("--client-key")
                .arg(&key)),
            run(version()
                .env("TALKSPACE_CLIENT_CERTIFICATE", &certificate)
                .env("TALKSPACE_CLIENT_KEY", &key)),
        ] {
            assert_eq!(given.status, Some(0), "{given:?}");
        }
        let plain = talkspace(&["get-version", "--transport", transport])
            .args(["--base-url", &url(&service), "--cacert"])
            .arg(&roots)
            .output();
        let plain = String::from_utf8(plain.unwrap().stderr).unwrap();
        let why = "because: the server wants a client certificate, and got none";
        assert!(plain.contains(why), "{plain}");
    }
}

#[test]
fn roots_are_trusted_beside_the_systems_or_alone() {
    let service = serving(Tls::of("localhost"));
    let folder = Folder::new("roots");
    let (ours, other) = (folder.0.join("ours.pem"), folder.0.join("other.pem"));
    fs::write(&ours, Tls::roots_pem()).unwrap();
    fs::write(&other, Tls::client_certificate_pem().unwrap()).unwrap();
    let marked = folder.0.join("marked.pem");
    fs::write(&marked, format!("\u{FEFF}{}", Tls::roots_pem())).unwrap();
    let (ours, other) = (ours.to_str().unwrap(), other.to_str().unwrap());
    let marked = marked.to_str().unwrap();
    for transport in TRANSPORTS {
        // What the system trusts is said by these, on most.
        for (option, file, system, status) in [
            ("--root-certificates", ours, "/dev/null", Some(0)),
            ("--root-certificates", marked, "/dev/null", Some(0)),
            ("--add-root-certificates", ours, "/dev/null", Some(0)),
            ("--root-certificates", other, ours, Some(3)),
            ("--add-root-certificates", other, ours, Some(0)),
        ] {
            let mut command = talkspace(&["get-version", "--transport", transport]);
            command.args(["--base-url", &url(&service), option, file]);
            command
                .env("SSL_CERT_FILE", system)
                .env("SSL_CERT_DIR", "/nowhere");
            let ran = run(&mut command);
            assert_eq!(ran.status, status, "{option} {file} {system}: {ran:?}");
        }
    }
}

#[test]
fn files_that_cannot_be_used_are_told_with_the_reason() {
    let folder = Folder::new("unusable");
    let file = |name: &str, text: &str| {
        let path = folder.0.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let pem = Tls::client_certificate_pem().unwrap();
    let (certificate, key) = pem.split_at(pem.find("-----BEGIN PRIVATE").unwrap());
    let encrypted = key.replace("PRIVATE", "ENCRYPTED PRIVATE");
    let nonsense = file("nonsense.pem", "nonsense");
    let utf_16 = file("utf-16.pem", "");
    fs::write(&utf_16, b"\xFF\xFE-\0-\0").unwrap();
    let alone = file("alone.pem", certificate);
    let locked = file("locked.key", &encrypted);
    for (arguments, why) in [
        (
            vec!["--root-certificates", &nonsense],
            "nonsense.pem: a root certificate is not valid PEM",
        ),
        (
            vec!["--add-root-certificates", &nonsense],
            "nonsense.pem: a root certificate is not",
        ),
        (
            vec!["--add-root-certificates", "/nowhere.pem"],
            "cannot read /nowhere.pem: ",
        ),
        (
            vec!["--root-certificates", &utf_16],
            "utf-16.pem: it is UTF-16, as PowerShell saves files",
        ),
        (
            vec!["--client-certificate", &nonsense],
            "nonsense.pem: the client certificate is not PEM",
        ),
        (
            vec!["--client-certificate", &alone],
            "alone.pem: the private key of the client",
        ),
        (
            vec!["--client-certificate", &alone, "--client-key", &locked],
            "locked.key: the private key of the client certificate is encrypted",
        ),
        (
            vec!["--resolve", "talkspace.example"],
            "it is not HOST:ADDRESS",
        ),
        (
            vec!["--resolve", "talkspace.example:443:192.0.2.7"],
            "it is not HOST:ADDRESS",
        ),
        (vec!["--local-address", "localhost"], "localhost"),
    ] {
        let mut command = talkspace(&["get-version", "--base-url", "https://127.0.0.1:9"]);
        let ran = run(command.args(&arguments));
        assert_eq!(ran.status, Some(2), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(why), "{arguments:?}: {ran:?}");
        let secret = key.lines().nth(1).unwrap();
        assert!(!ran.stderr.contains(secret), "{ran:?}");
    }
}

#[test]
fn a_host_is_where_it_is_said_to_be() {
    for transport in TRANSPORTS {
        let url = peer(|listener| {
            loop {
                let (text, mut stream) = request(&listener);
                assert!(
                    text.to_lowercase().contains("host: talkspace.test"),
                    "{text}"
                );
                respond(&mut stream, "200 OK", b"1.3.10");
            }
        });
        let url = url.replace("127.0.0.1", "TalkSpace.test");
        let mut command = talkspace(&["get-version", "--transport", transport]);
        command.args(["--base-url", &url, "--plain-http-host", "talkspace.test"]);
        // The first is not there; the second family is left out.
        command.args(["--resolve", "talkspace.TEST:[::1]"]);
        command.args(["--resolve", "talkspace.test:127.0.0.1"]);
        let ran = run(command.args(["--interface", "127.0.0.1", "--tcp-keepalive", "15"]));
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert!(!ran.text().contains(KEY));
    }
}
