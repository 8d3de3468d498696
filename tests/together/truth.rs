//! A list of the operations that is written [by hand](list), held against what is
//! generated: the tables, the requests of the client and what it does with the
//! responses, and what the sandbox makes of requests. All of them read the same
//! specification, so that they agree also where it is wrong.

// Of the tests of the command, which have it too.
#[path = "../../crates/talkspace-cli/tests/cli/truth/list.rs"]
mod list;
mod requests;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};
use talkspace_core::operation::{OperationInfo, ParameterInfo, ParameterKind, ParameterLocation};
use talkspace_core::transport::{FailureKind, TransportError, blocking_transport_fn};
use talkspace_core::{BlockingClient, OPERATIONS, RequestOptions};
use talkspace_sandbox::{Clock, Sandbox, SandboxBuilder, Server};
use talkspace_tests::BASE_URL;

use list::{Request, Truth, With, truths};
use requests::{Pair, pairs};

const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;

/// Everything that is not as it should be, all at once.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn expect<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, is: &T, expected: &T) {
        if is != expected {
            self.0
                .push(format!("{what}:\n  {is:?}, and not\n  {expected:?}"));
        }
    }

    fn assert_none(self) {
        assert!(
            self.0.is_empty(),
            "{} differences:\n{}",
            self.0.len(),
            self.0.join("\n")
        );
    }
}

/// What a table says, as the list has it.
fn written(info: &OperationInfo) -> String {
    let mut name = format!("{} {}", info.id, info.effect);
    if info.secret_response {
        name += ", its response is a secret";
    }
    if info.transfers_file {
        name += ", takes the time of a file";
    }
    let mut path = info.path.to_owned();
    let mut words: Vec<String> = Vec::new();
    words.extend(info.action.map(|action| format!("action={action}")));
    let mut place = "none";
    for parameter in info.parameters {
        let at = match parameter.location {
            ParameterLocation::Path => {
                let name = format!("{{{}}}", parameter.name);
                path = path.replace(&name, &format!("{{{}}}", word(parameter)));
                continue;
            }
            ParameterLocation::Form => "form",
            other => other.as_str(),
        };
        if place != "multipart" {
            place = at;
        }
        if parameter.kind == ParameterKind::File {
            place = "multipart";
        }
        words.push(word(parameter));
    }
    words.insert(0, format!("{place}:"));
    let numbers = |statuses: &[u16]| {
        let statuses: Vec<_> = statuses.iter().map(u16::to_string).collect();
        statuses.join(" ")
    };
    let mut statuses = numbers(info.success);
    match info.envelope {
        Some(envelope) => statuses += &format!(" in {envelope}"),
        None => statuses += " as text",
    }
    for (what, of) in [
        ("outcomes", info.outcomes),
        ("errors", info.errors),
        ("already", info.already),
    ] {
        if !of.is_empty() {
            statuses += &format!("; {what} {}", numbers(of));
        }
    }
    let request = format!("{} {path}", info.method);
    [name, request, words.join(" "), statuses].join("\n")
}

fn word(parameter: &ParameterInfo) -> String {
    let mut word = parameter.name.to_owned();
    let marks = [
        (parameter.kind.is_secret(), "!"),
        (!parameter.required, "?"),
        (parameter.or_empty, "''"),
    ];
    for (_, mark) in marks.iter().filter(|(is_so, _)| *is_so) {
        word += mark;
    }
    match parameter.kind {
        ParameterKind::Flag => word + "=true",
        ParameterKind::Choice(words) => format!("{word}={}", words.join("|")),
        ParameterKind::Joined(by) => format!("{word}{by}"),
        _ => word,
    }
}

/// A value for each parameter.
fn value(name: &str) -> String {
    let value = match name {
        "host" => BASE_URL,
        "networkid" => "eta",
        "appkey" => KEY,
        "phone" => "14155550123",
        "greetingid" => "6e6a151be31b467f87225b18b0f36f00",
        "recordingid" => "7dd9a82f99644f36a974af070824d64a",
        "conferenceid" => "63c9b03b84e9476080f7afe9ac2aa58e",
        "toconferenceid" => "6d3406768c94856898d99fa624b1a442",
        "mediaid" => "52abea0b364642dbad4769ea10763080",
        "grant" => "0x3e1f2ba8bcb67848",
        "mediafile" => "ID3-a-file",
        "downloadurl" => "/audio/a0/70/1135147210.mp3",
        other => panic!("{other}: say a value"),
    };
    value.to_owned()
}

