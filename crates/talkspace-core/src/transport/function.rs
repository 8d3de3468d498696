//! A closure as a transport, for tests.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use crate::transport::body::Body;
use crate::transport::cancel::CancelToken;
use crate::transport::error::TransportError;
use crate::transport::exchange::Exchange;
use crate::transport::response_body::{BlockingResponseBody, ResponseBody};
use crate::transport::traits::{BlockingTransport, Transport};

/// A [`Transport`] whose exchanges call a closure. Its `sleep` returns at once, and
/// moves its clock, so that what waits for long ends at once too.
///
/// See [`Client`](crate::Client) for an example.
pub fn transport_fn<F, A>(respond: F) -> TransportFn<F>
where
    F: Fn(Request<Body>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'static,
{
    TransportFn {
        respond,
        slept: Slept::default(),
    }
}

/// A [`BlockingTransport`] whose exchanges call a closure. Its `sleep` returns at
/// once, and moves its clock, so that what waits for long ends at once too.
///
/// See [`BlockingClient`](crate::BlockingClient) for an example.
pub fn blocking_transport_fn<F>(respond: F) -> BlockingTransportFn<F>
where
    F: Fn(Request<Body>) -> Result<Response<Bytes>, TransportError> + Send + Sync + 'static,
{
    BlockingTransportFn {
        respond,
        slept: Slept::default(),
    }
}

/// How long a closure's transport would have slept, in nanoseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slept(Arc<AtomicU64>);

impl Slept {
    pub(crate) fn add(&self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let add = |slept: u64| Some(slept.saturating_add(nanos));
        // The closure never declines.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    pub(crate) fn now(&self) -> Instant {
        let slept = Duration::from_nanos(self.0.load(Ordering::Relaxed));
        let now = Instant::now();
        now.checked_add(slept).unwrap_or(now)
    }
}

/// What [`transport_fn`] gives.
#[derive(Clone)]
pub struct TransportFn<F> {
    respond: F,
    slept: Slept,
}

#[async_trait]
impl<F, A> Transport for TransportFn<F>
where
    F: Fn(Request<Body>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'static,
{
    async fn exchange(&self, exchange: Exchange) -> Result<Response<ResponseBody>, TransportError> {
        let response = (self.respond)(exchange.into_parts().0).await?;
        Ok(response.map(ResponseBody::from))
    }

    async fn sleep(&self, duration: Duration) {
        self.slept.add(duration);
    }

    fn now(&self) -> Instant {
        self.slept.now()
    }
}

impl<F> fmt::Debug for TransportFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TransportFn")
    }
}

/// What [`blocking_transport_fn`] gives.
#[derive(Clone)]
pub struct BlockingTransportFn<F> {
    respond: F,
    slept: Slept,
}

impl<F> BlockingTransport for BlockingTransportFn<F>
where
    F: Fn(Request<Body>) -> Result<Response<Bytes>, TransportError> + Send + Sync + 'static,
{
    fn exchange(
        &self,
        exchange: Exchange,
        _cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        let response = (self.respond)(exchange.into_parts().0)?;
        Ok(response.map(BlockingResponseBody::from))
    }

    fn sleep(&self, duration: Duration, _cancel: &CancelToken) {
        self.slept.add(duration);
    }

    fn now(&self) -> Instant {
        self.slept.now()
    }
}

impl<F> fmt::Debug for BlockingTransportFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlockingTransportFn")
    }
}
