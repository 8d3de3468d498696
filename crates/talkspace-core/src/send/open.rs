//! The two drivers of a request whose response is a file: they end when its first
//! bytes are there.

use bytes::Bytes;
use http::response::Parts;

use crate::codec::{MEDIA_SIGNATURE, begins_like_mp3, is_coded, is_whole};
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

/// A file that has begun to arrive, and where the rest of it comes from. One of a
/// few bytes has no rest.
pub(crate) type Opened<B> = (Transfer, Option<B>);

/// How a response begins.
enum Begun<B> {
    /// With the first bytes of a file.
    File(Parts, Length, Bytes, B),
    /// It is over: an error response, what is no file, or one of a few bytes.
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
    fn of(head: &Parts, max: u64, size: Option<u64>) -> Self {
        if is_coded(head.status, &head.headers) {
            return Self::Nowhere;
        }
        if is_whole(head.status) {
            return Self::Out(Length::new(head, false, max).expecting(size));
        }
        // What is allowed for a file is not meant for memory.
        let max = max.min(Limits::default().max_body_bytes);
        Self::Memory(Collector::new(head, false, max))
    }
}

/// What of a file has arrived, until there is enough to see what it is.
#[derive(Default)]
struct Beginning(Bytes);

impl Beginning {
    /// Takes a piece in, and says whether there is enough.
    fn add(&mut self, piece: Bytes) -> bool {
        let Self(bytes) = self;
        *bytes = match bytes.is_empty() {
            true => piece,
            false => [&bytes[..], &piece[..]].concat().into(),
        };
        bytes.len() >= MEDIA_SIGNATURE
    }
}

/// Sends a request over an async transport, with its retries, until the first
/// bytes of the file are there.
pub(crate) async fn open(
    transport: &dyn Transport,
    mut attempts: Attempts<DownloadMedia>,
    size: Option<u64>,
) -> Result<Opened<ResponseBody>, Error> {
    let mut now = transport.now();
    loop {
        match attempts.next(now) {
            Step::Exchange(exchange) => {
                let begun = begin(transport, exchange, size, attempts.observer()).await;
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
            Step::Done(result) => {
                let response = result?;
                let file = response.body.content;
                let transfer = Transfer::whole(attempts, file, response.headers);
                return Ok((transfer, None));
            }
        }
    }
}

async fn begin(
    transport: &dyn Transport,
    exchange: Exchange,
    size: Option<u64>,
    observed: Option<&mut Observed>,
) -> Result<Begun<ResponseBody>, TransportError> {
    let max = exchange.limits().max_body_bytes;
    let span = Observed::attempt_span(observed.as_deref());
    let response = span.around(transport.exchange(exchange)).await?;
    let (head, mut body) = response.into_parts();
    if let Some(observed) = observed {
        observed.head(head.status, body.reused());
    }
    let whole = match Goes::of(&head, max, size) {
        Goes::Nowhere => Bytes::new(),
        Goes::Out(mut length) => {
            let mut begun = Beginning::default();
            let mut is_file = false;
            while let Some(piece) = span.around(body.chunk()).await? {
                length.add(&piece)?;
                if begun.add(piece) {
                    is_file = begins_like_mp3(&begun.0);
                    break;
                }
            }
            let Beginning(first) = begun;
            if is_file {
                return Ok(Begun::File(head, length, first, body));
            }
            if first.len() < MEDIA_SIGNATURE {
                length.end()?;
            }
            first
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
    size: Option<u64>,
    cancel: &CancelToken,
) -> Result<Opened<BlockingResponseBody>, Error> {
    let mut now = transport.now();
    loop {
        match attempts.next(now) {
            Step::Exchange(exchange) => {
                let begun = begin_blocking(transport, exchange, size, attempts.observer(), cancel);
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
            Step::Done(result) => {
                let response = result?;
                let file = response.body.content;
                let transfer = Transfer::whole(attempts, file, response.headers);
                return Ok((transfer, None));
            }
        }
    }
}

fn begin_blocking(
    transport: &dyn BlockingTransport,
    exchange: Exchange,
    size: Option<u64>,
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
    let whole = match Goes::of(&head, max, size) {
        Goes::Nowhere => Bytes::new(),
        Goes::Out(mut length) => {
            let mut begun = Beginning::default();
            let mut is_file = false;
            while let Some(piece) = body.chunk()? {
                length.add(&piece)?;
                if begun.add(piece) {
                    is_file = begins_like_mp3(&begun.0);
                    break;
                }
            }
            let Beginning(first) = begun;
            if is_file {
                return Ok(Begun::File(head, length, first, body));
            }
            if first.len() < MEDIA_SIGNATURE {
                length.end()?;
            }
            first
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