/// Each operation, with its requests.
fn operations() -> impl Iterator<Item = (Truth, Pair)> {
    let (truths, pairs) = (truths(), pairs(&value));
    let ids = |truths: &[Truth]| truths.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    let listed: Vec<_> = pairs.iter().map(|pair| pair.id.to_owned()).collect();
    assert_eq!(ids(&truths), listed);
    truths.into_iter().zip(pairs)
}

/// A client whose exchanges end so, by how many there were before, and what it sends.
fn client(
    end: impl Fn(usize) -> Result<Response<Bytes>, TransportError> + Send + Sync + 'static,
) -> (BlockingClient, Arc<Mutex<Vec<Request>>>) {
    let sent: Arc<Mutex<Vec<Request>>> = Arc::default();
    let noted = Arc::clone(&sent);
    let transport = blocking_transport_fn(move |request| {
        let kind = request.headers().get(CONTENT_TYPE);
        let kind = kind.map_or("", |kind| kind.to_str().unwrap());
        let target = request.uri().path_and_query().unwrap();
        let line = format!("{} {target}", request.method());
        let body = request.body().read_to_bytes().unwrap();
        let request = Request::sent(&line, kind, std::str::from_utf8(&body).unwrap());
        let mut sent = noted.lock().unwrap();
        sent.push(request);
        end(sent.len() - 1)
    });
    let client = BlockingClient::builder(BASE_URL, KEY)
        .options(RequestOptions::default().max_retries(2))
        .build_blocking(transport)
        .unwrap();
    (client, sent)
}

fn lost() -> Result<Response<Bytes>, TransportError> {
    Err(TransportError::maybe_sent(FailureKind::Closed))
}

#[test]
fn the_tables_are_true() {
    let mut differences = Differences::default();
    let truths = truths();
    assert_eq!(truths.len(), 24);
    for (truth, info) in truths.iter().zip(OPERATIONS) {
        let lines: Vec<_> = truth.text.lines().take(4).map(str::trim).collect();
        differences.expect(&truth.id, &written(info), &lines.join("\n"));
    }
    assert_eq!(OPERATIONS.len(), truths.len());
    differences.assert_none();
}

#[test]
fn the_client_sends_what_is_true() {
    let mut differences = Differences::default();
    for (truth, pair) in operations() {
        for is_all in [true, false] {
            let (client, sent) = client(|_| lost());
            (pair.send)(&client, is_all).unwrap_err();
            let with = if is_all { With::All } else { With::Needed };
            let expected = truth.request(with, &value);
            differences.expect(&truth.id, &sent.lock().unwrap()[0], &expected);
        }
    }
    differences.assert_none();
}

#[test]
fn the_greeting_of_the_client_is_sent_where_there_can_be_one() {
    let mut differences = Differences::default();
    for (truth, pair) in operations() {
        let sent: Arc<Mutex<Vec<Bytes>>> = Arc::default();
        let noted = Arc::clone(&sent);
        let transport = blocking_transport_fn(move |request| {
            let body = request.body().read_to_bytes().unwrap();
            noted.lock().unwrap().push(body);
            lost()
        });
        let client = BlockingClient::builder(BASE_URL, KEY).greeting_id("hello");
        let client = client.build_blocking(transport).unwrap();
        (pair.send)(&client, false).unwrap_err();
        let body = String::from_utf8(sent.lock().unwrap()[0].to_vec()).unwrap();
        let is_possible = truth.names(true).any(|name| name == "greetingid");
        differences.expect(&truth.id, &body.contains("greetingid=hello"), &is_possible);
    }
    differences.assert_none();
}

