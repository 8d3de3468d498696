//! hyper-util's legacy client: an async engine with a pool, and no limits of its own.
//!
//! It takes requests and gives responses of the `http` crate, so that little is left to do.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderValue};
use http::{Method, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use talkspace_conformance::{Capability, asynchronous};
use talkspace_core::transport::{Exchange, Phase, ResponseBody, Transport, TransportError};
use talkspace_core::{Delivery, FailureKind};
use tokio::runtime::Builder;
use tokio::time::timeout;

fn main() -> io::Result<ExitCode> {
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let suite = asynchronous(
        "hyper-util",
        "0.1",
        |_context| HyperUtil::new(),
        move |task| runtime.block_on(task),
    );
    Ok(suite
        .claims(&[Capability::KeepAlive])
        // It has no limits. What was wrong with a response it tells in words alone, and this
        // adapter sends a body from memory.
        .lacks(&[
            Capability::ErrorKinds,
            Capability::Limits,
            Capability::Streaming,
        ])
        .run_from_env())
}

struct HyperUtil(Client<HttpConnector, Full<Bytes>>);

impl HyperUtil {
    fn new() -> Self {
        let mut engine = Client::builder(TokioExecutor::new());
        engine
            .pool_timer(TokioTimer::new())
            .retry_canceled_requests(false);
        Self(engine.build_http())
    }
}

#[async_trait]
impl Transport for HyperUtil {
    async fn exchange(&self, exchange: Exchange) -> Result<Response<ResponseBody>, TransportError> {
        let (request, limits) = exchange.into_parts();
        let (mut head, body) = request.into_parts();
        let body = body.collect().await?;
        // It leaves the field out where a body is empty.
        if body.is_empty() && [Method::POST, Method::PUT].contains(&head.method) {
            let zero = HeaderValue::from_static("0");
            head.headers.insert(CONTENT_LENGTH, zero);
        }
        let request = http::Request::from_parts(head, Full::new(body));
        let limit = limits.connect_timeout + limits.response_timeout;
        let response = timeout(limit, self.0.request(request)).await;
        let response = response.map_err(|_elapsed| TransportError::timeout(Phase::Head))?;
        let response = response.map_err(|error| {
            let delivery = match error.is_connect() {
                true => Delivery::NotSent,
                false => Delivery::MaybeSent,
            };
            TransportError::new(FailureKind::Other, delivery).with_source(error)
        })?;
        Ok(response.map(|body| {
            ResponseBody::new(
                body.map_err(|error| {
                    TransportError::maybe_sent(FailureKind::Other).with_source(error)
                }),
            )
        }))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
