//! Rules of what a program claims: it is held to those alone.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;

use super::{OK, Verdict, get, peer, unless};
use crate::case::Capability;
use crate::client::{FailureKind, Limits, TransportError};
use crate::shim::message::{self, Reply};
use crate::shim::process::{Event, Process};
use crate::shim::transport::reply;
use crate::wire::{Gate, Peer, Plan, Script};

/// A rule, and the claim without which it binds nobody.
pub(super) type Claim = (&'static str, Capability, fn(&Process) -> Verdict);

pub(super) const CLAIMS: [Claim; 4] = [
    (
        "who claims `streaming` gives the head before the body has ended",
        Capability::Streaming,
        streams,
    ),
    (
        "who claims `cancellation` ends an exchange at `cancel`, and goes on",
        Capability::Cancellation,
        cancels,
    ),
    (
        "who claims `limits` ends an exchange without a response after `head_ms`",
        Capability::Limits,
        keeps_head_ms,
    ),
    (
        "who claims `limits` gives no body above `body_bytes`",
        Capability::Limits,
        keeps_body_bytes,
    ),
];

/// An exchange that is under way.
struct Running<'p> {
    process: &'p Process,
    id: u64,
    replies: std::sync::mpsc::Receiver<Event>,
}

impl<'p> Running<'p> {
    fn begin(process: &'p Process, peer: &Peer, limits: &Limits) -> Result<Self, String> {
        let request = Request::builder().uri(format!("http://{}/p", peer.authority()));
        let request = request.body(Bytes::new());
        let request = request.map_err(|error| error.to_string())?;
        let id = process.next_id();
        let (_, replies) = process.expect(id);
        process.write(&message::send(id, &request, limits));
        Ok(Self {
            process,
            id,
            replies,
        })
    }

    fn next(&self) -> Result<Reply, String> {
        match reply(
            self.process,
            &self.replies,
            Instant::now() + self.process.patience(),
        )? {
            Event::Reply(reply) => Ok(reply),
            _ => Err("the program gave no reply".to_owned()),
        }
    }

    /// The error that the exchange ends with, of whatever came before.
    fn error(&self, right: &str) -> Result<TransportError, String> {
        loop {
            match self.next()? {
                Reply::Error(error) => return Ok(error.into_error()),
                Reply::Head(_) | Reply::Chunk(_) => {}
                Reply::Response(head, _) => {
                    return Err(format!("it gave the response {}; {right}", head.status));
                }
                _ => return Err(format!("it gave no error; {right}")),
            }
        }
    }
}

fn streams(process: &Process) -> Verdict {
    let rest = Gate::new("the head is given");
    let script = Script::accept()
        .read_request()
        .write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha")
        .gate(&rest)
        .write("lf");
    let peer = start(script)?;
    let running = Running::begin(process, &peer, &Limits::default())?;
    let right = "right is `head` before the rest of the body has come";
    let head = running
        .next()
        .map_err(|problem| format!("{problem}; {right}"))?;
    rest.open();
    unless(matches!(head, Reply::Head(_)), || {
        format!("it gave something else first; {right}")
    })?;
    let mut body = Vec::new();
    loop {
        match running.next()? {
            Reply::Chunk(bytes) => body.extend_from_slice(&bytes),
            Reply::End => break,
            _ => return Err("after `head` there was neither `chunk` nor `end`".to_owned()),
        }
    }
    unless(body == b"half", || {
        format!("{} bytes of 4 came in chunks, or others", body.len())
    })
}

fn cancels(process: &Process) -> Verdict {
    let peer = start(Script::accept().read_request())?;
    let running = Running::begin(process, &peer, &Limits::default())?;
    let there = peer
        .log()
        .wait(process.patience(), |seen| !seen.requests().is_empty());
    unless(there, || "no request arrived to be cancelled".to_owned())?;
    process.write(&message::cancel(running.id));
    let right = "right is an error of the kind `cancelled`";
    let error = running.error(right)?;
    unless(error.kind() == FailureKind::Cancelled, || {
        format!(
            "the error has the kind `{}`; {right}",
            error.kind().as_str()
        )
    })?;
    get(process).map_err(|problem| format!("after it, {problem}"))
}

/// Short enough to be the first limit that is met.
const SHORT: Duration = Duration::from_millis(300);

fn keeps_head_ms(process: &Process) -> Verdict {
    let peer = start(Script::accept().read_request())?;
    let limits = Limits {
        response_timeout: SHORT,
        ..Limits::default()
    };
    let began = Instant::now();
    let right = "right is an error of the kind `timeout`";
    let error = Running::begin(process, &peer, &limits)?.error(right)?;
    unless(error.kind() == FailureKind::Timeout, || {
        format!(
            "the error has the kind `{}`; {right}",
            error.kind().as_str()
        )
    })?;
    // Timers of many engines count whole milliseconds.
    unless(began.elapsed() + Duration::from_millis(5) >= SHORT, || {
        format!("it gave up after {:?}, before {SHORT:?}", began.elapsed())
    })
}

fn keeps_body_bytes(process: &Process) -> Verdict {
    let peer = peer(OK)?;
    let limits = Limits {
        max_body_bytes: 1,
        ..Limits::default()
    };
    let right = "right is an error of the kind `too-large`";
    let error = Running::begin(process, &peer, &limits)?.error(right)?;
    unless(error.kind() == FailureKind::TooLarge, || {
        format!(
            "the error has the kind `{}`; {right}",
            error.kind().as_str()
        )
    })
}

fn start(script: Script) -> Result<Peer, String> {
    let plan = Plan::default().otherwise(script);
    Peer::start(plan).map_err(|error| format!("no peer could be started: {error}"))
}
