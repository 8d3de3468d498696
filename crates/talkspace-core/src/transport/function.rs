//! A closure as a transport, for tests.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use crate::transport::body::Body;
use crate::transport::cancel::CancelToken;
use crate::transport::error::TransportError;
use crate::transport::exchange::Exchange;
use crate::transport::response_body::{BlockingResponseBody, ResponseBody};
use crate::transport::traits::{BlockingTransport, Transport};

/// A [`Transport`] whose exchanges call a closure. Its `sleep` returns at once.
///
/// See [`Client`](crate::Client) for an example.
pub fn transport_fn<F, A>(respond: F) -> TransportFn<F>
where
    F: Fn(Request<Body>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'static,
{
    TransportFn(respond)
}

/// A [`BlockingTransport`] whose exchanges call a closure. Its `sleep` returns at
/// once.
///
/// See [`BlockingClient`](crate::BlockingClient) for an example.
pub fn blocking_transport_fn<F>(respond: F) -> BlockingTransportFn<F>
where
    F: Fn(Request<Body>) -> Result<Response<Bytes>, TransportError> + Send + Sync + 'static,
{
    BlockingTransportFn(respond)
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
    async fn exchange(&self, exchange: Exchange) -> Result<Response<ResponseBody>, TransportError> {
        let response = (self.0)(exchange.into_parts().0).await?;
        Ok(response.map(ResponseBody::from))
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
        _cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        let response = (self.0)(exchange.into_parts().0)?;
        Ok(response.map(BlockingResponseBody::from))
    }

    fn sleep(&self, _duration: Duration, _cancel: &CancelToken) {}
}

impl<F> fmt::Debug for BlockingTransportFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlockingTransportFn")
    }
}
