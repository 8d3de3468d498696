//! A file while it arrives, in both flavours.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::error::Error;
use crate::send::Transfer;
use crate::transport::{
    BlockingResponseBody, BlockingTransport, Delivery, FailureKind, ResponseBody, Transport,
    TransportError, io_kind,
};

#[cfg(test)]
mod tests;

/// A file while it arrives, from [`Client::open`](crate::Client::open).
///
/// It is an [`http_body::Body`], so that a server can hand it on as it is, as
/// `axum::body::Body::new(media)` for instance; read here, it gives
/// [chunks](Self::chunk). Its time limits run only while somebody waits for bytes.
///
/// Dropping it before its end closes the connection. A download that breaks off is
/// not begun again: the [`Error`] says [how many bytes](Error::delivered_bytes) were
/// delivered, and there are no more after it.
#[must_use = "a file that is not read does not arrive"]
pub struct MediaBody {
    transfer: Transfer,
    transport: Arc<dyn Transport>,
    /// `None` after the end, or after an error. In a lock that is never taken, so
    /// that this can be shared.
    body: Mutex<Option<ResponseBody>>,
    /// Whether all was delivered, or will never be.
    is_over: bool,
}

impl MediaBody {
    pub(super) fn new(
        transfer: Transfer,
        transport: Arc<dyn Transport>,
        body: Option<ResponseBody>,
    ) -> Self {
        Self {
            is_over: body.is_none(),
            transfer,
            transport,
            body: Mutex::new(body),
        }
    }

    /// The length of the file in bytes, if the response says it.
    #[must_use]
    pub const fn content_length(&self) -> Option<u64> {
        self.transfer.announced()
    }

    /// The header fields of the response.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        self.transfer.headers()
    }

    /// How many bytes were delivered so far.
    #[must_use]
    pub const fn delivered(&self) -> u64 {
        self.transfer.delivered()
    }

    /// The next bytes, or `None` at the end. Cancel safe: dropping the future
    /// loses nothing.
    ///
    /// # Errors
    ///
    /// [`Error`], if the rest does not arrive; after it there is no more.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        if let Some(first) = self.transfer.take_first() {
            self.see_the_end()?;
            return Poll::Ready(Ok(Some(first)));
        }
        let body = self.body.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(rest) = body else {
            return Poll::Ready(Ok(None));
        };
        let arrived = ready!(poll_data(rest, cx));
        let taken = arrived.and_then(|piece| {
            piece
                .map(|piece| self.transfer.add(&piece).map(|()| piece))
                .transpose()
        });
        Poll::Ready(match taken {
            Ok(Some(piece)) => {
                self.see_the_end()?;
                Ok(Some(piece))
            }
            Ok(None) => self.finish().map(|()| None),
            Err(failure) => Err(self.break_off(failure)),
        })
    }

    /// Has the end behind it once the last byte was delivered: a server that knows
    /// the length asks for no more.
    fn see_the_end(&mut self) -> Result<(), Error> {
        let body = self.body.get_mut().unwrap_or_else(PoisonError::into_inner);
        let is_at_end = body.as_ref().is_some_and(HttpBody::is_end_stream);
        match is_at_end
            && self
                .content_length()
                .is_none_or(|all| all <= self.delivered())
        {
            true => self.finish(),
            false => Ok(()),
        }
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.give_up();
        self.transfer.end(self.transport.now())
    }

    /// The error of a file that could not be written where it was to go, of kind
    /// [`Writer`](FailureKind::Writer) and with what the writer said as its source.
    /// The download ends with it.
    ///
    /// ```
    /// use std::io::Write;
    /// use talkspace_core::{Client, Download, Error};
    ///
    /// async fn save(client: &Client, url: &str, mut file: impl Write) -> Result<(), Error> {
    ///     let mut media = client.open(Download::new(url)).await?;
    ///     while let Some(chunk) = media.chunk().await? {
    ///         file.write_all(&chunk).map_err(|error| media.unwritten(error))?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn unwritten(&mut self, error: io::Error) -> Error {
        self.break_off(unwritten(error))
    }

    fn break_off(&mut self, failure: TransportError) -> Error {
        self.give_up();
        self.transfer.broke_off(self.transport.now(), failure)
    }

    fn give_up(&mut self) {
        self.is_over = true;
        self.body = Mutex::new(None);
    }
}

fn unwritten(error: io::Error) -> TransportError {
    TransportError::new(FailureKind::Writer, Delivery::MaybeSent).with_source(error)
}

