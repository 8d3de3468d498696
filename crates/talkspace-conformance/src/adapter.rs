//! A transport as a client of the suite, of either kind.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http1_conformance::client::{
    AsyncChunks, AsyncClient, Body, BodyPart, BodySource, CancelGuard, CancelToken, Chunks, Client,
    Delivery, Exchange, FailureKind, Limits, Phase, ResponseBody, TransportError,
};
use talkspace_core::transport as core;

/// A blocking transport.
pub(crate) struct Blocking<T>(pub(crate) T);

impl<T: core::BlockingTransport> Client for Blocking<T> {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<ResponseBody>, TransportError> {
        let (cancel, guard) = linked(cancel);
        let response = self.0.exchange(to_core(exchange), &cancel);
        let response = response.map_err(from_core)?;
        Ok(response.map(|body| {
            ResponseBody::new(BlockingBody {
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

/// A token of the core that is cancelled with one of the suite, as long as the guard lives.
fn linked(cancel: &CancelToken) -> (core::CancelToken, CancelGuard) {
    let token = core::CancelToken::new();
    let guard = cancel.on_cancel({
        let token = token.clone();
        move || token.cancel()
    });
    (token, guard)
}

struct BlockingBody {
    body: core::BlockingResponseBody,
    _cancels: CancelGuard,
}

impl Chunks for BlockingBody {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        self.body.chunk().map_err(from_core)
    }
}

/// An async transport.
pub(crate) struct Asynchronous<T>(pub(crate) T);

impl<T: core::Transport> AsyncClient for Asynchronous<T> {
    type Body = AsyncBody;

    async fn exchange(&self, exchange: Exchange) -> Result<Response<AsyncBody>, TransportError> {
        let response = self.0.exchange(to_core(exchange)).await;
        Ok(response.map_err(from_core)?.map(AsyncBody))
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }
}

pub(crate) struct AsyncBody(core::ResponseBody);

impl AsyncChunks for AsyncBody {
    async fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        self.0.chunk().await.map_err(from_core)
    }
}

fn to_core(exchange: Exchange) -> core::Exchange {
    let (request, limits) = exchange.into_parts();
    let operation = request.extensions().get().copied();
    let exchange = core::Exchange::new(
        request.map(|body| body_to_core(&body)),
        limits_to_core(limits),
    );
    match operation {
        Some(OfOperation(operation, attempt)) => exchange.of(operation, attempt),
        None => exchange,
    }
}

/// Which operation a request is of, and the how many-th attempt. The suite hands it on.
#[derive(Clone, Copy)]
pub(crate) struct OfOperation(
    pub(crate) &'static talkspace_core::operation::OperationInfo,
    pub(crate) u32,
);

fn body_to_core(body: &Body) -> core::Body {
    match body.parts() {
        [] => core::Body::empty(),
        [BodyPart::Bytes(bytes)] => bytes.clone().into(),
        parts => core::Body::from_parts(parts.iter().map(|part| match part {
            BodyPart::Bytes(bytes) => core::BodyPart::Bytes(bytes.clone()),
            BodyPart::Source(source) => core::BodyPart::Source(Arc::new(Source(source.clone()))),
        })),
    }
}

/// A source of the suite, as one of the core.
struct Source(Arc<dyn BodySource>);

impl core::BodySource for Source {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, buffer)
    }
}

fn limits_to_core(limits: Limits) -> core::Limits {
    let mut kept = core::Limits::default();
    kept.deadline = limits.deadline;
    kept.connect_timeout = limits.connect_timeout;
    kept.response_timeout = limits.response_timeout;
    kept.read_timeout = limits.read_timeout;
    kept.min_rate = limits
        .min_rate
        .map(|rate| core::Rate::new(rate.bytes, rate.per));
    kept.max_header_bytes = limits.max_header_bytes;
    kept.max_body_bytes = limits.max_body_bytes;
    kept
}

/// The error of a transport, which is shown as it is.
fn from_core(error: core::TransportError) -> TransportError {
    let told = match error.phase() {
        Some(phase) if error.is_too_slow() => TransportError::too_slow(phase_from_core(phase)),
        Some(phase) if error.kind() == core::FailureKind::Timeout => {
            TransportError::timeout(phase_from_core(phase))
        }
        _ => TransportError::maybe_sent(kind_from_core(error.kind())),
    };
    told.with_delivery(match error.delivery() {
        core::Delivery::NotSent => Delivery::NotSent,
        _ => Delivery::MaybeSent,
    })
    .showing(error)
}

const fn phase_from_core(phase: core::Phase) -> Phase {
    match phase {
        core::Phase::Connect => Phase::Connect,
        core::Phase::Send => Phase::Send,
        core::Phase::Head => Phase::Head,
        _ => Phase::Body,
    }
}

const fn kind_from_core(kind: core::FailureKind) -> FailureKind {
    match kind {
        core::FailureKind::Resolve => FailureKind::Resolve,
        core::FailureKind::Connect => FailureKind::Connect,
        core::FailureKind::Proxy => FailureKind::Proxy,
        core::FailureKind::Tls => FailureKind::Tls,
        core::FailureKind::Closed => FailureKind::Closed,
        core::FailureKind::Truncated => FailureKind::Truncated,
        core::FailureKind::Protocol => FailureKind::Protocol,
        core::FailureKind::Timeout => FailureKind::Timeout,
        core::FailureKind::TooLarge => FailureKind::TooLarge,
        core::FailureKind::Cancelled => FailureKind::Cancelled,
        core::FailureKind::BodySource => FailureKind::BodySource,
        _ => FailureKind::Other,
    }
}
