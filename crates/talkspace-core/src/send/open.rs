//! The two drivers of a request whose response is a file: they end when its first
//! bytes are there.

use bytes::Bytes;
use http::response::Parts;

use crate::codec::{is_coded, is_whole};
use crate::error::Error;
use crate::observe::Observed;
use crate::request::DownloadMedia;
use crate::send::attempts::{Attempts, Step};
use crate::send::collector::{Collector, Length};
use crate::send::transfer::Transfer;
use crate::transport::{
    BlockingResponseBody, BlockingTransport, CancelToken, Exchange, FailureKind, Limits,
    ResponseBody, Transport, TransportError,
};

/// A file that has begun to arrive, and where the rest of it comes from. An empty
/// one has no rest.
pub(crate) type Opened<B> = (Transfer, Option<B>);

/// How a response begins.
enum Begun<B> {
    /// With the first bytes of a file.
    File(Parts, Length, Bytes, B),
    /// It is over: an error response, or an empty file.
    Whole(http::Response<Bytes>),
}

/// Where the body of a response goes.
enum Goes {
    /// To the caller, piece by piece.
    Out(Length),
    /// To memory, as that of any response.
    Memory(Collector),
    /// Nowhere: it is not what was asked for.
    Nowhere,
}

impl Goes {
    fn of(head: &Parts, max: u64) -> Self {
        if is_coded(head.status, &head.headers) {
            return Self::Nowhere;
        }
        if is_whole(head.status) {
            return Self::Out(Length::new(head, false, max));
        }
        // What is allowed for a file is not meant for memory.
        let max = max.min(Limits::default().max_body_bytes);
        Self::Memory(Collector::new(head, false, max))
    }
}

/// Sends a request over an async transport, with its retries, until the first
/// bytes of the file are there.
pub(crate) async fn open(
    transport: &dyn Transport,
    mut attempts: Attempts<DownloadMedia>,
) -> Result<Opened<ResponseBody>, Error> {
    let mut now = transport.now();
    loop {
        match attempts.next(now) {
            Step::Exchange(exchange) => {
                let begun = begin(transport, exchange, attempts.observer()).await;
                now = transport.now();
                match begun {
                    Ok(Begun::File(head, length, first, body)) => {
                        let transfer = Transfer::begin(attempts, head, length, first);
                        return Ok((transfer, Some(body)));
                    }
                    Ok(Begun::Whole(response)) => attempts.received(now, Ok(response)),
                    Err(error) => attempts.received(now, Err(error)),
                }
            }
            Step::Wait(wait) => {
                transport.sleep(wait).await;
                now = transport.now();
            }
            Step::Done(result) => return Ok((Transfer::empty(attempts, result?.headers), None)),
        }
    }
}

async fn begin(
    transport: &dyn Transport,
    exchange: Exchange,
    observed: Option<&mut Observed>,
) -> Result<Begun<ResponseBody>, TransportError> {
    let max = exchange.limits().max_body_bytes;
    let span = Observed::attempt_span(observed.as_deref());
    let response = span.around(transport.exchange(exchange)).await?;
    let (head, mut body) = response.into_parts();
    if let Some(observed) = observed {
        observed.head(head.status, body.reused());
    }
    let whole = match Goes::of(&head, max) {
        Goes::Nowhere => Bytes::new(),
        Goes::Out(mut length) => {
            if let Some(first) = span.around(body.chunk()).await? {
                length.add(&first)?;
                return Ok(Begun::File(head, length, first, body));
            }
            length.end()?;
            Bytes::new()
        }
        Goes::Memory(mut whole) => {
            while let Some(chunk) = span.around(body.chunk()).await? {
                whole.push(chunk)?;
            }
            whole.finish()?
        }
    };
    Ok(Begun::Whole(http::Response::from_parts(head, whole)))
}

/// Sends a request over a blocking transport, with its retries, until the first
/// bytes of the file are there.
pub(crate) fn open_blocking(
    transport: &dyn BlockingTransport,
    mut attempts: Attempts<DownloadMedia>,
    cancel: &CancelToken,
) -> Result<Opened<BlockingResponseBody>, Error> {
    let mut now = transport.now();
    loop {
        match attempts.next(now) {
            Step::Exchange(exchange) => {
                let begun = begin_blocking(transport, exchange, attempts.observer(), cancel);
                now = transport.now();
                match begun {
                    Ok(Begun::File(head, length, first, body)) => {
                        let transfer = Transfer::begin(attempts, head, length, first);
                        return Ok((transfer, Some(body)));
                    }
                    Ok(Begun::Whole(response)) => attempts.received(now, Ok(response)),
                    Err(error) => attempts.received(now, Err(error)),
                }
            }
            Step::Wait(wait) => {
                transport.sleep(wait, cancel);
                now = transport.now();
            }
            Step::Done(result) => return Ok((Transfer::empty(attempts, result?.headers), None)),
        }
    }
}

fn begin_blocking(
    transport: &dyn BlockingTransport,
    exchange: Exchange,
    observed: Option<&mut Observed>,
    cancel: &CancelToken,
) -> Result<Begun<BlockingResponseBody>, TransportError> {
    let max = exchange.limits().max_body_bytes;
    if cancel.is_cancelled() {
        return Err(TransportError::not_sent(FailureKind::Cancelled));
    }
    let _entered = Observed::attempt_span(observed.as_deref()).entered();
    let response = transport.exchange(exchange, cancel)?;
    if let Some(observed) = observed {
        observed.head(response.status(), response.body().reused());
    }
    let (head, mut body) = response.into_parts();
    let whole = match Goes::of(&head, max) {
        Goes::Nowhere => Bytes::new(),
        Goes::Out(mut length) => {
            if let Some(first) = body.chunk()? {
                length.add(&first)?;
                return Ok(Begun::File(head, length, first, body));
            }
            length.end()?;
            Bytes::new()
        }
        Goes::Memory(mut whole) => {
            while let Some(chunk) = body.chunk()? {
                whole.push(chunk)?;
            }
            whole.finish()?
        }
    };
    Ok(Begun::Whole(http::Response::from_parts(head, whole)))
}
