//! The two drivers: what a [`Call`](crate::Call) asks for, done. Here alone a
//! clock is read.

use std::time::Instant;

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_LENGTH;
use http::response::Parts;
use http::{Method, Response};

use crate::call::{Call, Next};
use crate::cancel::Cancel;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::generated::{BlockingTransport, Transport};
use crate::operation::Operation;
use crate::reply::Reply;
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
    loop {
        match call.next(Instant::now()) {
            Next::Exchange(exchange) => {
                let outcome = exchange_whole(transport, exchange).await;
                call.received(Instant::now(), outcome);
            }
            Next::Wait(wait) => transport.sleep(wait).await,
            Next::Done(result) => return result,
        }
    }
}

async fn exchange_whole(
    transport: &dyn Transport,
    exchange: Exchange,
) -> Result<Response<Bytes>, TransportError> {
    let max_body = exchange.limits.max_body;
    let is_head = exchange.request.method() == Method::HEAD;
    let (head, mut body) = transport.exchange(exchange).await?.into_parts();
    let mut whole = Collector::new(&head, is_head, max_body);
    while let Some(chunk) = body.chunk().await? {
        whole.push(chunk)?;
    }
    Ok(Response::from_parts(head, whole.finish()?))
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
    loop {
        match call.next(Instant::now()) {
            Next::Exchange(exchange) => {
                let outcome = exchange_whole_blocking(transport, exchange, cancel);
                call.received(Instant::now(), outcome);
            }
            Next::Wait(wait) => transport.sleep(wait, cancel),
            Next::Done(result) => return result,
        }
    }
}

fn exchange_whole_blocking(
    transport: &dyn BlockingTransport,
    exchange: Exchange,
    cancel: &Cancel,
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
    let mut whole = Collector::new(&head, is_head, max_body);
    while let Some(chunk) = body.chunk()? {
        whole.push(chunk)?;
    }
    Ok(Response::from_parts(head, whole.finish()?))
}

/// Gathers a body within its limit, and sees a truncation that a transport hides.
#[derive(Debug)]
struct Collector {
    first: Bytes,
    rest: BytesMut,
    max: u64,
    announced: Option<u64>,
}

impl Collector {
    fn new(head: &Parts, is_head: bool, max: u64) -> Self {
        // These announce a length that they do not send (RFC 9110 §8.6).
        let bodiless = is_head || matches!(head.status.as_u16(), 204 | 304);
        let announced = head
            .headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok())
            .and_then(|length| length.parse().ok())
            .filter(|_| !bodiless);
        Self {
            first: Bytes::new(),
            rest: BytesMut::new(),
            max,
            announced,
        }
    }

    fn len(&self) -> u64 {
        self.first.len() as u64 + self.rest.len() as u64
    }

    fn push(&mut self, chunk: Bytes) -> Result<(), TransportError> {
        if self.len() + chunk.len() as u64 > self.max {
            return Err(TransportError::new(
                FailureKind::TooLarge,
                Delivery::MaybeSent,
            ));
        }
        if self.first.is_empty() {
            // Most answers come in one piece, which then is not copied.
            self.first = chunk;
        } else {
            self.rest.extend_from_slice(&chunk);
        }
        Ok(())
    }

    fn finish(self) -> Result<Bytes, TransportError> {
        let length = self.len();
        if self.announced.is_some_and(|announced| length < announced) {
            return Err(TransportError::new(
                FailureKind::Truncated,
                Delivery::MaybeSent,
            ));
        }
        if self.rest.is_empty() {
            return Ok(self.first);
        }
        let mut whole = BytesMut::with_capacity(self.first.len() + self.rest.len());
        whole.extend_from_slice(&self.first);
        whole.extend_from_slice(&self.rest);
        Ok(whole.freeze())
    }
}
