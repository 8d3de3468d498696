//! The two drivers: what a [`Call`](crate::Call) asks for, done. Here alone a
//! clock is read.

use std::future::Future;
use std::time::Instant;

use bytes::Bytes;
use http::{Method, Response};

use crate::answer::is_coded;
use crate::call::{Call, Next};
use crate::cancel::Cancel;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::generated::{BlockingTransport, Transport};
use crate::operation::Operation;
use crate::reply::Reply;
use crate::sink::{Collector, Sink};
use crate::transport_error::{Delivery, FailureKind, TransportError};

#[cfg(test)]
mod tests;

/// Runs a call over an async transport.
///
/// Dropping the future cancels the call.
///
/// # Errors
///
/// [`Error`], with all that is known of what happened.
pub async fn drive<O: Operation>(
    transport: &dyn Transport,
    mut call: Call<O>,
) -> Result<Reply<O::Response>, Error> {
    drive_into(transport, &mut call, &mut Sink::Memory).await
}

/// The same, where the content of a success may go elsewhere than to memory.
pub(crate) async fn drive_into<O: Operation>(
    transport: &dyn Transport,
    call: &mut Call<O>,
    sink: &mut Sink<'_>,
) -> Result<Reply<O::Response>, Error> {
    let mut now = Instant::now();
    loop {
        match call.next(now) {
            Next::Exchange(exchange) => {
                let outcome = exchange_whole(transport, exchange, sink).await;
                now = Instant::now();
                call.concluded(now, outcome, sink);
            }
            Next::Wait(wait) => {
                transport.sleep(wait).await;
                now = Instant::now();
            }
            Next::Done(result) => return result,
        }
    }
}

/// The exchange moves into the transport's future at once, so that there is one
/// of it in memory.
fn exchange_whole(
    transport: &dyn Transport,
    exchange: Exchange,
    sink: &mut Sink<'_>,
) -> impl Future<Output = Result<Response<Bytes>, TransportError>> {
    let max_body = exchange.limits.max_body;
    let is_head = exchange.request.method() == Method::HEAD;
    let answer = transport.exchange(exchange);
    async move {
        let (head, mut body) = answer.await?.into_parts();
        if is_coded(head.status, &head.headers) {
            return Ok(Response::from_parts(head, Bytes::new()));
        }
        let mut whole = Collector::new(&head, is_head, max_body, sink);
        while let Some(chunk) = body.chunk().await? {
            whole.push(chunk)?;
        }
        let whole = whole.finish()?;
        Ok(Response::from_parts(head, whole))
    }
}

/// Runs a call over a blocking transport.
///
/// # Errors
///
/// [`Error`], with all that is known of what happened; of kind
/// [`FailureKind::Cancelled`] once `cancel` was used.
pub fn drive_blocking<O: Operation>(
    transport: &dyn BlockingTransport,
    mut call: Call<O>,
    cancel: &Cancel,
) -> Result<Reply<O::Response>, Error> {
    drive_into_blocking(transport, &mut call, cancel, &mut Sink::Memory)
}

/// The same, where the content of a success may go elsewhere than to memory.
pub(crate) fn drive_into_blocking<O: Operation>(
    transport: &dyn BlockingTransport,
    call: &mut Call<O>,
    cancel: &Cancel,
    sink: &mut Sink<'_>,
) -> Result<Reply<O::Response>, Error> {
    let mut now = Instant::now();
    loop {
        match call.next(now) {
            Next::Exchange(exchange) => {
                let outcome = exchange_whole_blocking(transport, exchange, cancel, sink);
                now = Instant::now();
                call.concluded(now, outcome, sink);
            }
            Next::Wait(wait) => {
                transport.sleep(wait, cancel);
                now = Instant::now();
            }
            Next::Done(result) => return result,
        }
    }
}

fn exchange_whole_blocking(
    transport: &dyn BlockingTransport,
    exchange: Exchange,
    cancel: &Cancel,
    sink: &mut Sink<'_>,
) -> Result<Response<Bytes>, TransportError> {
    let max_body = exchange.limits.max_body;
    let is_head = exchange.request.method() == Method::HEAD;
    if cancel.is_cancelled() {
        return Err(TransportError::new(
            FailureKind::Cancelled,
            Delivery::NotSent,
        ));
    }
    let (head, mut body) = transport.exchange(exchange, cancel)?.into_parts();
    if is_coded(head.status, &head.headers) {
        return Ok(Response::from_parts(head, Bytes::new()));
    }
    let mut whole = Collector::new(&head, is_head, max_body, sink);
    while let Some(chunk) = body.chunk()? {
        whole.push(chunk)?;
    }
    let whole = whole.finish()?;
    Ok(Response::from_parts(head, whole))
}
