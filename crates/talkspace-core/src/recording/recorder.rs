//! The transport that records another.

use std::fmt;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::response::Parts;
use http::{Response, StatusCode};
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::line::{FORMAT, First, Line, RecordedError, RecordedRequest, RecordedResponse};
use super::redaction::Redaction;
use super::replay::Replay;
use crate::operation::OperationInfo;
use crate::transport::CancelToken;
use crate::transport::Exchange;
use crate::transport::{BlockingResponseBody, Chunks, ResponseBody};
use crate::transport::{BlockingTransport, Transport};
use crate::transport::{Delivery, FailureKind, TransportError};

/// How much of a response is kept, in bytes: more than the largest file of the service.
const MAX_KEPT: usize = 32 * 1024 * 1024;

/// Writes exchanges down, as [`recording`](super) shows. Clones write to the same place.
///
/// A line is written and flushed when the body of the response has ended, or was dropped;
/// until then the response is in memory. An exchange never fails because it could not be
/// written: [`finish`](Self::finish) says so.
#[derive(Clone)]
pub struct Recorder(Arc<Mutex<Shared>>);

struct Shared {
    writer: Box<dyn Write + Send>,
    redaction: Redaction,
    /// How many exchanges have begun.
    begun: u64,
    /// That the writer has failed, for good: what came after a gap would be replayed as if
    /// there were none.
    failed: Option<io::ErrorKind>,
    /// Why, until it was told.
    error: Option<io::Error>,
}

impl Recorder {
    /// Begins a recording.
    ///
    /// # Errors
    ///
    /// Why its first line could not be written.
    pub fn new(writer: impl Write + Send + 'static) -> io::Result<Self> {
        let recorder = Self::of(writer, 0);
        let format = FORMAT.to_owned();
        recorder.shared().write(&First { format })?;
        Ok(recorder)
    }

    /// Goes on with a recording; `writer` appends to it.
    #[must_use]
    pub fn after(recorded: &Replay, writer: impl Write + Send + 'static) -> Self {
        Self::of(writer, recorded.last_number())
    }

    fn of(writer: impl Write + Send + 'static, begun: u64) -> Self {
        Self(Arc::new(Mutex::new(Shared {
            writer: Box::new(writer),
            redaction: Redaction::default(),
            begun,
            failed: None,
            error: None,
        })))
    }

    /// A transport that makes its exchanges by this one, and records them.
    #[must_use]
    pub fn wrap<T>(&self, transport: T) -> Recorded<T> {
        Recorded {
            inner: transport,
            recorder: self.clone(),
        }
    }

    /// Says whether all that ended so far was written.
    ///
    /// # Errors
    ///
    /// The first error of the writer; after that nothing is written any more. Asked again,
    /// it has the kind alone.
    pub fn finish(&self) -> io::Result<()> {
        let mut shared = self.shared();
        match (shared.error.take(), shared.failed) {
            (Some(error), _) => Err(error),
            (None, Some(kind)) => Err(kind.into()),
            (None, None) => shared.writer.flush(),
        }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, exchange: &Exchange) -> Pending {
        let mut shared = self.shared();
        shared.begun += 1;
        let (base, request) = shared.redaction.request(exchange);
        Pending {
            recorder: self.clone(),
            number: shared.begun,
            attempt: exchange.attempt(),
            info: exchange.operation(),
            base,
            request: Some(request),
            head: None,
            body: Vec::new(),
            is_cut: false,
            is_whole: false,
            error: None,
        }
    }
}

impl Shared {
    fn write(&mut self, line: &impl serde::Serialize) -> io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        self.writer.write_all(text.as_bytes())?;
        self.writer.flush()
    }
}

/// Shows how many exchanges have begun.
impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begun = self.0.try_lock().ok().map(|shared| shared.begun);
        f.debug_struct("Recorder")
            .field("begun", &begun)
            .finish_non_exhaustive()
    }
}

/// An exchange that goes on. Dropping it writes what became of it.
struct Pending {
    recorder: Recorder,
    number: u64,
    attempt: u32,
    info: Option<&'static OperationInfo>,
    base: String,
    request: Option<RecordedRequest>,
    head: Option<RecordedResponse>,
    body: Vec<u8>,
    /// Whether a piece had no room: a later one that has would come in its place.
    is_cut: bool,
    /// Whether the body has ended, or has all bytes that its head announced.
    is_whole: bool,
    error: Option<RecordedError>,
}

