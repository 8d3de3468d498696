//! Calls of every kind, past everything that can go wrong.

use std::error::Error;
use std::io;
use std::time::Duration;

use talkspace_conformance::wire::{Peer, Plan, Script, Tls};
use talkspace_core::{
    BodySource, Cancel, ChangePhone, CreateTalkspace, Limits, ListTalkspaces, MediaFile, Operation,
    PhoneNumber, Policy, Register, RequestUploadGrant, UploadMedia,
};
use tokio::runtime::Runtime;

use crate::log;
use crate::sentinel::{GRANT, Heap, KEY, PHONE};

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
        let policy = Policy::default()
            .max_retries(1)
            .backoff(Duration::from_millis(1), Duration::from_millis(1));
        let roots = Tls::roots_pem();
        let hyper = talkspace_hyper::HyperTransport::builder().root_certificates_pem(&roots);
        let blocking = talkspace_blocking::HttpTransport::builder().root_certificates_pem(&roots);
        Ok(Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
            hyper: talkspace_hyper::Client::builder(url, KEY)
                .policy(policy.clone())
                .transport(hyper)
                .build()?,
            blocking: talkspace_blocking::Client::builder(url, KEY)
                .policy(policy)
                .transport(blocking)
                .build()?,
        })
    }

    /// Sends a request over both, and keeps what came of it.
    fn send<O: Operation>(&self, heap: &mut Heap, what: &str, operation: &O) {
        let mut limits = Limits::default();
        limits.max_body = 64 * 1024;
        // What comes late on a busy machine is to be heard all the same.
        if what == SILENCE {
            limits.first_byte = Duration::from_millis(50);
        }
        let policy = self.blocking.policy().limits(limits);
        let outcomes = [
            self.runtime
                .block_on(self.hyper.send_with(operation.clone(), policy.clone())),
            self.blocking
                .send_with(operation.clone(), policy, &Cancel::new()),
        ];
        let whose = format!("{} after {what}", O::INFO.id);
        for outcome in outcomes {
            match outcome {
                Ok(reply) => heap.debug(&whose, &reply),
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

/// Requests that carry the same secrets, in whichever place.
struct Group {
    secrets: &'static [&'static str],
    send: fn(&Clients, &mut Heap, &str),
}

const GROUPS: [Group; 3] = [
    Group {
        secrets: &[KEY],
        send: |clients, heap, what| {
            clients.send(heap, what, &ListTalkspaces::new());
            clients.send(heap, what, &CreateTalkspace::new("eta"));
            clients.send(heap, what, &RequestUploadGrant::new("6e6a"));
        },
    },
    Group {
        secrets: &[KEY, PHONE],
        send: |clients, heap, what| {
            let phone: PhoneNumber = PHONE.parse().unwrap();
            clients.send(heap, what, &Register::new("eta").phone(phone.clone()));
            clients.send(heap, what, &ChangePhone::new("eta", phone));
        },
    },
    Group {
        secrets: &[GRANT],
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
    let form = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let lower = |text: &str| -> String {
        let escape = |byte: u8| match byte {
            b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02x}"),
        };
        text.bytes().map(escape).collect()
    };
    let mut all = String::new();
    for secret in secrets {
        let national = secret.strip_prefix('1').unwrap_or_default();
        let (form, lower) = (form(secret), lower(secret));
        all.push_str(&format!(" {secret} | {form} | {lower} | {national} |"));
    }
    all
}

fn answer(status: &str, head: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// What a peer may do, by name, to requests with these secrets.
fn misdeeds(secrets: &[&str]) -> Vec<(&'static str, Script)> {
    let said = repeated(secrets);
    let id = secrets.first().copied().unwrap_or_default();
    let quoted = serde_json::to_string(&said).unwrap();
    let slashed = quoted.replace('/', "\\/");
    let envelope = format!(r#"{{"ErrorResponse":{{"message":{slashed},"status":400}}}}"#);
    let success = format!(r#"{{"Other":{{"message":{quoted},"status":200}}}}"#);
    let far = format!("{}{said}", " ".repeat(4096 - 20));
    let page = format!("<html>{said}</html>");
    let location = "Location: https://elsewhere.example/?appkey=x\r\n";
    vec![
        (
            "a refusal that repeats it",
            Script::serve(answer("400 Bad Request", "", &envelope)),
        ),
        (
            "a refusal with an id",
            Script::serve(answer(
                "400 Bad Request",
                &format!("X-Request-Id: {id}\r\n"),
                &envelope,
            )),
        ),
        (
            "a gateway's page",
            Script::serve(answer("502 Bad Gateway", "", &page)),
        ),
        (
            "a page across the cut",
            Script::serve(answer("404 Not Found", "", &far)),
        ),
        (
            "a success that cannot be read",
            Script::serve(answer("200 OK", "", &success)),
        ),
        (
            "a page of success",
            Script::serve(answer("200 OK", "", &page)),
        ),
        (
            "a redirect",
            Script::serve(answer("302 Found", location, &page)),
        ),
        (
            "a body that is too large",
            Script::serve(answer("200 OK", "", &said.repeat(2000))),
        ),
        (
            "a coded body",
            Script::serve(answer("200 OK", "Content-Encoding: gzip\r\n", &page)),
        ),
        (
            "what is not HTTP",
            Script::accept().read_request().write(said.clone()).cut(),
        ),
        (
            "half an answer",
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

fn at_peer(scheme: &str, plan: Plan, act: impl FnOnce(&Clients)) {
    let peer = Peer::start(plan).unwrap();
    let url = format!("{scheme}://localhost:{}", peer.address().port());
    act(&Clients::new(&url));
    peer.stop();
}

#[test]
fn nothing_leaks_from_any_call() {
    log::listen();
    let mut heap = Heap::default();
    for Group { secrets, send } in &GROUPS {
        for (what, script) in misdeeds(secrets) {
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
        // Nobody listens there, or has such a name.
        for url in ["http://127.0.0.1:9", "https://nowhere.invalid"] {
            send(&Clients::new(url), &mut heap, "no connection");
        }
    }

    let lines = log::lines();
    let logged = |target: &str| lines.iter().filter(|line| line.starts_with(target)).count();
    assert!(logged("rustls") > 100, "rustls logs, and is listened to");
    if cfg!(hyper_unstable_tracing) {
        assert!(logged("hyper") > 100, "hyper logs, and is listened to");
    }
    for line in &lines {
        heap.add("a log", line);
    }
    assert!(heap.len() > 1000, "much was said: {}", heap.len());
    let leaks = heap.leaks();
    assert!(
        leaks.is_empty(),
        "{} leaks:\n{}",
        leaks.len(),
        leaks.join("\n")
    );
}
