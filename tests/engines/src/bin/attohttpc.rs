//! attohttpc: a blocking engine without a pool. It cannot be interrupted, so it runs on a
//! thread of its own.

use std::error::Error as StdError;
use std::io;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use attohttpc::{ErrorKind, ProxySettings, RequestBuilder};
use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Request, Response};
use talkspace_conformance::{Capability, blocking};
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Body, Exchange, Limits, Phase, Progress,
    TransportError, threaded,
};
use talkspace_core::{CancelToken, Delivery, FailureKind};

fn main() -> ExitCode {
    blocking("attohttpc", "0.30", |_context| Attohttpc)
        // This adapter sends a body from memory.
        .lacks(&[Capability::Streaming])
        // What it cannot interrupt lasts as long as this.
        .timeout(Duration::from_secs(1))
        .run_from_env()
}

struct Attohttpc;

impl BlockingTransport for Attohttpc {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        let (request, limits) = exchange.into_parts();
        threaded(limits, cancel, move |progress| {
            run(&request, &limits, progress)
        })
    }
}

fn run(request: &Request<Body>, limits: &Limits, it: &Progress) -> Result<(), TransportError> {
    let body = request.body().read_to_bytes()?;
    let uri = request.uri().to_string();
    let engine = RequestBuilder::try_new(request.method().clone(), uri).map_err(failure)?;
    // An empty body has a length to it, which belongs to no GET.
    match body.is_empty() && [Method::GET, Method::HEAD].contains(request.method()) {
        true => send(engine, request.headers(), limits, it),
        false => send(engine.bytes(body), request.headers(), limits, it),
    }
}

fn send<B: attohttpc::body::Body>(
    engine: RequestBuilder<B>,
    fields: &HeaderMap,
    limits: &Limits,
    it: &Progress,
) -> Result<(), TransportError> {
    let mut engine = engine
        .follow_redirects(false)
        .proxy_settings(ProxySettings::builder().build())
        .connect_timeout(limits.connect_timeout)
        .read_timeout(limits.read_timeout.max(limits.response_timeout));
    if let Some(left) = limits.remaining(Instant::now()) {
        engine = engine.timeout(left);
    }
    for (name, value) in fields {
        // These it writes itself.
        if ![HOST, CONTENT_LENGTH, TRANSFER_ENCODING].contains(name) {
            engine = engine.try_header_append(name, value).map_err(failure)?;
        }
    }
    it.phase(Phase::Head);
    let (status, fields, body) = engine.send().map_err(failure)?.split();
    let mut head = Response::new(());
    (*head.status_mut(), *head.headers_mut()) = (status, fields);
    it.head(head)?;
    it.read(body, |error| failure(error.into()))
}

fn failure(error: attohttpc::Error) -> TransportError {
    let (kind, delivery) = match error.kind() {
        ErrorKind::InvalidResponse(_) => (FailureKind::Protocol, Delivery::MaybeSent),
        ErrorKind::Io(io) => match io.kind() {
            io::ErrorKind::ConnectionRefused => (FailureKind::Connect, Delivery::NotSent),
            io::ErrorKind::TimedOut => (FailureKind::Timeout, Delivery::MaybeSent),
            // So its chunks and lengths fail, while a body is read.
            io::ErrorKind::Other => (FailureKind::Protocol, Delivery::MaybeSent),
            io::ErrorKind::UnexpectedEof => (FailureKind::Truncated, Delivery::MaybeSent),
            _ => (FailureKind::Closed, Delivery::MaybeSent),
        },
        _ => (FailureKind::Other, Delivery::MaybeSent),
    };
    // Of its errors one shows a body, and some a URL.
    let cause = error.source().map(ToString::to_string);
    TransportError::new(kind, delivery).with_source(cause.unwrap_or_default())
}
