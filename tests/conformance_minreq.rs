//! The worked example of an adapter for an engine that was not made for this:
//! minreq has one timeout, in whole seconds, and cannot be interrupted.
//!
//! So it runs on a thread of its own, and the waiting thread keeps the timeouts. What
//! the engine does not check is checked here. The rest is in the file beside this one.

use std::io::{self, Read};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderValue, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Request, Response};
use talkspace_conformance::blocking;
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Body, Chunks, Exchange, TransportError,
};
use talkspace_core::{CancelToken, Delivery, FailureKind, Limits, Phase};

fn main() -> ExitCode {
    blocking("minreq", "3", |_| Minreq)
        // What it cannot interrupt lasts as long as this.
        .timeout(Duration::from_secs(1))
        .expected_failures(include_str!("conformance_minreq_expected_failures.txt"))
        .run_from_env()
}

struct Minreq;

impl BlockingTransport for Minreq {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        let (request, limits) = exchange.into_parts();
        let (parts, received) = sync_channel(0);
        let cancel = cancel.clone();
        let mut engine = Engine {
            received,
            limits,
            cancel,
        };
        let in_time = engine.left(Phase::Connect, Duration::MAX);
        in_time.map_err(|error| error.with_delivery(Delivery::NotSent))?;
        let outgoing = outgoing(&request, &limits)?;
        engine.left(Phase::Send, Duration::MAX)?;
        thread::spawn(move || {
            // The receiver is gone when the exchange has ended.
            let _ = parts.send(run(
                outgoing,
                request.method(),
                limits.max_body_bytes,
                &parts,
            ));
        });
        match engine.wait(Phase::Head, limits.response_timeout)? {
            Some(Part::Head(head)) => Ok(head.map(|()| BlockingResponseBody::new(engine))),
            _ => Err(failed(FailureKind::Other, "the engine stopped")),
        }
    }
}

enum Part {
    Head(Response<()>),
    Data(Bytes),
}

/// The caller's side of the engine: its parts, then `None`.
struct Engine {
    received: Receiver<Result<Option<Part>, TransportError>>,
    limits: Limits,
    cancel: CancelToken,
}

impl Engine {
    fn wait(&mut self, phase: Phase, limit: Duration) -> Result<Option<Part>, TransportError> {
        let since = Instant::now();
        loop {
            let left = self.left(phase, limit.saturating_sub(since.elapsed()))?;
            match self
                .received
                .recv_timeout(left.min(Duration::from_millis(20)))
            {
                Ok(part) => return part,
                Err(RecvTimeoutError::Timeout) => {}
                // It panics where a head is within two bytes of its limit.
                Err(error) => return Err(failed(FailureKind::TooLarge, error)),
            }
        }
    }

    fn left(&self, phase: Phase, limit: Duration) -> Result<Duration, TransportError> {
        if self.cancel.is_cancelled() {
            return Err(failed(FailureKind::Cancelled, "the exchange was cancelled"));
        }
        let remaining = self.limits.remaining(Instant::now());
        match remaining.map_or(limit, |remaining| limit.min(remaining)) {
            Duration::ZERO => Err(TransportError::timeout(phase)),
            left => Ok(left),
        }
    }
}

impl Chunks for Engine {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        Ok(match self.wait(Phase::Body, self.limits.read_timeout)? {
            Some(Part::Data(bytes)) => Some(bytes),
            _ => None,
        })
    }
}

/// The request as the engine takes it, its body in memory.
fn outgoing(request: &Request<Body>, limits: &Limits) -> Result<minreq::Request, TransportError> {
    let method = match request.method().as_str() {
        // For these the engine sends `Content-Length: 0`.
        "POST" => minreq::Method::Post,
        "PUT" => minreq::Method::Put,
        "PATCH" => minreq::Method::Patch,
        other => minreq::Method::Custom(other.to_owned()),
    };
    let uri = request.uri();
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host = authority.rsplit('@').next().unwrap_or_default();
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let scheme = uri.scheme_str().unwrap_or_default();
    // Its thread ends by this timeout some time after the exchange has ended.
    let limit = limits
        .remaining(Instant::now())
        .unwrap_or(limits.response_timeout);
    let mut outgoing = minreq::Request::new(method, format!("{scheme}://{host}{target}"))
        .with_follow_redirects(false)
        .with_max_headers_size(limits.max_header_bytes)
        .with_max_status_line_length(limits.max_header_bytes)
        .with_timeout(limit.as_secs().saturating_add(1).min(24 * 60 * 60))
        .with_header("connection", "close");
    for (name, value) in request.headers() {
        if ![HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].contains(name) {
            let value = std::str::from_utf8(value.as_bytes())
                .map_err(|error| failed(FailureKind::Other, error))?;
            outgoing = outgoing.with_header(name.as_str(), value);
        }
    }
    match request.body().is_empty() {
        true => Ok(outgoing),
        false => Ok(outgoing.with_body(request.body().read_to_bytes()?)),
    }
}

