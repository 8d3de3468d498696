//! Requests of every kind, past everything that can go wrong.

use std::env;
use std::error::Error;
use std::io;
use std::time::Duration;

use talkspace_conformance::wire::{Peer, Plan, Script, Tls};
use talkspace_core::{
    BodySource, ChangePhone, CreateTalkspace, Limits, ListTalkspaces, MediaFile, Operation,
    PhoneNumber, Register, RequestOptions, RequestUploadGrant, UploadMedia,
};
use tokio::runtime::Runtime;

use crate::log;
use crate::sentinel::{GRANT, Heap, KEY, PHONE, TOKEN, spellings};

/// The one misdeed that a limit ends.
const SILENCE: &str = "silence";

/// Both clients, for the same peer.
struct Clients {
    runtime: Runtime,
    hyper: talkspace_hyper::Client,
    blocking: talkspace_blocking::Client,
}

impl Clients {
    fn new(url: &str) -> Self {
        Self::build(url).expect("clients")
    }

    fn build(url: &str) -> Result<Self, Box<dyn Error>> {
        let policy = RequestOptions::default()
            .max_retries(1)
            .backoff(Duration::from_millis(1), Duration::from_millis(1));
        let roots = Tls::roots_pem();
        let hyper = talkspace_hyper::HyperTransport::builder().only_root_certificates_pem(&roots);
        let blocking =
            talkspace_blocking::HttpTransport::builder().only_root_certificates_pem(&roots);
        let token = format!("Bearer {TOKEN}");
        Ok(Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
            hyper: talkspace_hyper::Client::builder(url, KEY)
                .options(policy)
                .build(hyper.build()?)?
                .with_header("authorization", &token),
            blocking: talkspace_blocking::Client::builder(url, KEY)
                .options(policy)
                .build_blocking(blocking.build()?)?
                .with_header("authorization", &token),
        })
    }

    /// Sends a request over both, and keeps what came of it.
    fn send<O: Operation>(&self, heap: &mut Heap, what: &str, operation: &O) {
        let mut limits = Limits::default();
        limits.max_body_bytes = 256 * 1024;
        // What comes late on a busy machine is to be heard all the same.
        if what == SILENCE {
            limits.response_timeout = Duration::from_millis(50);
        }
        let policy = self.blocking.options().limits(limits);
        let outcomes = [
            self.runtime.block_on(
                self.hyper
                    .with_options(policy)
                    .response_to(operation.clone()),
            ),
            self.blocking
                .with_options(policy)
                .response_to(operation.clone()),
        ];
        let whose = format!("{} after {what}", O::INFO.id);
        for outcome in outcomes {
            match outcome {
                Ok(reply) => {
                    heap.read += 1;
                    heap.debug(&whose, &reply);
                }
                Err(error) => {
                    heap.error(&whose, &error);
                    heap.add(&whose, error.message().unwrap_or_default());
                    heap.add(&whose, error.body().unwrap_or_default());
                    heap.add(&whose, error.request_id().unwrap_or_default());
                }
            }
        }
    }
}

/// A file that cannot be read to its end.
struct Broken;

impl BodySource for Broken {
    fn len(&self) -> u64 {
        100_000
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if offset > 0 {
            return Err(io::Error::other("the disk is gone"));
        }
        buffer.fill(0xFF);
        Ok(buffer.len())
    }
}

/// Requests that carry the same secrets, in whichever place, and whose responses
/// would have others.
struct Group {
    secrets: &'static [&'static str],
    issued: &'static [&'static str],
    send: fn(&Clients, &mut Heap, &str),
}

const GROUPS: [Group; 4] = [
    Group {
        secrets: &[KEY, TOKEN],
        issued: &[],
        send: |clients, heap, what| {
            clients.send(heap, what, &ListTalkspaces::new());
            clients.send(heap, what, &CreateTalkspace::new("eta"));
        },
    },
    Group {
        secrets: &[KEY, TOKEN],
        issued: &[GRANT],
        send: |clients, heap, what| {
            clients.send(heap, what, &RequestUploadGrant::new("6e6a"));
        },
    },
    Group {
        secrets: &[KEY, PHONE, TOKEN],
        issued: &[],
        send: |clients, heap, what| {
            let phone: PhoneNumber = PHONE.parse().unwrap();
            clients.send(heap, what, &Register::new("eta").phone(phone.clone()));
            clients.send(heap, what, &ChangePhone::new("eta", phone));
        },
    },
    Group {
        secrets: &[GRANT, TOKEN],
        issued: &[],
        send: |clients, heap, what| {
            let sound: &[u8] = &[0xFF, 0xFB, 0x90, 0x64];
            let file = MediaFile::mp3(sound).unwrap();
            clients.send(heap, what, &UploadMedia::new(GRANT, file));
            let file = MediaFile::unchecked(Broken);
            clients.send(heap, what, &UploadMedia::new(GRANT, file));
        },
    },
];

