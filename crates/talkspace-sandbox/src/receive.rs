//! Receives requests, and fails them as early as can be known.
//!
//! All share one thread, so no request may hold it for long: a large one lets
//! others have a turn after every [`TURN`]. The rest of a failed one is not kept; it
//! is still read, so that its client gets the response and not a reset.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use std::{future::poll_fn, mem};

use http::header::{CONNECTION, EXPECT, HeaderValue};
use http::request::Parts;
use http::{Method, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Incoming};
use talkspace_core::operation::ParameterLocation;
use talkspace_core::server::{Parameters, Reading, ServiceError};
use tokio::sync::oneshot::Receiver;

use crate::crowd::Slot;
use crate::room::Share;
use crate::service::{Backend, is_upload};

#[cfg(test)]
mod tests;

/// The largest request body, in bytes.
const MAX_BODY: usize = 1024 * 1024;
/// The largest upload: the largest file, and what is around it.
const MAX_UPLOAD: usize = 25 * 1024 * 1024 + 64 * 1024;
/// How much more is read and dropped.
const MAX_DROPPED: usize = 100 * 1024 * 1024;
/// The longest time for the body of a request; for an upload, the longest time
/// in which nothing of it comes.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How many bytes are read in a turn. A piece counts as [`PIECE`] at least.
const TURN: usize = 32 * 1024;
const PIECE: usize = 1024;
/// What a piece counts for at least where a whole body is measured: a body that
/// comes byte by byte costs more than it is long.
const SMALL: usize = 256;

/// Reads a request as far as need be.
///
/// # Errors
///
/// The [`ServiceError`] that it gets.
pub(crate) async fn receive<B: Body<Data = Bytes> + Unpin>(
    head: &Parts,
    body: &mut B,
    backend: &Backend,
    slot: &Slot,
    mut share: Share,
) -> Result<Parameters, ServiceError> {
    let reading = Reading::begin(&head.uri, &head.headers)?;
    let is_upload = head.method == Method::POST && is_upload(head.uri.path());
    if is_upload && !reading.has_parts() {
        return Err(ServiceError::new(400, "An upload is multipart/form-data"));
    }
    let receiving = Receiving {
        body,
        backend,
        slot,
        limit: if is_upload { MAX_UPLOAD } else { MAX_BODY },
        turn: 0,
    };
    if is_upload {
        return receiving.read(reading, &mut share, true).await;
    }
    let whole = tokio::time::timeout(BODY_TIMEOUT, receiving.read(reading, &mut share, false));
    whole.await.unwrap_or_else(|_| Err(too_slow()))
}

/// A body that is being received.
struct Receiving<'a, B> {
    body: &'a mut B,
    backend: &'a Backend,
    slot: &'a Slot,
    limit: usize,
    /// How much was read in this turn.
    turn: usize,
}

impl<B: Body<Data = Bytes> + Unpin> Receiving<'_, B> {
    async fn read(
        mut self,
        mut reading: Reading,
        share: &mut Share,
        is_upload: bool,
    ) -> Result<Parameters, ServiceError> {
        if self.body.size_hint().lower() > self.limit as u64 {
            return Err(self.too_large());
        }
        let mut length = 0;
        let mut wants_grant = is_upload;
        while let Some(piece) = self.next(share).await? {
            length += piece.len().max(SMALL);
            if length > self.limit {
                return Err(self.too_large());
            }
            if !share.grow(piece.len()) {
                return Err(no_room());
            }
            reading.take(piece)?;
            let grant = reading.so_far().get(ParameterLocation::Form, "grant");
            if let Some(grant) = grant.filter(|_| mem::take(&mut wants_grant)) {
                self.backend.check_grant(grant)?;
                share.know();
            }
        }
        reading.end()
    }

    /// The next piece of the body, if there is one.
    async fn next(&mut self, share: &mut Share) -> Result<Option<Bytes>, ServiceError> {
        self.turn = rest(self.turn).await;
        let frame = tokio::time::timeout(BODY_TIMEOUT, self.body.frame());
        let frame = match until(&mut share.left, frame).await {
            None => return Err(no_room()),
            Some(Err(_)) => return Err(too_slow()),
            Some(Ok(None)) => return Ok(None),
            Some(Ok(Some(Err(_)))) => {
                return Err(ServiceError::new(400, "The body ends before its end"));
            }
            Some(Ok(Some(Ok(frame)))) => frame,
        };
        self.slot.stir();
        // What is no data are trailers.
        let piece = frame.into_data().unwrap_or_default();
        self.turn += piece.len().max(PIECE);
        Ok(Some(piece))
    }

    fn too_large(&self) -> ServiceError {
        let why = "bytes, or comes in too many pieces";
        ServiceError::new(413, format!("The body is longer than {} {why}", self.limit))
    }
}

/// Lets others have a turn, when this one was long enough. Gives how long it is.
async fn rest(turn: usize) -> usize {
    if turn < TURN {
        return turn;
    }
    tokio::task::yield_now().await;
    0
}

/// Reads on, and drops the bytes, while the response is sent. Where that is known not to be
/// enough for another request, the response says that the connection is closed.
pub(crate) fn drop_rest<B>(
    head: &Parts,
    mut body: Incoming,
    slot: Arc<Slot>,
    response: &mut Response<B>,
) {
    if body.is_end_stream() {
        return;
    }
    // A client that expects `100 Continue` does not send it.
    let is_expected = head.headers.contains_key(EXPECT);
    if is_expected || body.size_hint().lower() > MAX_DROPPED as u64 {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    if is_expected {
        return;
    }
    tokio::spawn(async move {
        let (mut dropped, mut turn) = (0, 0);
        while dropped <= MAX_DROPPED {
            turn = rest(turn).await;
            let frame = tokio::time::timeout(BODY_TIMEOUT, body.frame()).await;
            let Ok(Some(Ok(frame))) = frame else { return };
            slot.stir();
            let length = frame.data_ref().map_or(0, Bytes::len);
            dropped += length.max(SMALL);
            turn += length.max(PIECE);
        }
    });
}

fn too_slow() -> ServiceError {
    ServiceError::new(408, "The body did not come in time")
}

fn no_room() -> ServiceError {
    ServiceError::new(503, "Too much is being sent at once; try again later")
}

/// What the future gives, or `None` once the other one is told something.
pub(crate) async fn until<T>(
    told: &mut Receiver<()>,
    future: impl Future<Output = T>,
) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|context| {
        // A sender that is gone means the same as one that speaks.
        if Pin::new(&mut *told).poll(context).is_ready() {
            return Poll::Ready(None);
        }
        future.as_mut().poll(context).map(Some)
    })
    .await
}
