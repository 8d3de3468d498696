//! The pieces of a body, as the engine hands them over.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;

use crate::driver::Driver;

/// What is below this, the next piece is joined to, if it is there already. What
/// a piece costs on its way is more than to copy so many bytes.
const SMALL: usize = 8 * 1024;
/// How many are joined at most, so that a task with much to read lets others go on.
const AT_ONCE: usize = 256;

type Piece = Result<Frame<Bytes>, hyper::Error>;

/// A body of the engine, whose small pieces are joined.
pub(crate) struct Pieces {
    body: Incoming,
    /// What came after joined pieces: a large one, trailers, or a failure.
    ahead: Option<Box<Piece>>,
    is_over: bool,
}

impl Pieces {
    pub(crate) fn new(body: Incoming) -> Self {
        Self {
            body,
            ahead: None,
            is_over: false,
        }
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        self.is_over || (self.body.is_end_stream() && self.ahead.is_none())
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let ahead = self.ahead.as_deref().and_then(|piece| piece.as_ref().ok());
        if let Some(data) = ahead.and_then(Frame::data_ref) {
            let ahead = data.len() as u64;
            if let Some(upper) = hint.upper() {
                hint.set_upper(upper.saturating_add(ahead));
            }
            hint.set_lower(hint.lower().saturating_add(ahead));
        }
        hint
    }

    /// The next bytes that are there, with the engine's next steps done here if
    /// it may have them.
    pub(crate) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        driver: Option<&Driver>,
    ) -> Poll<Option<Piece>> {
        if let Some(piece) = self.ahead.take() {
            return Poll::Ready(Some(*piece));
        }
        if self.is_over {
            return Poll::Ready(None);
        }
        let body = Pin::new(&mut self.body);
        let first = match (body.poll_frame(cx), driver) {
            (Poll::Pending, Some(driver)) => ready!(self.poll_step(cx, driver)),
            (first, _) => ready!(first),
        };
        match (first, driver) {
            (Some(Ok(first)), Some(driver)) if !self.body.is_end_stream() => {
                let piece = first
                    .into_data()
                    .map(|first| Frame::data(self.join(first, cx, driver)));
                Poll::Ready(Some(Ok(piece.unwrap_or_else(|trailers| trailers))))
            }
            (first, _) => Poll::Ready(first),
        }
    }

    fn poll_step(&mut self, cx: &mut Context<'_>, driver: &Driver) -> Poll<Option<Piece>> {
        driver.step();
        Pin::new(&mut self.body).poll_frame(cx)
    }

    /// The first bytes, and the small pieces that are there after them.
    fn join(&mut self, first: Bytes, cx: &mut Context<'_>, driver: &Driver) -> Bytes {
        let mut joined = BytesMut::new();
        for _ in 1..AT_ONCE {
            if first.len().max(joined.len()) >= SMALL {
                break;
            }
            match self.poll_step(cx, driver) {
                // A large one is not copied: it comes next, by itself.
                Poll::Ready(Some(Ok(frame)))
                    if frame.data_ref().is_some_and(|data| data.len() < SMALL) =>
                {
                    if joined.is_empty() {
                        joined.extend_from_slice(&first);
                    }
                    joined.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
                }
                Poll::Ready(Some(other)) => {
                    self.ahead = Some(Box::new(other));
                    break;
                }
                Poll::Ready(None) => {
                    self.is_over = true;
                    break;
                }
                Poll::Pending => break,
            }
        }
        if joined.is_empty() {
            first
        } else {
            joined.freeze()
        }
    }
}
