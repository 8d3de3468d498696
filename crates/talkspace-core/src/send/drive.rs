//! The two drivers of [`Attempts`](crate::send::Attempts): they have the
//! transport make the exchanges, wait, and tell the time.

use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use bytes::Bytes;
use http::Method;

use crate::codec::{Operation, is_coded};
use crate::error::Error;
use crate::observe::Observed;
use crate::send::attempts::{Attempts, Step};
use crate::send::collector::Collector;
use crate::send::response::Response;
use crate::transport::{
    BlockingTransport, BodyStream, CancelToken, Delivery, Exchange, FailureKind, ResponseBody,
    StreamRead, Transport, TransportError,
};

#[cfg(test)]
mod tests;

/// Sends a request over an async transport, with its retries.
///
/// Dropping the future cancels the request.
///
/// # Errors
///
/// [`Error`], with all that is known of what happened.
pub async fn drive<O: Operation>(
    transport: &dyn Transport,
    mut attempts: Attempts<O>,
) -> Result<Response<O::Response>, Error> {
    let now = transport.now();
    drive_from(transport, &mut attempts, now).await
}

/// The same of a request that has begun `now`.
pub(crate) async fn drive_from<O: Operation>(
    transport: &dyn Transport,
    attempts: &mut Attempts<O>,
    mut now: Instant,
) -> Result<Response<O::Response>, Error> {
    loop {
        // A step is larger than all that is waited for: matched with an `await` in it,
        // it would have room of its own in the future of every request.
        let pending = match attempts.next(now) {
            Step::Exchange(_) if attempts.stream().is_some_and(BodyStream::blocks) => {
                let error = StreamRead::blocking().with_delivery(Delivery::NotSent);
                now = transport.now();
                attempts.received(now, Err(error));
                continue;
            }
            Step::Exchange(exchange) => Ok(Begun::new(transport, exchange)),
            Step::Wait(wait) => Err(wait),
            Step::Done(result) => return result,
        };
        match pending {
            Ok(begun) => {
                let outcome = begun.whole(attempts.observer()).await;
                now = transport.now();
                attempts.received(now, outcome);
            }
            Err(wait) => {
                transport.sleep(wait).await;
                now = transport.now();
            }
        }
    }
}

/// An exchange that the transport has.
struct Begun<'t> {
    response: Exchanging<'t>,
    max_body: u64,
    is_head: bool,
}

type Exchanging<'t> =
    Pin<Box<dyn Future<Output = Result<http::Response<ResponseBody>, TransportError>> + Send + 't>>;

impl<'t> Begun<'t> {
    /// The exchange moves into the transport's future at once, so that there is one
    /// of it in memory. Called as a function of its own it would be copied on the way.
    #[inline]
    fn new(transport: &'t dyn Transport, exchange: Exchange) -> Self {
        Self {
            max_body: exchange.limits().max_body_bytes,
            is_head: exchange.request().method() == Method::HEAD,
            response: transport.exchange(exchange),
        }
    }

    /// The response, with all of its body.
    #[expect(
        clippy::manual_async_fn,
        reason = "the future of an `async fn` has room for each argument twice"
    )]
    fn whole(
        self,
        observed: Option<&mut Observed>,
    ) -> impl Future<Output = Result<http::Response<Bytes>, TransportError>> {
        async move {
            let span = Observed::attempt_span(observed.as_deref());
            let (head, mut body) = span.around(self.response).await?.into_parts();
            if let Some(observed) = observed {
                observed.head(head.status, body.reused());
            }
            if is_coded(head.status, &head.headers) {
                return Ok(http::Response::from_parts(head, Bytes::new()));
            }
            let mut whole = Collector::new(&head, self.is_head, self.max_body);
            while let Some(chunk) = span.around(body.chunk()).await? {
                whole.push(chunk)?;
            }
            let whole = whole.finish()?;
            Ok(http::Response::from_parts(head, whole))
        }
    }
}

/// Sends a request over a blocking transport, with its retries.
///
/// # Errors
///
/// [`Error`], with all that is known of what happened; of kind
/// [`FailureKind::Cancelled`] once `cancel` was used.
pub fn drive_blocking<O: Operation>(
    transport: &dyn BlockingTransport,
    mut attempts: Attempts<O>,
    cancel: &CancelToken,
) -> Result<Response<O::Response>, Error> {
    let mut now = transport.now();
    loop {
        match attempts.next(now) {
            Step::Exchange(exchange) => {
                let observed = attempts.observer();
                let outcome = exchange_whole_blocking(transport, exchange, observed, cancel);
                now = transport.now();
                attempts.received(now, outcome);
            }
            Step::Wait(wait) => {
                transport.sleep(wait, cancel);
                now = transport.now();
            }
            Step::Done(result) => return result,
        }
    }
}

fn exchange_whole_blocking(
    transport: &dyn BlockingTransport,
    exchange: Exchange,
    observed: Option<&mut Observed>,
    cancel: &CancelToken,
) -> Result<http::Response<Bytes>, TransportError> {
    let max_body = exchange.limits().max_body_bytes;
    let is_head = exchange.request().method() == Method::HEAD;
    if cancel.is_cancelled() {
        return Err(TransportError::not_sent(FailureKind::Cancelled));
    }
    let stream = exchange.request().body().stream();
    if stream.is_some_and(|stream| !stream.blocks()) {
        return Err(StreamRead::unsupported().with_delivery(Delivery::NotSent));
    }
    let _entered = Observed::attempt_span(observed.as_deref()).entered();
    let response = transport.exchange(exchange, cancel)?;
    if let Some(observed) = observed {
        observed.head(response.status(), response.body().reused());
    }
    let (head, mut body) = response.into_parts();
    if is_coded(head.status, &head.headers) {
        return Ok(http::Response::from_parts(head, Bytes::new()));
    }
    let mut whole = Collector::new(&head, is_head, max_body);
    while let Some(chunk) = body.chunk()? {
        whole.push(chunk)?;
    }
    let whole = whole.finish()?;
    Ok(http::Response::from_parts(head, whole))
}