impl Pending {
    fn head(&mut self, head: &Parts) {
        let shared = self.recorder.shared();
        let length = head
            .headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok());
        self.is_whole = length == Some("0") || head.status == StatusCode::NO_CONTENT;
        let headers = shared.redaction.header_fields(&head.headers);
        self.head = Some(RecordedResponse::new(head.status.as_u16(), headers));
    }

    fn failed(&mut self, error: &TransportError) {
        self.error = Some(RecordedError::of(error));
    }

    fn take(&mut self, piece: &[u8]) {
        self.is_cut |= self.body.len() + piece.len() > MAX_KEPT;
        if self.is_cut {
            self.failed(&TransportError::maybe_sent(FailureKind::TooLarge));
        } else {
            self.body.extend_from_slice(piece);
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let Some(request) = self.request.take() else {
            return;
        };
        if self.error.is_none() && !self.is_whole {
            let dropped = TransportError::new(FailureKind::Cancelled, Delivery::MaybeSent);
            self.failed(&dropped);
        }
        let mut shared = self.recorder.shared();
        let mut response = self.head.take();
        if let Some(response) = &mut response {
            response.set_body(
                shared
                    .redaction
                    .body(self.info, response.status, &self.body),
            );
        }
        let line = Line {
            number: self.number,
            attempt: self.attempt,
            base: std::mem::take(&mut self.base),
            request,
            response,
            error: self.error.take(),
        };
        if shared.failed.is_none() {
            shared.error = shared.write(&line).err();
            shared.failed = shared.error.as_ref().map(io::Error::kind);
        }
    }
}

/// A transport whose exchanges are recorded: [`Recorder::wrap`] makes one.
#[derive(Clone, Debug)]
pub struct Recorded<T> {
    inner: T,
    recorder: Recorder,
}

#[async_trait]
impl<T: Transport> Transport for Recorded<T> {
    async fn exchange(&self, exchange: Exchange) -> Result<Response<ResponseBody>, TransportError> {
        let mut pending = self.recorder.begin(&exchange);
        let outcome = self.inner.exchange(exchange).await;
        let (head, inner) = outcome
            .inspect_err(|error| pending.failed(error))?
            .into_parts();
        pending.head(&head);
        pending.is_whole |= inner.is_end_stream();
        let reused = inner.reused();
        let body = ResponseBody::new(Tee { inner, pending }).with_reused(reused);
        Ok(Response::from_parts(head, body))
    }

    async fn sleep(&self, duration: Duration) {
        self.inner.sleep(duration).await;
    }

    fn now(&self) -> Instant {
        self.inner.now()
    }
}

impl<T: BlockingTransport> BlockingTransport for Recorded<T> {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        let mut pending = self.recorder.begin(&exchange);
        let outcome = self.inner.exchange(exchange, cancel);
        let (head, inner) = outcome
            .inspect_err(|error| pending.failed(error))?
            .into_parts();
        pending.head(&head);
        let reused = inner.reused();
        let body = BlockingResponseBody::new(Tee { inner, pending }).with_reused(reused);
        Ok(Response::from_parts(head, body))
    }

    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        self.inner.sleep(duration, cancel);
    }

    fn now(&self) -> Instant {
        self.inner.now()
    }
}

/// A body that is handed on and kept.
struct Tee<B> {
    inner: B,
    pending: Pending,
}

impl<B> Tee<B> {
    fn note(&mut self, piece: Option<Result<&[u8], &TransportError>>) {
        match piece {
            Some(Ok(piece)) => self.pending.take(piece),
            Some(Err(error)) => self.pending.failed(error),
            None => self.pending.is_whole = true,
        }
    }
}

impl HttpBody for Tee<ResponseBody> {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        match &frame {
            None => self.note(None),
            Some(Err(error)) => self.note(Some(Err(error))),
            Some(Ok(frame)) => {
                let piece = frame.data_ref().map(|piece| Ok(piece.as_ref()));
                self.note(Some(piece.unwrap_or(Ok(&[]))));
            }
        }
        // A reader that knows the length does not look for the end.
        self.pending.is_whole |= self.inner.is_end_stream();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Chunks for Tee<BlockingResponseBody> {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        let piece = self.inner.chunk();
        match &piece {
            Ok(piece) => self.note(piece.as_deref().map(Ok)),
            Err(error) => self.note(Some(Err(error))),
        }
        piece
    }
}
