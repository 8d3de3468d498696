//! A part of a body that arrives while it is sent, and can be sent once.

use std::error::Error as StdError;
use std::fmt;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, Bytes};
use http_body::{Body as HttpBody, Frame};

use super::READ_SIZE;
use crate::transport::error::{Delivery, FailureKind, TransportError};

#[cfg(test)]
mod tests;

type BoxError = Box<dyn StdError + Send + Sync>;

/// Content that arrives while it is sent, such as the body of a request that a
/// server forwards. It is read once: then it is spent, and what holds it cannot be
/// sent again. Clones share it.
#[derive(Clone)]
pub struct BodyStream {
    shared: Arc<Shared>,
    report: Option<Arc<dyn Fn(u64, u64) + Send + Sync>>,
}

struct Shared {
    length: u64,
    /// It blocks where it would have to be awaited.
    blocks: bool,
    /// `None` once it is spent.
    source: Mutex<Option<Pin<Box<dyn Pull>>>>,
}

/// Any body, by one type.
trait Pull: Send {
    fn poll_pull(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BoxError>>>;
}

impl<B: HttpBody<Error: Into<BoxError>> + Send> Pull for B {
    fn poll_pull(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BoxError>>> {
        loop {
            match ready!(self.as_mut().poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                Some(Ok(frame)) => {
                    // Trailers have no place in a part of a body.
                    if let Ok(mut data) = frame.into_data() {
                        let length = data.remaining();
                        if length > 0 {
                            return Poll::Ready(Some(Ok(data.copy_to_bytes(length))));
                        }
                    }
                }
            }
        }
    }
}

impl BodyStream {
    /// The first `length` bytes of a body.
    pub fn new(body: impl HttpBody<Error: Into<BoxError>> + Send + 'static, length: u64) -> Self {
        Self::of(body, length, false)
    }

    /// The first `length` bytes of a reader, for a blocking transport: whoever reads
    /// it [blocks](Self::blocks).
    pub fn from_reader(reader: impl Read + Send + Unpin + 'static, length: u64) -> Self {
        let buffer = vec![0; READ_SIZE].into_boxed_slice();
        Self::of(Reader { reader, buffer }, length, true)
    }

    fn of(
        body: impl HttpBody<Error: Into<BoxError>> + Send + 'static,
        length: u64,
        blocks: bool,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                length,
                blocks,
                source: Mutex::new(Some(Box::pin(body))),
            }),
            report: None,
        }
    }

    pub(crate) fn on_progress(mut self, report: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        self.report = Some(Arc::new(report));
        self
    }

    /// The number of bytes that will be sent.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.shared.length
    }

    /// Whether that is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it was read already, or a part of it.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.source().is_none()
    }

    /// Whether it is read by a thread that may block, and not awaited.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.shared.blocks
    }

    fn source(&self) -> std::sync::MutexGuard<'_, Option<Pin<Box<dyn Pull>>>> {
        let source = self.shared.source.lock();
        source.unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for BodyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyStream({} bytes)", self.len())
    }
}

/// The reading of a [`BodyStream`], for a transport that can wait for it.
pub struct StreamRead {
    stream: BodyStream,
    /// What gives the bytes, from the first poll to the last.
    source: Option<Pin<Box<dyn Pull>>>,
    left: u64,
}

impl StreamRead {
    pub(super) fn new(stream: BodyStream) -> Self {
        Self {
            left: stream.len(),
            stream,
            source: None,
        }
    }

    /// The number of bytes that are still to come.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.left
    }

    /// The next bytes, or `None` after the last. The first poll spends the stream,
    /// so poll once the request can be sent.
    ///
    /// # Errors
    ///
    /// [`FailureKind::BodySource`] with the stream's own error, with
    /// [`io::ErrorKind::UnexpectedEof`] when it is shorter than it said, or with
    /// [`SpentBody`]. The delivery is [`Delivery::MaybeSent`]: the head may be out
    /// already.
    pub fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Bytes>, TransportError>> {
        if self.left == 0 {
            return Poll::Ready(Ok(None));
        }
        if self.source.is_none() {
            self.source = self.stream.source().take();
        }
        let Some(source) = &mut self.source else {
            return Poll::Ready(Err(unreadable(SpentBody)));
        };
        // Whatever a panic left half done is dropped with the exchange.
        let pulled = catch_unwind(AssertUnwindSafe(|| source.as_mut().poll_pull(cx)));
        let pulled = match pulled {
            Ok(pulled) => ready!(pulled),
            Err(_panic) => Some(Err(
                io::Error::other("the source of the body panicked").into()
            )),
        };
        Poll::Ready(match pulled {
            Some(Ok(mut bytes)) => {
                // What it has beyond its length is not sent.
                bytes.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
                self.left -= bytes.len() as u64;
                if self.left == 0 {
                    self.source = None;
                }
                if let Some(report) = &self.stream.report {
                    report(self.stream.len() - self.left, self.stream.len());
                }
                Ok(Some(bytes))
            }
            Some(Err(error)) => Err(unreadable(error)),
            None => Err(unreadable(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the source ended before its stated length",
            ))),
        })
    }

    /// The next bytes of a stream that [blocks](BodyStream::blocks), or `None` after
    /// the last. It may take its time, as [`BodySource`](super::BodySource::read_at) may.
    ///
    /// # Errors
    ///
    /// Those of [`poll_chunk`](Self::poll_chunk); and for a stream that has to be
    /// awaited, which is not spent by that.
    pub fn read_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        if !self.stream.blocks() {
            return Err(Self::unsupported());
        }
        match self.poll_chunk(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(read) => read,
            Poll::Pending => Err(Self::unsupported()),
        }
    }

    /// What it is to a transport that cannot wait for it.
    pub(crate) fn unsupported() -> TransportError {
        unreadable(io::Error::new(
            io::ErrorKind::Unsupported,
            "a body that has to be awaited cannot be sent by a blocking transport",
        ))
    }

    /// What it is to a transport that must not block.
    pub(crate) fn blocking() -> TransportError {
        unreadable(io::Error::new(
            io::ErrorKind::Unsupported,
            "a body of a blocking reader cannot be sent by an async transport",
        ))
    }
}

/// A reader as a body that never has to be awaited.
struct Reader<R> {
    reader: R,
    buffer: Box<[u8]>,
}

impl<R: Read + Unpin> HttpBody for Reader<R> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let Self { reader, buffer } = self.get_mut();
        let read = loop {
            match reader.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        Poll::Ready(match read {
            Ok(0) => None,
            Ok(read) => {
                let bytes = Bytes::copy_from_slice(buffer.get(..read).unwrap_or_default());
                Some(Ok(Frame::data(bytes)))
            }
            Err(error) => Some(Err(error)),
        })
    }
}

fn unreadable(reason: impl Into<BoxError>) -> TransportError {
    TransportError::new(FailureKind::BodySource, Delivery::MaybeSent).with_source(reason)
}

impl fmt::Debug for StreamRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamRead")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

/// The source of a failure to read a [`BodyStream`] for a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpentBody;

impl fmt::Display for SpentBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the source of the body was read already, and can be read once only")
    }
}

impl StdError for SpentBody {}
