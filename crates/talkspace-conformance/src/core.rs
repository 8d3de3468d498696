//! The core's own client over the client of a case, which is the transport under test.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http1_conformance::case::{CaseContext, CaseEnd};
use http1_conformance::client as suite;
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Body, CancelGuard, CancelToken, Chunks, Exchange,
    TransportError,
};
use talkspace_core::{BlockingClient, Delivery, FailureKind, Phase, RequestOptions};

use crate::adapter::OfOperation;

/// The application key of every request that carries one.
pub(crate) const KEY: &str = "11111111-2222-3333-4444-555555555555";

/// The core's client for the service at `authority`.
///
/// Its key is [`KEY`], and it waits for next to nothing before a retry.
pub(crate) fn client(context: &CaseContext, authority: &str) -> Result<BlockingClient, CaseEnd> {
    let transport = Over(context.client()?);
    let mut options = RequestOptions::default()
        .timeout(context.timeout() * 2)
        .transfer_timeout(context.timeout() * 2)
        .backoff(Duration::from_millis(1), Duration::from_millis(2));
    options.limits.connect_timeout = context.timeout();
    options.limits.response_timeout = context.timeout();
    options.limits.read_timeout = context.timeout();
    BlockingClient::builder(format!("http://{authority}"), KEY)
        .seed(1)
        .options(options)
        .build_blocking(transport)
        .map_err(|error| CaseEnd::Broken(error.to_string()))
}

/// Sends one request and reads the whole body of the response.
pub(crate) fn send(
    context: &CaseContext,
    request: Request<Body>,
) -> Result<Response<Bytes>, String> {
    let client = context.client().map_err(|end| format!("{end:?}"))?;
    let request = to_suite(request).map_err(|error| error.to_string())?;
    let exchange = suite::Exchange::new(request, context.limits());
    let response = client
        .exchange(exchange, &suite::CancelToken::new())
        .map_err(|error| format!("the adapter gave {error:?}"))?;
    let (head, mut body) = response.into_parts();
    let mut all = Vec::new();
    while let Some(bytes) = body.chunk().map_err(|error| format!("{error:?}"))? {
        all.extend_from_slice(&bytes);
    }
    Ok(Response::from_parts(head, all.into()))
}

/// What the core sends in these cases is a form, so it is in memory.
fn to_suite(request: Request<Body>) -> Result<Request<suite::Body>, TransportError> {
    let body = request.body().read_to_bytes()?;
    Ok(request.map(|_| body.into()))
}

/// The client of a case, as a transport of the core.
struct Over(Arc<dyn suite::Client>);

impl BlockingTransport for Over {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        let (operation, attempt) = (exchange.operation(), exchange.attempt());
        let (request, limits) = exchange.into_parts();
        let mut request = to_suite(request)?;
        if let Some(operation) = operation {
            let of = OfOperation(operation, attempt);
            request.extensions_mut().insert(of);
        }
        let mut kept = suite::Limits::default();
        kept.deadline = limits.deadline;
        kept.connect_timeout = limits.connect_timeout;
        kept.response_timeout = limits.response_timeout;
        kept.read_timeout = limits.read_timeout;
        kept.min_rate = limits
            .min_rate
            .map(|rate| suite::Rate::new(rate.bytes, rate.per));
        kept.max_header_bytes = limits.max_header_bytes;
        kept.max_body_bytes = limits.max_body_bytes;
        let (cancel, guard) = linked(cancel);
        let response = self
            .0
            .exchange(suite::Exchange::new(request, kept), &cancel);
        Ok(response.map_err(to_core)?.map(|body| {
            BlockingResponseBody::new(OverBody {
                body,
                _cancels: guard,
            })
        }))
    }

    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        let (cancel, _guard) = linked(cancel);
        self.0.sleep(duration, &cancel);
    }
}

/// A token of the suite that is cancelled with one of the core, as long as the guard lives.
fn linked(cancel: &CancelToken) -> (suite::CancelToken, CancelGuard) {
    let token = suite::CancelToken::new();
    let guard = cancel.on_cancel({
        let token = token.clone();
        move || token.cancel()
    });
    (token, guard)
}

struct OverBody {
    body: suite::ResponseBody,
    _cancels: CancelGuard,
}

impl Chunks for OverBody {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        self.body.chunk().map_err(to_core)
    }
}

/// The transport's own error, or that of a client that is none.
fn to_core(error: suite::TransportError) -> TransportError {
    let (kind, delivery) = (kind(error.kind()), delivery(error.delivery()));
    let told = match error.phase() {
        Some(suite::Phase::Connect) => TransportError::timeout(Phase::Connect),
        Some(suite::Phase::Send) => TransportError::timeout(Phase::Send),
        Some(suite::Phase::Head) => TransportError::timeout(Phase::Head),
        Some(_) => TransportError::timeout(Phase::Body),
        None => TransportError::maybe_sent(kind),
    };
    let told = told.with_delivery(delivery);
    match error.into_inner() {
        Some(inner) => match inner.downcast::<TransportError>() {
            Ok(own) => *own,
            Err(inner) => told.with_source(inner),
        },
        None => told,
    }
}

const fn delivery(delivery: suite::Delivery) -> Delivery {
    match delivery {
        suite::Delivery::NotSent => Delivery::NotSent,
        _ => Delivery::MaybeSent,
    }
}

const fn kind(kind: suite::FailureKind) -> FailureKind {
    match kind {
        suite::FailureKind::Resolve => FailureKind::Resolve,
        suite::FailureKind::Connect => FailureKind::Connect,
        suite::FailureKind::Proxy => FailureKind::Proxy,
        suite::FailureKind::Tls => FailureKind::Tls,
        suite::FailureKind::Closed => FailureKind::Closed,
        suite::FailureKind::Truncated => FailureKind::Truncated,
        suite::FailureKind::Protocol => FailureKind::Protocol,
        suite::FailureKind::Timeout => FailureKind::Timeout,
        suite::FailureKind::TooLarge => FailureKind::TooLarge,
        suite::FailureKind::Cancelled => FailureKind::Cancelled,
        suite::FailureKind::BodySource => FailureKind::BodySource,
        _ => FailureKind::Other,
    }
}
