//! Whether a program speaks the protocol, before any case is about its client.

use std::fmt;
use std::time::{Duration, Instant};

use crate::client::Limits;
use bytes::Bytes;
use http::Request;

use super::message::{self, Reply};
use super::process::{Event, FAREWELL, Process};
use super::transport::{fresh_client, reply};
use crate::wire::{Peer, Plan, Script};

/// One rule of the protocol, and what a program makes of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Check {
    /// The rule, in words.
    pub rule: &'static str,
    /// What is wrong, and what would be right, in one line. `None` when the rule is kept.
    pub problem: Option<String>,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            None => write!(f, "ok      {}", self.rule),
            Some(problem) => {
                // What a program says on stderr has lines of its own.
                let lines: Vec<_> = problem.lines().map(str::trim).collect();
                write!(f, "BROKEN  {}: {}", self.rule, lines.join(" | "))
            }
        }
    }
}

mod claims;

type Verdict = Result<(), String>;
type Ending = fn(Process) -> Verdict;
type Rule = (&'static str, fn(&Process) -> Verdict);

/// Each with a process that has said hello and has no client yet.
const RULES: [Rule; 14] = [
    (
        "`send` is carried out, with method and target as they are",
        get,
    ),
    (
        "the body of a request arrives with all bytes from 0 to 255",
        sends_bytes,
    ),
    (
        "the body of a response is given with all bytes from 0 to 255",
        gives_bytes,
    ),
    (
        "header values are sent as one byte for each character",
        sends_latin1,
    ),
    (
        "header values are given as one character for each byte",
        gives_latin1,
    ),
    ("fields of one name keep their order", keeps_order),
    ("a status of failure is a response", status),
    ("a redirect is not followed", redirect),
    ("no cookie is kept", cookie),
    ("a content coding is left as it is", coding),
    ("proxies of the environment are ignored", environment),
    (
        "an exchange that fails is an error, and the program goes on",
        error,
    ),
    (
        "a fresh client closes the connections of the one before",
        closes,
    ),
    ("fields that it does not know are ignored", unknown_fields),
];

/// Plays all rules. A program that does not start keeps none.
pub(super) fn check(command: &[String], patience: Duration) -> Vec<Check> {
    let start = |variables: &[_]| Process::start(command, variables, patience);
    // Nothing listens there: whoever goes through it gets no response.
    let proxy = "http://127.0.0.1:9".to_owned();
    let variables = [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "all_proxy",
        "ALL_PROXY",
    ];
    let variables = variables.map(|name| (name, proxy.clone()));
    let mut checks = vec![Check {
        rule: "the program starts and introduces itself",
        problem: start(&[]).err(),
    }];
    if checks.iter().any(|check| check.problem.is_some()) {
        return checks;
    }
    let played = RULES.iter().map(|(rule, test)| {
        let variables = match *rule == "proxies of the environment are ignored" {
            true => variables.as_slice(),
            false => &[],
        };
        (*rule, start(variables).and_then(|process| test(&process)))
    });
    checks.extend(played.map(|(rule, verdict)| Check {
        rule,
        problem: verdict.err(),
    }));
    checks.extend(claims(|| start(&[])));
    let endings: [(_, Ending); 2] = [
        ("it ends with status 0 when its input ends", ends),
        (
            "it ends with status 2 at a line that it cannot parse, and says so",
            nonsense,
        ),
    ];
    checks.extend(endings.map(|(rule, test)| Check {
        rule,
        problem: start(&[]).and_then(test).err(),
    }));
    checks
}

/// The rules of what the program claims.
fn claims(start: impl Fn() -> Result<Process, String>) -> Vec<Check> {
    let claims = claims::CLAIMS.iter().filter_map(|(rule, claim, test)| {
        let problem = match start() {
            Ok(process) if !process.hello().claims(*claim) => return None,
            Ok(process) => test(&process).err(),
            Err(problem) => Some(problem),
        };
        Some(Check { rule, problem })
    });
    claims.collect()
}

struct Got {
    status: u16,
    headers: http::HeaderMap,
    body: Bytes,
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn peer(response: impl Into<Bytes>) -> Result<Peer, String> {
    let plan = Plan::default().otherwise(Script::serve(response));
    Peer::start(plan).map_err(|error| format!("no peer could be started: {error}"))
}

fn request(peer: &Peer) -> http::request::Builder {
    Request::builder().uri(format!("http://{}/p?q=1", peer.authority()))
}

fn send(
    process: &Process,
    request: http::request::Builder,
    body: impl Into<Bytes>,
) -> Result<Got, String> {
    let request = request
        .body(body.into())
        .map_err(|error| error.to_string())?;
    let id = process.next_id();
    let (_, replies) = process.expect(id);
    process.write(&message::send(id, &request, &Limits::default()));
    let latest = Instant::now() + process.patience();
    let mut streamed = None;
    loop {
        let Event::Reply(reply) = reply(process, &replies, latest)? else {
            continue;
        };
        match (reply, &mut streamed) {
            (Reply::Response(head, body), None) => return Ok(got(&head, body)),
            (Reply::Head(head), None) => streamed = Some((head, Vec::new())),
            (Reply::Chunk(bytes), Some((_, body))) => body.extend_from_slice(&bytes),
            (Reply::End, Some((head, body))) => return Ok(got(head, std::mem::take(body).into())),
            (Reply::Error(error), _) => {
                return Err(format!(
                    "it gave the error \"{}\" where there is a response",
                    error.message
                ));
            }
            (Reply::Invalid(problem), _) => return Err(problem),
            (other, _) => return Err(format!("{other:?} is out of order in an exchange")),
        }
    }
}

fn got(head: &http::response::Parts, body: Bytes) -> Got {
    Got {
        status: head.status.as_u16(),
        headers: head.headers.clone(),
        body,
    }
}

fn arrived(peer: &Peer) -> Result<crate::wire::Request, String> {
    let requests = peer.log().transcript().requests();
    requests
        .into_iter()
        .next()
        .ok_or_else(|| "a response was given, but no request has arrived".to_owned())
}

fn unless(right: bool, wrong: impl FnOnce() -> String) -> Verdict {
    match right {
        true => Ok(()),
        false => Err(wrong()),
    }
}

fn all_bytes() -> Vec<u8> {
    (0..=255).collect()
}

fn get(process: &Process) -> Verdict {
    let peer = peer(OK)?;
    let got = send(process, request(&peer), "")?;
    let line = arrived(&peer)?.line;
    unless(line == "GET /p?q=1 HTTP/1.1", || {
        format!("`{line}` arrived; right is `GET /p?q=1 HTTP/1.1`")
    })?;
    unless(got.status == 200 && got.body == "ok", || {
        format!(
            "it gave {} with {} bytes; right is 200 with the 2 bytes `ok`",
            got.status,
            got.body.len()
        )
    })
}

fn sends_bytes(process: &Process) -> Verdict {
    let peer = peer(OK)?;
    send(process, request(&peer).method("POST"), all_bytes())?;
    let body = arrived(&peer)?.body;
    unless(body == all_bytes(), || {
        format!("{}; `body` is base64", differs(&body))
    })
}

fn gives_bytes(process: &Process) -> Verdict {
    let mut response = b"HTTP/1.1 200 OK\r\nContent-Length: 256\r\n\r\n".to_vec();
    response.extend(all_bytes());
    let peer = peer(response)?;
    let body = send(process, request(&peer), "")?.body;
    unless(body == all_bytes(), || {
        format!(
            "{}; `body` is base64 of what came, and no text",
            differs(&body)
        )
    })
}

fn differs(body: &Bytes) -> String {
    let same = body.iter().zip(all_bytes()).take_while(|(a, b)| **a == *b);
    format!(
        "{} bytes came where there are 256, and they differ from byte {} on",
        body.len(),
        same.count()
    )
}

fn sends_latin1(process: &Process) -> Verdict {
    let peer = peer(OK)?;
    let value = http::HeaderValue::from_bytes(b"caf\xe9").map_err(|error| error.to_string())?;
    send(process, request(&peer).header("x-name", value), "")?;
    let values = arrived(&peer)?.values("x-name");
    unless(
        values == ["caf\u{e9}".chars().map(|c| c as u8).collect::<Vec<_>>()],
        || format!("x-name arrived as {values:?}; right is the 4 bytes 63 61 66 E9, once"),
    )
}

fn gives_latin1(process: &Process) -> Verdict {
    let peer = peer(&b"HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nContent-Length: 0\r\n\r\n"[..])?;
    let got = send(process, request(&peer), "")?;
    let value = got
        .headers
        .get("x-name")
        .map(|value| value.as_bytes().to_vec());
    unless(value.as_deref() == Some(b"caf\xe9"), || {
        format!(
            "x-name was given as the bytes {value:?}; right is \"caf\\u00e9\", which stands for 63 61 66 E9"
        )
    })
}

fn keeps_order(process: &Process) -> Verdict {
    let peer = peer("HTTP/1.1 200 OK\r\nX-A: 1\r\nX-B: 0\r\nX-A: 2\r\nContent-Length: 0\r\n\r\n")?;
    let got = send(process, request(&peer), "")?;
    let values = got.headers.get_all("x-a").iter();
    let values: Vec<_> = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    let joined: String = values.join(",").split_whitespace().collect();
    unless(joined == "1,2", || {
        format!(
            "x-a was given as {values:?}; right is [\"x-a\",\"1\"] before [\"x-a\",\"2\"], or both as \"1, 2\""
        )
    })
}

fn status(process: &Process) -> Verdict {
    let peer = peer("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")?;
    let got = send(process, request(&peer), "");
    let got = got.map_err(|problem| format!("{problem}: of status 503"))?;
    unless(got.status == 503, || {
        format!("it gave {}; right is 503", got.status)
    })
}

fn redirect(process: &Process) -> Verdict {
    let peer = peer("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")?;
    let got = send(process, request(&peer), "");
    let count = peer.log().transcript().requests().len();
    unless(count == 1 && got.is_ok_and(|got| got.status == 302), || {
        format!("{count} requests arrived; right is one, and the response 302")
    })
}

fn cookie(process: &Process) -> Verdict {
    let peer = peer("HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\n\r\n")?;
    send(process, request(&peer), "")?;
    send(process, request(&peer), "")?;
    let requests = peer.log().transcript().requests();
    let sent = requests
        .iter()
        .any(|request| !request.values("cookie").is_empty());
    unless(!sent, || {
        "the second request has the cookie of the first response; right is none".to_owned()
    })
}

/// `ok`, compressed, which most clients undo unless they are told not to.
const GZIP: &[u8] =
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\xcf\x06\x00\x47\xdd\xdc\x79\x02\x00\x00\x00";

fn coding(process: &Process) -> Verdict {
    let length = GZIP.len();
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n");
    let peer = peer([head.as_bytes(), GZIP].concat())?;
    let got = send(process, request(&peer), "")?;
    unless(got.body == GZIP, || {
        format!(
            "{} bytes were given; right are the {length} that came, still compressed",
            got.body.len()
        )
    })
}

fn environment(process: &Process) -> Verdict {
    get(process).map_err(|problem| format!("with http_proxy set: {problem}"))
}

fn error(process: &Process) -> Verdict {
    let stopped = peer(OK)?.authority();
    let id = process.next_id();
    let (_, replies) = process.expect(id);
    let nobody = Request::builder().uri(format!("http://{stopped}/"));
    let nobody = nobody
        .body(Bytes::new())
        .map_err(|error| error.to_string())?;
    process.write(&message::send(id, &nobody, &Limits::default()));
    match reply(process, &replies, Instant::now() + process.patience())? {
        Event::Reply(Reply::Error(_)) => {
            get(process).map_err(|problem| format!("after it, {problem}"))
        }
        Event::Reply(Reply::Response(head, _) | Reply::Head(head)) => Err(format!(
            "nothing listened, and it gave the response {}; right is `error`",
            head.status.as_u16()
        )),
        _ => Err("right is one line with `error`".to_owned()),
    }
}

fn closes(process: &Process) -> Verdict {
    let peer = peer(OK)?;
    fresh_client(process, "", None)?;
    send(process, request(&peer), "")?;
    fresh_client(process, "", None)?;
    let closed = peer
        .log()
        .wait(process.patience(), |seen| seen.client_closed(0));
    unless(closed, || {
        format!(
            "the connection was open {:?} after `client`; right is closed before `ok`, or soon after",
            process.patience()
        )
    })
}

fn unknown_fields(process: &Process) -> Verdict {
    let peer = peer(OK)?;
    let wanted = request(&peer)
        .body(Bytes::new())
        .map_err(|error| error.to_string())?;
    let id = process.next_id();
    let (_, replies) = process.expect(id);
    let mut line = message::send(id, &wanted, &Limits::default());
    if let Some(object) = line.as_object_mut() {
        object.insert("of_version_2".to_owned(), true.into());
    }
    if let Some(send) = line.get_mut("send").and_then(|send| send.as_object_mut()) {
        send.insert("of_version_2".to_owned(), "unknown".into());
    }
    process.write(&line);
    match reply(process, &replies, Instant::now() + process.patience())? {
        Event::Reply(Reply::Response(..) | Reply::Head(_)) => Ok(()),
        _ => {
            Err("`of_version_2` in a `send` was not ignored; right is to do without it".to_owned())
        }
    }
}

fn ends(process: Process) -> Verdict {
    match process.leave(FAREWELL) {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(format!("it ended with {status}; right is status 0")),
        None => Err(process.killed(&format!(
            "it still ran {FAREWELL:?} after the end of its input"
        ))),
    }
}

fn nonsense(process: Process) -> Verdict {
    process.write_raw(b"{\"id\":1,\"send\":\n".to_vec());
    let Some(status) = process.leave(FAREWELL) else {
        return Err(process.killed("it still ran; right is an end with status 2"));
    };
    unless(status.code() == Some(2), || {
        format!("it ended with {status}; right is status 2")
    })?;
    unless(!process.stderr().is_empty(), || {
        "it said nothing on standard error; right is one line that says what is wrong".to_owned()
    })
}
