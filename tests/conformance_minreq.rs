//! The worked example of an adapter for an engine that was not made for this:
//! minreq has one timeout, in whole seconds, and cannot be interrupted.
//!
//! So `threaded` runs it on a thread of its own, and the waiting thread keeps the timeouts. What
//! the engine does not check is checked here. The rest is in the file beside this one.

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderValue, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Request, Response};
use talkspace_conformance::blocking;
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Body, Exchange, Progress, TransportError, threaded,
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
        threaded(limits, cancel, move |progress| {
            let outgoing = outgoing(&request, &limits, progress)?;
            // It does not tell connecting from waiting for the response.
            progress.phase(Phase::Head);
            // It panics where a head is within two bytes of its limit.
            let ran = catch_unwind(AssertUnwindSafe(|| {
                run(outgoing, request.method(), &limits, progress)
            }));
            ran.unwrap_or_else(|_panic| Err(failed(FailureKind::TooLarge, "the engine panicked")))
        })
    }
}

/// The request as the engine takes it, its body in memory.
fn outgoing(
    request: &Request<Body>,
    limits: &Limits,
    progress: &Progress,
) -> Result<minreq::Request, TransportError> {
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
    let path = uri.path();
    let query = uri
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    let scheme = uri.scheme_str().unwrap_or_default();
    // Its thread ends by this timeout some time after the exchange has ended.
    let limit = limits
        .remaining(Instant::now())
        .unwrap_or(limits.response_timeout);
    let mut outgoing = minreq::Request::new(method, format!("{scheme}://{host}{path}{query}"))
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
    if request.body().is_empty() {
        return Ok(outgoing);
    }
    let mut body = Vec::new();
    let read = progress.body(request.body()).read_to_end(&mut body);
    read.map_err(|error| failure(minreq::Error::IoError(error), Phase::Send))?;
    Ok(outgoing.with_body(body))
}

/// Runs the engine until the body is over, or nobody takes it any more.
fn run(
    outgoing: minreq::Request,
    method: &Method,
    limits: &Limits,
    progress: &Progress,
) -> Result<(), TransportError> {
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
    if length.is_some_and(|length| length > limits.max_body_bytes) {
        let text = "the body is longer than the limit";
        return Err(failed(FailureKind::TooLarge, text));
    }
    let chunked = head.headers().contains_key(TRANSFER_ENCODING);
    progress.head(head)?;
    if bodiless {
        return Ok(());
    }
    let mut got = Counted(&mut response, 0);
    progress.read(&mut got, |error| {
        failure(minreq::Error::IoError(error), Phase::Body)
    })?;
    match length {
        Some(length) if !chunked && got.1 < length => {
            Err(failed(FailureKind::Truncated, "the peer closed"))
        }
        _ => Ok(()),
    }
}

/// A reader, and how much it gave.
struct Counted<R>(R, u64);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1 += read as u64;
        Ok(read)
    }
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
    let error = match error {
        IoError(error) => match Progress::source_of(error) {
            Ok(of_source) => return of_source,
            Err(error) => IoError(error),
        },
        error => error,
    };
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