/// The secrets, as a service may repeat them.
fn repeated(secrets: &[&str]) -> String {
    let spellings = secrets.iter().flat_map(|secret| spellings(secret));
    spellings.map(|spelling| format!(" {spelling} |")).collect()
}

fn response(status: &str, head: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// What a peer may do, by name, to requests with these secrets.
fn misdeeds(group: &Group) -> Vec<(&'static str, Script)> {
    let secrets = &[group.secrets, group.issued].concat();
    let said = repeated(secrets);
    let id = secrets.first().copied().unwrap_or_default();
    // No URL has a space in it.
    let joined = said.replace(' ', "");
    let quoted = serde_json::to_string(&said).unwrap();
    let escaped = escapes(&said);
    let success = format!(r#"{{"Other":{{"message":{quoted},"status":200}}}}"#);
    // What is issued is known by its place. The message of an error has none.
    let told = repeated(group.secrets);
    let slashed = serde_json::to_string(&told).unwrap().replace('/', "\\/");
    let envelope = format!(r#"{{"ErrorResponse":{{"message":{slashed},"status":400}}}}"#);
    let told = escapes(&told);
    let error = format!(r#"{{"ErrorResponse":{{"message":"{told}","status":400}}}}"#);
    let far = format!("{}{said}", " ".repeat(4096 - 20));
    let page = format!("<html>{said}</html>");
    let lists = list_of_secrets(secrets);
    let location = "Location: https://elsewhere.example/?appkey=x\r\n";
    vec![
        (
            "an error response that repeats it",
            Script::serve(response("400 Bad Request", "", &envelope)),
        ),
        (
            "an error response with an id",
            Script::serve(response(
                "400 Bad Request",
                &format!("X-Request-Id: {id}\r\n"),
                &envelope,
            )),
        ),
        (
            "a gateway's page",
            Script::serve(response("502 Bad Gateway", "", &page)),
        ),
        (
            "a page across the cut",
            Script::serve(response("404 Not Found", "", &far)),
        ),
        (
            "a success that cannot be read",
            Script::serve(response("200 OK", "", &success)),
        ),
        (
            "an error response in escapes",
            Script::serve(response("400 Bad Request", "", &error)),
        ),
        (
            "a readable success",
            Script::serve(response("200 OK", "", &readable(&quoted))),
        ),
        (
            "a readable success in escapes",
            Script::serve(response("200 OK", "", &readable(&format!("\"{escaped}\"")))),
        ),
        (
            "a list of secrets",
            Script::serve(response("200 OK", "", &lists)),
        ),
        (
            "a readable text",
            Script::serve(response(
                "200 OK",
                "",
                &format!("http://a.example/?{joined}"),
            )),
        ),
        (
            "a page of success",
            Script::serve(response("200 OK", "", &page)),
        ),
        (
            "a redirect",
            Script::serve(response("302 Found", location, &page)),
        ),
        (
            "a body that is too large",
            Script::serve(response("200 OK", "", &said.repeat(2000))),
        ),
        (
            "a coded body",
            Script::serve(response("200 OK", "Content-Encoding: gzip\r\n", &page)),
        ),
        (
            "what is not HTTP",
            Script::accept().read_request().write(said.clone()).cut(),
        ),
        (
            "half a response",
            Script::accept()
                .read_request()
                .write(format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n{said}"
                ))
                .cut(),
        ),
        ("a reset", Script::accept().read_head().reset()),
        ("a close", Script::accept().read_request().close()),
        (
            SILENCE,
            Script::accept()
                .read_request()
                .expect_client_close(Duration::from_secs(10)),
        ),
    ]
}

/// A success that all operations can read but the upload, with this as every text.
fn readable(text: &str) -> String {
    let outcome = format!(r#""message":{text},"uri":{text}"#);
    format!(
        r#"{{"ConferenceListResponse":{{"message":{text},"active":{text},"inactive":[{text}]}},
        "ConferenceResponse":{{{outcome},"conferenceId":{text}}},
        "RegistrationResponse":{{{outcome}}},
        "UploadResponse":{{{outcome},"grantId":"{}"}}}}"#,
        escapes(GRANT)
    )
}

/// A success whose lists have a spelling of a secret in each entry.
fn list_of_secrets(secrets: &[&str]) -> String {
    let entries: Vec<_> = secrets
        .iter()
        .flat_map(|secret| spellings(secret))
        .collect();
    let list = serde_json::to_string(&entries).unwrap();
    format!(r#"{{"ConferenceListResponse":{{"active":{list},"inactive":{list}}}}}"#)
}

/// A text with every character as JSON may have it.
fn escapes(text: &str) -> String {
    let escape = |(index, unit)| match index % 2 {
        0 => format!("\\u{unit:04x}"),
        _ => format!("\\u{unit:04X}"),
    };
    text.encode_utf16().enumerate().map(escape).collect()
}

fn at_peer(scheme: &str, plan: Plan, act: impl FnOnce(&Clients)) {
    let peer = Peer::start(plan).unwrap();
    let url = format!("{scheme}://localhost:{}", peer.address().port());
    act(&Clients::new(&url));
    peer.stop();
}

#[test]
fn nothing_leaks_from_any_request() {
    log::listen();
    let mut heap = Heap::default();
    for group in &GROUPS {
        let send = group.send;
        for (what, script) in misdeeds(group) {
            let plan = Plan::new([]).otherwise(script);
            let secure = plan.clone().over_tls(Tls::of("localhost").unwrap());
            for (scheme, plan) in [("http", plan), ("https", secure)] {
                at_peer(scheme, plan, |clients| send(clients, &mut heap, what));
            }
        }
        for tls in [Tls::expired(), Tls::untrusted()] {
            let plan = Plan::new([]).otherwise(Script::accept());
            at_peer("https", plan.over_tls(tls.unwrap()), |clients| {
                send(clients, &mut heap, "a certificate that is not trusted");
            });
        }
        // Nothing listens there, or has such a name.
        for url in ["http://127.0.0.1:9", "https://nowhere.invalid"] {
            send(&Clients::new(url), &mut heap, "no connection");
        }
    }

    let lines = log::lines();
    let logged = |target: &str| lines.iter().filter(|line| line.starts_with(target)).count();
    assert!(logged("rustls") > 100, "rustls logs, and is listened to");
    // Where `RUSTFLAGS` are set, cargo passes over those of `.cargo/config.toml`: not in a run of all checks.
    if cfg!(hyper_unstable_tracing) || env::var_os("TALKSPACE_ALL_SOFTWARE").is_some() {
        assert!(logged("hyper") > 100, "hyper logs, and is listened to");
    }
    for line in &lines {
        heap.add("a log", line);
    }
    assert!(heap.len() > 1000, "much was said: {}", heap.len());
    assert!(heap.read >= 48, "successes were read: {}", heap.read);
    let leaks = heap.leaks();
    assert!(
        leaks.is_empty(),
        "{} leaks:\n{}",
        leaks.len(),
        leaks.join("\n")
    );
}

/// What the clients keep out of a success is in it: a response that was not
/// searched is noticed.
#[test]
fn a_response_that_repeats_a_secret_is_noticed() {
    let said = serde_json::to_string(&repeated(&[KEY])).unwrap();
    for text in [said, format!("\"{}\"", escapes(KEY))] {
        let body = readable(&text);
        let response =
            talkspace_core::codec::RawResponse::new(http::StatusCode::OK, body.as_bytes());
        let mut heap = Heap::default();
        heap.debug(
            "a success",
            &CreateTalkspace::new("eta").decode(&response).unwrap(),
        );
        heap.debug("a list", &ListTalkspaces::new().decode(&response).unwrap());
        let leaks = heap.leaks();
        for response in ["a success", "a list"] {
            assert!(
                leaks.iter().any(|leak| leak.contains(response)),
                "{leaks:?}"
            );
        }
    }
}
