//! A closure as a transport, for tests.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use crate::body::Body;
use crate::cancel::Cancel;
use crate::exchange::Exchange;
use crate::generated::{BlockingTransport, Transport};
use crate::incoming::{BlockingIncoming, Incoming};
use crate::transport_error::TransportError;

/// A [`Transport`] that asks a closure; waits end at once.
///
/// See [`Client`](crate::Client) for an example.
pub fn transport_fn<F, A>(answer: F) -> TransportFn<F>
where
    F: Fn(Request<Body>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'static,
{
    TransportFn(answer)
}

/// A [`BlockingTransport`] that asks a closure; waits end at once.
///
/// See [`BlockingClient`](crate::BlockingClient) for an example.
pub fn blocking_transport_fn<F>(answer: F) -> BlockingTransportFn<F>
where
    F: Fn(Request<Body>) -> Result<Response<Bytes>, TransportError> + Send + Sync + 'static,
{
    BlockingTransportFn(answer)
}

/// What [`transport_fn`] gives.
#[derive(Clone)]
pub struct TransportFn<F>(F);

#[async_trait]
impl<F, A> Transport for TransportFn<F>
where
    F: Fn(Request<Body>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'static,
{
    async fn exchange(&self, exchange: Exchange) -> Result<Response<Incoming>, TransportError> {
        let response = (self.0)(exchange.request).await?;
        Ok(response.map(Incoming::from))
    }

    async fn sleep(&self, _duration: Duration) {}
}

impl<F> fmt::Debug for TransportFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TransportFn")
    }
}

/// What [`blocking_transport_fn`] gives.
#[derive(Clone)]
pub struct BlockingTransportFn<F>(F);

impl<F> BlockingTransport for BlockingTransportFn<F>
where
    F: Fn(Request<Body>) -> Result<Response<Bytes>, TransportError> + Send + Sync + 'static,
{
    fn exchange(
        &self,
        exchange: Exchange,
        _cancel: &Cancel,
    ) -> Result<Response<BlockingIncoming>, TransportError> {
        let response = (self.0)(exchange.request)?;
        Ok(response.map(BlockingIncoming::from))
    }

    fn sleep(&self, _duration: Duration, _cancel: &Cancel) {}
}

impl<F> fmt::Debug for BlockingTransportFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlockingTransportFn")
    }
}