/// Runs the engine until the body is over, or the receiver is gone.
fn run(
    outgoing: minreq::Request,
    method: &Method,
    max_body: u64,
    parts: &SyncSender<Result<Option<Part>, TransportError>>,
) -> Result<Option<Part>, TransportError> {
    let mut response = outgoing
        .send_lazy()
        .map_err(|error| failure(error, Phase::Head))?;
    let status = response.status_code;
    let mut head = Response::builder().status(status);
    for (name, value) in &response.headers {
        head = head.header(name, value.trim_matches([' ', '\t']));
    }
    let head = head
        .body(())
        .map_err(|error| failed(FailureKind::Protocol, error))?;
    // What it says of anything that is no status line, of an early end too.
    if response.reason_phrase == "Server did not provide a status line" {
        return Err(failed(FailureKind::Closed, "there is no status line"));
    }
    if (100..200).contains(&status) {
        return Err(failed(
            FailureKind::Protocol,
            "the engine gave an interim (1xx) response",
        ));
    }
    let bodiless = *method == Method::HEAD || matches!(status, 204 | 304);
    let length = length(head.headers())?.filter(|_| !bodiless);
    let too_large = || failed(FailureKind::TooLarge, "the body is longer than the limit");
    if length.is_some_and(|length| length > max_body) {
        return Err(too_large());
    }
    let chunked = head.headers().contains_key(TRANSFER_ENCODING);
    let mut listens = parts.send(Ok(Some(Part::Head(head)))).is_ok();
    let (mut buffer, mut got) = ([0; 16 * 1024], 0);
    while listens && !bodiless {
        let read = response.read(&mut buffer).map_err(minreq::Error::IoError);
        let count = read.map_err(|error| failure(error, Phase::Body))?;
        got += count as u64;
        match buffer.get(..count) {
            Some([]) if !chunked && length.is_some_and(|length| got < length) => {
                return Err(failed(FailureKind::Truncated, "the peer closed"));
            }
            None | Some([]) => break,
            Some(_) if got > max_body => return Err(too_large()),
            Some(data) => {
                let data = Part::Data(Bytes::copy_from_slice(data));
                listens = parts.send(Ok(Some(data))).is_ok();
            }
        }
    }
    Ok(None)
}

/// The length of the body. The engine takes the last of several, and a `+5`.
fn length(headers: &HeaderMap) -> Result<Option<u64>, TransportError> {
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    let first = lengths.next().map(HeaderValue::as_bytes);
    let differ = lengths.any(|other| Some(other.as_bytes()) != first);
    let digits = first.is_none_or(|length| length.iter().all(u8::is_ascii_digit));
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let chunked = codings.all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked"));
    if differ || !digits || !chunked {
        return Err(failed(FailureKind::Protocol, "the body has no certain end"));
    }
    Ok(first.and_then(|length| std::str::from_utf8(length).ok()?.parse().ok()))
}

fn failure(error: minreq::Error, phase: Phase) -> TransportError {
    use minreq::Error::{HeadersOverflow, IoError, StatusLineOverflow};
    let (kind, delivery) = match &error {
        IoError(error) => match error.kind() {
            io::ErrorKind::TimedOut => return TransportError::timeout(phase),
            io::ErrorKind::ConnectionRefused => (FailureKind::Connect, Delivery::NotSent),
            // So the engine wraps its own, while it reads a body.
            io::ErrorKind::Other => (FailureKind::Protocol, Delivery::MaybeSent),
            // A failure to find a name is the only one that has no code.
            _ if error.raw_os_error().is_none() => (FailureKind::Resolve, Delivery::NotSent),
            _ => (FailureKind::Closed, Delivery::MaybeSent),
        },
        HeadersOverflow | StatusLineOverflow => (FailureKind::TooLarge, Delivery::MaybeSent),
        _ => (FailureKind::Protocol, Delivery::MaybeSent),
    };
    failed(kind, error).with_delivery(delivery)
}

fn failed(
    kind: FailureKind,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> TransportError {
    TransportError::new(kind, Delivery::MaybeSent).with_source(source)
}