fn poll_data(
    body: &mut ResponseBody,
    cx: &mut Context<'_>,
) -> Poll<Result<Option<Bytes>, TransportError>> {
    loop {
        let Some(frame) = ready!(Pin::new(&mut *body).poll_frame(cx)) else {
            return Poll::Ready(Ok(None));
        };
        // Trailers carry nothing that this API uses.
        if let Ok(data) = frame?.into_data() {
            if !data.is_empty() {
                return Poll::Ready(Ok(Some(data)));
            }
        }
    }
}

impl HttpBody for MediaBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let chunk = ready!(self.get_mut().poll_chunk(cx));
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)).transpose())
    }

    fn is_end_stream(&self) -> bool {
        self.is_over && !self.transfer.has_first()
    }

    fn size_hint(&self) -> SizeHint {
        match self.content_length() {
            Some(all) => SizeHint::with_exact(all.saturating_sub(self.delivered())),
            None => SizeHint::default(),
        }
    }
}

impl fmt::Debug for MediaBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaBody")
            .field("content_length", &self.content_length())
            .field("delivered", &self.delivered())
            .finish_non_exhaustive()
    }
}

/// A file while it arrives, from [`BlockingClient::open`](crate::BlockingClient::open).
///
/// It is an [`io::Read`]: `io::copy` writes it anywhere. An error of that holds the
/// [`Error`]. Its time limits run only while somebody waits for bytes, and the
/// [token](crate::BlockingClient::with_cancel) of the client ends it.
///
/// Dropping it before its end closes the connection. A download that breaks off is
/// not begun again: the [`Error`] says [how many bytes](Error::delivered_bytes) were
/// delivered, and there are no more after it.
#[must_use = "a file that is not read does not arrive"]
pub struct BlockingMediaBody {
    transfer: Transfer,
    transport: Arc<dyn BlockingTransport>,
    /// `None` after the end, or after an error.
    body: Option<BlockingResponseBody>,
    /// What a reader with little room has left of a chunk.
    rest: Bytes,
}

impl BlockingMediaBody {
    pub(super) fn new(
        transfer: Transfer,
        transport: Arc<dyn BlockingTransport>,
        body: Option<BlockingResponseBody>,
    ) -> Self {
        Self {
            transfer,
            transport,
            body,
            rest: Bytes::new(),
        }
    }

    /// The length of the file in bytes, if the response says it.
    #[must_use]
    pub const fn content_length(&self) -> Option<u64> {
        self.transfer.announced()
    }

    /// The header fields of the response.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        self.transfer.headers()
    }

    /// How many bytes were delivered so far.
    #[must_use]
    pub fn delivered(&self) -> u64 {
        self.transfer.delivered() - self.rest.len() as u64
    }

    /// The next bytes, or `None` at the end.
    ///
    /// # Errors
    ///
    /// [`Error`], if the rest does not arrive; after it there is no more.
    pub fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        if !self.rest.is_empty() {
            return Ok(Some(std::mem::take(&mut self.rest)));
        }
        if let Some(first) = self.transfer.take_first() {
            return Ok(Some(first));
        }
        let Some(body) = &mut self.body else {
            return Ok(None);
        };
        let taken = body.chunk().and_then(|piece| {
            piece
                .map(|piece| self.transfer.add(&piece).map(|()| piece))
                .transpose()
        });
        match taken {
            Ok(Some(piece)) => Ok(Some(piece)),
            Ok(None) => {
                self.body = None;
                self.transfer.end(self.transport.now()).map(|()| None)
            }
            Err(failure) => Err(self.break_off(failure)),
        }
    }

    /// The error of a file that could not be written where it was to go, of kind
    /// [`Writer`](FailureKind::Writer) and with what the writer said as its source.
    /// The download ends with it.
    ///
    /// ```
    /// use std::io::Write;
    /// use talkspace_core::{BlockingClient, Download, Error};
    ///
    /// fn save(client: &BlockingClient, url: &str, mut file: impl Write) -> Result<(), Error> {
    ///     let mut media = client.open(Download::new(url))?;
    ///     while let Some(chunk) = media.chunk()? {
    ///         file.write_all(&chunk).map_err(|error| media.unwritten(error))?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn unwritten(&mut self, error: io::Error) -> Error {
        self.break_off(unwritten(error))
    }

    fn break_off(&mut self, failure: TransportError) -> Error {
        self.body = None;
        self.transfer.broke_off(self.transport.now(), failure)
    }
}

impl io::Read for BlockingMediaBody {
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

fn into_io(error: Error) -> io::Error {
    let kind = error.transport_error().map(TransportError::kind);
    io::Error::new(io_kind(kind.unwrap_or(FailureKind::Other)), error)
}

impl fmt::Debug for BlockingMediaBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingMediaBody")
            .field("content_length", &self.content_length())
            .field("delivered", &self.delivered())
            .finish_non_exhaustive()
    }
}
