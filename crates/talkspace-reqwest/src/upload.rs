//! The body of a request on its way to the engine.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use talkspace_core::transport::{
    Body, BodyCursor, BodyPiece, FailureKind, Phase, StreamRead, TransportError,
};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::progress::Progress;

/// The body of a request. Sources are read where blocking is allowed.
pub(crate) struct Upload {
    cursor: BodyCursor,
    left: u64,
    reading: Option<JoinHandle<Result<Bytes, TransportError>>>,
    /// The engine wants its bodies to be `Sync`.
    stream: Mutex<Option<StreamRead>>,
    progress: Arc<Progress>,
}

impl Upload {
    pub(crate) fn new(body: &Body, progress: Arc<Progress>) -> Self {
        Self {
            cursor: body.cursor(),
            left: body.len(),
            reading: None,
            stream: Mutex::default(),
            progress,
        }
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, TransportError>> {
        loop {
            if let Some(reading) = &mut self.reading {
                let read = ready!(Pin::new(reading).poll(cx));
                self.reading = None;
                return Poll::Ready(read.unwrap_or_else(|_panic| Err(unreadable("it panicked"))));
            }
            let stream = self
                .stream
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner);
            if let Some(waiting) = stream {
                self.progress.reads_source();
                match ready!(waiting.poll_chunk(cx)).transpose() {
                    Some(read) => return Poll::Ready(read),
                    None => *stream = None,
                }
            }
            match self.cursor.next_piece() {
                Some(BodyPiece::Bytes(bytes)) => return Poll::Ready(Ok(bytes)),
                Some(BodyPiece::Stream(waiting)) => *stream = Some(waiting),
                Some(piece) => {
                    self.progress.reads_source();
                    self.reading = Some(spawn_blocking(move || piece.read()));
                }
                None => return Poll::Ready(Err(unreadable("it is shorter than it was"))),
            }
        }
    }

    fn phase(&self) -> Phase {
        match self.left {
            0 => Phase::Head,
            _ => Phase::Send,
        }
    }
}

fn unreadable(reason: &'static str) -> TransportError {
    TransportError::maybe_sent(FailureKind::BodySource).with_source(io::Error::other(reason))
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        if this.left == 0 {
            return Poll::Ready(None);
        }
        match ready!(this.poll_piece(cx)) {
            Ok(bytes) => {
                this.left = this.left.saturating_sub(bytes.len() as u64);
                this.progress.moves(this.phase());
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Err(error) => {
                // The cause waits there; the engine only has to stop.
                this.progress.fails(error);
                Poll::Ready(Some(Err(io::Error::other("the body source failed"))))
            }
        }
    }

    /// The engine asks this when it has a connection: the head is written next.
    fn is_end_stream(&self) -> bool {
        if !self.progress.has_begun() {
            self.progress.moves(self.phase());
        }
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
