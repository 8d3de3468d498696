//! The body of a response while it arrives, in both flavours.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;

use bytes::Bytes;
use http_body::Body as HttpBody;

use crate::transport::error::TransportError;

/// The body of a response from a [`Transport`](crate::transport::Transport).
///
/// Dropping it before its end closes or drains the connection.
pub struct ResponseBody(Async);

enum Async {
    Whole(Option<Bytes>),
    Stream(Pin<Box<dyn HttpBody<Data = Bytes, Error = TransportError> + Send>>),
}

impl ResponseBody {
    /// A body that arrives frame by frame.
    pub fn new(body: impl HttpBody<Data = Bytes, Error = TransportError> + Send + 'static) -> Self {
        Self(Async::Stream(Box::pin(body)))
    }

    /// The next bytes, or `None` at the end.
    ///
    /// # Errors
    ///
    /// What the transport met while reading; after an error there is no more.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        match &mut self.0 {
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

impl From<Bytes> for ResponseBody {
    fn from(bytes: Bytes) -> Self {
        Self(Async::Whole(Some(bytes)))
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
/// Dropping it before its end closes or drains the connection.
pub struct BlockingResponseBody(Blocking);

enum Blocking {
    Whole(Option<Bytes>),
    Stream(Box<dyn Chunks>),
}

impl BlockingResponseBody {
    /// A body that arrives piece by piece.
    pub fn new(chunks: impl Chunks + 'static) -> Self {
        Self(Blocking::Stream(Box::new(chunks)))
    }

    /// The next bytes, or `None` at the end.
    ///
    /// # Errors
    ///
    /// What the transport met while reading; after an error there is no more.
    pub fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        match &mut self.0 {
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
        Self(Blocking::Whole(Some(bytes)))
    }
}

impl fmt::Debug for BlockingResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingResponseBody")
            .finish_non_exhaustive()
    }
}
