//! A server that wants a certificate of the client.
//!
//! In TLS 1.3 the client is done with the handshake, and has sent its request,
//! before the server rejects it. The request was not sent all the same: the
//! sandbox behind the server, which counts, has seen none.

use std::net::{SocketAddr, TcpListener};
use std::process::Command;

use talkspace_core::{CreateTalkspace, ErrorKind, FailureKind, GetVersion};
use talkspace_sandbox::Sandbox;

use crate::certificates::{Authority, Identity};
use crate::client::{Engine, assert_unsent};
use crate::software::{Folder, Program, find};
use crate::stunnel::Stunnel;

/// What a client shows, and what it is told.
struct Row {
    client: Option<Identity>,
    why: &'static str,
}

#[test]
fn stunnel_lets_a_client_in_by_its_certificate_alone() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let rejected = [
        Row {
            client: None,
            why: "wants a client certificate",
        },
        Row {
            client: Some(theirs.sign("client.example")),
            why: "the server does not trust the issuer of the client certificate",
        },
        Row {
            client: Some(ours.sign_expired("client.example")),
            why: "the server says that the client certificate has expired",
        },
    ];
    let (server, client) = (ours.sign("localhost"), ours.sign("client.example"));
    for version in ["sslVersionMin = TLSv1.3", "sslVersionMax = TLSv1.2"] {
        for engine in Engine::BOTH {
            let sandbox = Sandbox::start().unwrap();
            let root = ours.pem();
            let to = sandbox.local_addr();
            let Some(stunnel) = Stunnel::demanding(&server, Some(&root), to, version) else {
                return;
            };
            for Row { client, why } in &rejected {
                // A race decides which end of the connection comes first.
                for _ in 0..8 {
                    let sender = engine.client(&stunnel.url(), |builder| {
                        let builder = builder.only_root_certificates_pem(&root);
                        match client {
                            Some(client) => builder.client_certificate_pem(client.pem()),
                            None => builder,
                        }
                    });
                    let outcome = sender.send(CreateTalkspace::new("eta"));
                    let error = assert_unsent(outcome, FailureKind::Tls, why);
                    assert_eq!(error.attempts(), 1, "no certificate mends itself");
                }
            }
            let sender = engine.client(&stunnel.url(), |builder| {
                builder
                    .only_root_certificates_pem(&root)
                    .client_certificate_pem(client.pem())
            });
            assert_eq!(sandbox.sandbox().applied::<CreateTalkspace>(), 0);
            sender.send(CreateTalkspace::new("eta")).unwrap();
            sender.send(GetVersion::new()).unwrap();
            assert_eq!(sandbox.sandbox().rings("eta"), 1, "{engine:?}, {version}");
        }
    }
}

/// nginx lets the handshake succeed, and says by its response what is missing.
struct Nginx {
    _program: Program,
    _folder: Folder,
    url: String,
}

impl Nginx {
    fn demanding(server: &Identity, root: &str, to: SocketAddr) -> Option<Self> {
        let nginx = find("nginx", "nginx-light")?;
        let folder = Folder::new();
        folder.write("server.pem", &server.certificate);
        folder.write("server.key", &server.key);
        folder.write("root.pem", root);
        // It takes no port of the system's choice, so that another program may
        // take the one that was free.
        for _ in 0..16 {
            let free = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = free.local_addr().unwrap().port();
            let configuration = format!(
                "daemon off; master_process off; pid pid; error_log stderr notice;\n\
                 events {{}}\n\
                 http {{ access_log off; client_body_temp_path body; proxy_temp_path proxy;\n\
                 fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n\
                 server {{ listen 127.0.0.1:{port} ssl; ssl_certificate server.pem;\n\
                 ssl_certificate_key server.key; ssl_client_certificate root.pem;\n\
                 ssl_verify_client on; location / {{ proxy_pass http://{to}; }} }} }}\n"
            );
            let file = folder.write("nginx.conf", &configuration);
            drop(free);
            let mut command = Command::new(&nginx);
            command.arg("-p").arg(folder.path()).arg("-c").arg(file);
            let mut program = Program::start(command.args(["-e", "stderr"]));
            if program.line_with("using the \"").is_some() {
                return Some(Self {
                    _program: program,
                    _folder: folder,
                    url: format!("https://localhost:{port}"),
                });
            }
            let taken = program.log().iter().any(|line| line.contains("in use"));
            assert!(taken, "{:#?}", program.log());
        }
        panic!("no free port for nginx");
    }
}

#[test]
fn nginx_says_by_status_that_it_wants_a_certificate() {
    let authority = Authority::new("authority");
    let (server, client) = (
        authority.sign("localhost"),
        authority.sign("client.example"),
    );
    for engine in Engine::BOTH {
        let sandbox = Sandbox::start().unwrap();
        let root = authority.pem();
        let Some(nginx) = Nginx::demanding(&server, &root, sandbox.local_addr()) else {
            return;
        };
        let without = engine.client(&nginx.url, |builder| {
            builder.only_root_certificates_pem(&root)
        });
        let error = without.send(CreateTalkspace::new("eta")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Status, "{error}");
        let body = error.body().unwrap_or_default();
        assert!(body.contains("No required SSL certificate"), "{body}");
        assert_eq!(sandbox.sandbox().rings("eta"), 0);
        let with = engine.client(&nginx.url, |builder| {
            builder
                .only_root_certificates_pem(&root)
                .client_certificate_pem(client.pem())
        });
        with.send(CreateTalkspace::new("eta")).unwrap();
        assert_eq!(sandbox.sandbox().rings("eta"), 1, "{engine:?}");
    }
}
