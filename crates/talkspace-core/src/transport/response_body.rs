//! The body of a response while it arrives, in both flavours.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::transport::error::{FailureKind, TransportError};

#[cfg(test)]
mod tests;

/// The body of a response from a [`Transport`](crate::transport::Transport).
///
/// It is an [`http_body::Body`], so it can be handed to whatever takes one.
/// Dropping it before its end closes or drains the connection.
pub struct ResponseBody {
    body: Async,
    reused: Option<bool>,
}

enum Async {
    Whole(Option<Bytes>),
    Stream(Pin<Box<dyn HttpBody<Data = Bytes, Error = TransportError> + Send>>),
}

impl ResponseBody {
    /// A body that arrives frame by frame.
    pub fn new(body: impl HttpBody<Data = Bytes, Error = TransportError> + Send + 'static) -> Self {
        Self {
            body: Async::Stream(Box::pin(body)),
            reused: None,
        }
    }

    /// Says whether the connection had been used before, for an
    /// [observer](crate::observe::EventKind::ResponseHead). A transport that does
    /// not know says nothing; one that wraps a body hands on what it
    /// [says](Self::reused).
    #[must_use]
    pub fn with_reused(mut self, reused: impl Into<Option<bool>>) -> Self {
        self.reused = reused.into();
        self
    }

    /// Whether the connection had been used before. `None` if the transport does
    /// not say.
    #[must_use]
    pub const fn reused(&self) -> Option<bool> {
        self.reused
    }

    /// The next bytes, or `None` at the end.
    ///
    /// # Errors
    ///
    /// What the transport met while reading; after an error there is no more.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        match &mut self.body {
            Async::Whole(bytes) => Ok(bytes.take().filter(|bytes| !bytes.is_empty())),
            Async::Stream(body) => loop {
                let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await else {
                    return Ok(None);
                };
                // Trailers carry nothing that this API uses.
                if let Ok(data) = frame?.into_data() {
                    if !data.is_empty() {
                        return Ok(Some(data));
                    }
                }
            },
        }
    }
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        match &mut self.body {
            Async::Whole(bytes) => {
                let bytes = bytes.take().filter(|bytes| !bytes.is_empty());
                Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
            }
            Async::Stream(body) => body.as_mut().poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.body {
            Async::Whole(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Async::Stream(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            Async::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Async::Stream(body) => body.size_hint(),
        }
    }
}

impl From<Bytes> for ResponseBody {
    fn from(bytes: Bytes) -> Self {
        Self {
            body: Async::Whole(Some(bytes)),
            reused: None,
        }
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").finish_non_exhaustive()
    }
}

/// Bytes of a response, one piece after the other, for a blocking transport.
pub trait Chunks: Send {
    /// The next bytes, or `None` at the end.
    ///
    /// # Errors
    ///
    /// What the transport met while reading; after an error there is no more.
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError>;
}

/// The body of a response from a [`BlockingTransport`](crate::transport::BlockingTransport).
///
/// It is an [`io::Read`], so it can be handed to whatever takes one. An error of
/// that holds the [`TransportError`], and is never
/// [`Interrupted`](io::ErrorKind::Interrupted), which readers take for "again".
/// Dropping it before its end closes or drains the connection.
pub struct BlockingResponseBody {
    /// What a reader with little room has left of a chunk.
    rest: Bytes,
    chunks: Blocking,
    reused: Option<bool>,
}

enum Blocking {
    Whole(Option<Bytes>),
    Stream(Box<dyn Chunks>),
}

impl BlockingResponseBody {
    /// A body that arrives piece by piece.
    pub fn new(chunks: impl Chunks + 'static) -> Self {
        Self {
            rest: Bytes::new(),
            chunks: Blocking::Stream(Box::new(chunks)),
            reused: None,
        }
    }

    /// Says whether the connection had been used before, for an
    /// [observer](crate::observe::EventKind::ResponseHead). A transport that does
    /// not know says nothing; one that wraps a body hands on what it
    /// [says](Self::reused).
    #[must_use]
    pub fn with_reused(mut self, reused: impl Into<Option<bool>>) -> Self {
        self.reused = reused.into();
        self
    }

    /// Whether the connection had been used before. `None` if the transport does
    /// not say.
    #[must_use]
    pub const fn reused(&self) -> Option<bool> {
        self.reused
    }

    /// The next bytes, or `None` at the end.
    ///
    /// # Errors
    ///
    /// What the transport met while reading; after an error there is no more.
    pub fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        if !self.rest.is_empty() {
            return Ok(Some(std::mem::take(&mut self.rest)));
        }
        match &mut self.chunks {
            Blocking::Whole(bytes) => Ok(bytes.take().filter(|bytes| !bytes.is_empty())),
            Blocking::Stream(chunks) => loop {
                match chunks.next_chunk()? {
                    Some(bytes) if bytes.is_empty() => {}
                    piece => return Ok(piece),
                }
            },
        }
    }
}

impl From<Bytes> for BlockingResponseBody {
    fn from(bytes: Bytes) -> Self {
        Self {
            rest: Bytes::new(),
            chunks: Blocking::Whole(Some(bytes)),
            reused: None,
        }
    }
}

impl io::Read for BlockingResponseBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Whoever has no room must not wait for bytes.
        if buffer.is_empty() {
            return Ok(0);
        }
        self.rest = self.chunk().map_err(into_io)?.unwrap_or_default();
        // Reading from what is in memory cannot fail.
        let read = io::Read::read(&mut &*self.rest, buffer)?;
        self.rest.advance(read);
        Ok(read)
    }
}

fn into_io(error: TransportError) -> io::Error {
    io::Error::new(io_kind(error.kind()), error)
}

/// What a failure is to a reader.
pub(crate) const fn io_kind(kind: FailureKind) -> io::ErrorKind {
    match kind {
        FailureKind::Timeout => io::ErrorKind::TimedOut,
        FailureKind::Closed => io::ErrorKind::ConnectionReset,
        FailureKind::Truncated => io::ErrorKind::UnexpectedEof,
        FailureKind::Protocol | FailureKind::TooLarge => io::ErrorKind::InvalidData,
        _ => io::ErrorKind::Other,
    }
}

impl fmt::Debug for BlockingResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingResponseBody")
            .finish_non_exhaustive()
    }
}