#[test]
fn what_has_an_effect_twice_is_sent_once() {
    let mut differences = Differences::default();
    for (truth, pair) in operations() {
        let (client, sent) = client(|_| lost());
        (pair.send)(&client, true).unwrap_err();
        let attempts = match truth.effect.as_str() {
            "reads" | "converges" => 3,
            "once" | "rings" => 1,
            other => panic!("{other}"),
        };
        differences.expect(&truth.id, &sent.lock().unwrap().len(), &attempts);
    }
    differences.assert_none();
}

#[test]
fn what_was_done_by_a_lost_attempt_is_a_success() {
    let mut differences = Differences::default();
    for (truth, pair) in operations() {
        let statuses = truth.errors.iter().chain(&truth.outcomes);
        for status in statuses.copied() {
            let envelope = truth.envelope.clone().unwrap_or_default();
            let respond = move || {
                let body = format!("{{\"{envelope}\":{{\"message\":\"\",\"status\":{status}}}}}");
                let status = StatusCode::from_u16(status).unwrap();
                Ok(Response::builder()
                    .status(status)
                    .body(body.into())
                    .unwrap())
            };
            let again = respond.clone();
            let (at_once, _) = client(move |_| respond());
            let (after, _) = client(move |before| if before == 0 { lost() } else { again() });
            let is_outcome = truth.outcomes.contains(&status);
            let what = format!("{} with {status}", truth.id);
            let is_fine = (pair.send)(&at_once, true).is_ok();
            differences.expect(&what, &is_fine, &is_outcome);
            let is_sent_again = matches!(truth.effect.as_str(), "reads" | "converges");
            let is_fine = is_sent_again && (is_outcome || truth.already.contains(&status));
            let what = format!("{what} after a lost attempt");
            differences.expect(&what, &(pair.send)(&after, true).is_ok(), &is_fine);
        }
    }
    differences.assert_none();
}

#[test]
fn errors_show_no_secret() {
    const SHOWN: &str = "this is shown";
    let mut differences = Differences::default();
    for (truth, pair) in operations() {
        let secrets: Vec<String> = truth.secrets().map(value).collect();
        let body = [&[SHOWN.to_owned()], &secrets[..]].concat().join(", ");
        let respond = move |_| {
            let response = Response::builder().status(400);
            Ok(response.body(body.clone().into()).unwrap())
        };
        let (client, _) = client(respond);
        let error = (pair.send)(&client, true).unwrap_err();
        let text = format!("{error} {error:?} {}", error.body().unwrap_or_default());
        let what = format!("{}: {text}", truth.id);
        for secret in &secrets {
            differences.expect(&what, &text.contains(secret), &false);
        }
        let is_secret = truth.text.contains("its response is a secret");
        differences.expect(&what, &text.contains(SHOWN), &!is_secret);
    }
    differences.assert_none();
}

/// A sandbox in which everything is there that an operation needs.
struct Stage {
    server: Server,
    talkspace: String,
    other: String,
    media: String,
    grant: String,
    download: String,
}

impl Stage {
    fn new() -> Self {
        let builder = Sandbox::builder().examples().clock(Clock::frozen());
        let server = builder.start().unwrap();
        let mut stage = Self {
            server,
            talkspace: String::new(),
            other: String::new(),
            media: String::new(),
            grant: String::new(),
            download: String::new(),
        };
        let post = |path: &str, form: &str, field: &str| {
            let form = format!("{form}&appkey={KEY}");
            let pairs = form.split('&').map(|pair| pair.split_once('=').unwrap());
            let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let (_, body) = stage.exchange(&Request {
                line: format!("POST /api/rest/{path}"),
                is_multipart: false,
                form: pairs.collect(),
            });
            let start = format!("\"{field}\":\"");
            let (_, rest) = body.split_once(&start).unwrap();
            rest.split('"').next().unwrap().replace("\\/", "/")
        };
        let talkspace = post("conference", "networkid=eta", "conferenceId");
        let other = post("conference", "networkid=%40theta", "conferenceId");
        let media = post("media", "a=b", "mediaId");
        let grant = post(&format!("media/{media}"), "action=upload_grant", "grantId");
        let status = format!("media/status/{}", value("greetingid"));
        let download = post(&status, "a=b", "downloadUrl");
        let path = download.find("/audio/").unwrap();
        stage.download = download.split_at(path).1.to_owned();
        (stage.talkspace, stage.other) = (talkspace, other);
        (stage.media, stage.grant) = (media, grant);
        // They answer, and join.
        stage.server.sandbox().advance(Duration::from_secs(2));
        stage
    }

    /// A value for each parameter of an operation, with which it succeeds.
    fn value(&self, id: &str, name: &str) -> String {
        match (id, name) {
            ("register", "networkid") => "iota".to_owned(),
            ("blastMedia" | "getMediaStatus", "mediaid") => value("greetingid"),
            (_, "host") => self.server.url().to_owned(),
            (_, "conferenceid") => self.talkspace.clone(),
            (_, "toconferenceid") => self.other.clone(),
            (_, "mediaid" | "recordingid") => self.media.clone(),
            (_, "grant") => self.grant.clone(),
            (_, "downloadurl") => self.download.clone(),
            _ => value(name),
        }
    }

    /// The status of the response, and its body.
    fn exchange(&self, request: &Request) -> (u16, String) {
        let pairs = request.form.iter();
        let (kind, body) = if request.is_multipart {
            let parts = pairs.map(|(name, value)| {
                let file = if name == "mediafile" {
                    "; filename=\"a.mp3\"\r\nContent-Type: audio/mpeg"
                } else {
                    ""
                };
                format!("--+\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n")
            });
            (
                "multipart/form-data; boundary=+",
                parts.collect::<String>() + "--+--\r\n",
            )
        } else {
            let pairs: Vec<_> = pairs
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            ("application/x-www-form-urlencoded", pairs.join("&"))
        };
        let mut socket = TcpStream::connect(self.server.local_addr()).unwrap();
        let (line, length) = (&request.line, body.len());
        write!(
            socket,
            "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut response = Vec::new();
        socket.read_to_end(&mut response).unwrap();
        let response = String::from_utf8_lossy(&response).into_owned();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }
}

#[test]
fn the_sandbox_takes_what_is_true() {
    let mut differences = Differences::default();
    for truth in truths() {
        let id = truth.id.as_str();
        for with in [With::All, With::Needed] {
            let stage = Stage::new();
            let value = |name: &str| stage.value(id, name);
            let (status, body) = stage.exchange(&truth.request(with, &value));
            // Without a phone number, nobody can be registered who is not known.
            let is_possible = (id, with) != ("register", With::Needed);
            differences.expect(
                &format!("{id} succeeds: {body}"),
                &truth.success.contains(&status),
                &is_possible,
            );
            if let Some(envelope) = &truth.envelope {
                let is_in = body.starts_with(&format!("{{\"{envelope}\":"));
                differences.expect(&format!("{id} in {envelope}: {body}"), &is_in, &true);
            }
            let log = stage.server.sandbox().request_log(0).entries;
            let received = log.last().unwrap();
            let seen = received.operation().map(|info| info.id);
            differences.expect(id, &seen, &Some(id));
            let pairs = pairs(&value);
            let pair = pairs.iter().find(|pair| pair.id == id).unwrap();
            let is_all = with == With::All;
            if id != "downloadMedia" {
                let is_so = (pair.is_received)(received, is_all);
                differences.expect(&format!("{id}, read: {received:?}"), &is_so, &true);
            }
            let shown = format!("{received:?} {received} {:?}", received.parameters());
            for secret in truth.secrets() {
                let is_shown = shown.contains(&value(secret));
                differences.expect(&format!("{id} shows {secret}: {shown}"), &is_shown, &false);
            }
        }
    }
    differences.assert_none();
}

#[test]
fn the_sandbox_wants_what_is_needed() {
    let mut differences = Differences::default();
    for truth in truths() {
        let id = truth.id.as_str();
        for name in truth.names(false) {
            let stage = Stage::new();
            let value = |name: &str| stage.value(id, name);
            let (status, _) = stage.exchange(&truth.request(With::AllBut(name), &value));
            // Not every response says why; the log does.
            let log = stage.server.sandbox().request_log(0).entries;
            let why = log.last().unwrap().to_string();
            let is_told = truth.errors.contains(&status) && why.contains(name);
            let what = format!("{id} without {name}: {status} {why}");
            differences.expect(&what, &is_told, &true);
        }
    }
    differences.assert_none();
}
