//! The body of a request on its way to the engine.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use talkspace_core::transport::{Body, BodyCursor, BodyPiece, StreamRead, TransportError};
use talkspace_core::{Delivery, FailureKind};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::meter::Meter;

/// The body of a request. Sources are read where blocking is allowed.
pub(crate) struct Upload {
    cursor: BodyCursor,
    left: u64,
    reading: Option<JoinHandle<Result<Bytes, TransportError>>>,
    stream: Option<StreamRead>,
    meter: Arc<Meter>,
}

impl Upload {
    pub(crate) fn new(body: &Body, meter: Arc<Meter>) -> Self {
        if body.is_empty() {
            meter.body_is_taken();
        }
        Self {
            cursor: body.cursor(),
            left: body.len(),
            reading: None,
            stream: None,
            meter,
        }
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, TransportError>> {
        loop {
            if let Some(reading) = &mut self.reading {
                let read = ready!(Pin::new(reading).poll(cx));
                self.reading = None;
                self.meter.source_gave();
                return Poll::Ready(read.unwrap_or_else(|_panic| Err(unreadable("it panicked"))));
            }
            if let Some(stream) = &mut self.stream {
                self.meter.reads_source();
                let read = ready!(stream.poll_chunk(cx));
                self.meter.source_gave();
                match read.transpose() {
                    Some(read) => return Poll::Ready(read),
                    None => self.stream = None,
                }
            }
            match self.cursor.next_piece() {
                Some(BodyPiece::Bytes(bytes)) => return Poll::Ready(Ok(bytes)),
                Some(BodyPiece::Stream(stream)) => {
                    self.stream = Some(stream);
                    // It can be read once. The engine writes what it has when it has
                    // to wait, so a connection that has ended is found before.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Some(piece) => {
                    self.meter.reads_source();
                    self.reading = Some(spawn_blocking(move || piece.read()));
                }
                None => return Poll::Ready(Err(unreadable("it is shorter than it was"))),
            }
        }
    }
}

fn unreadable(reason: &'static str) -> TransportError {
    TransportError::new(FailureKind::BodySource, Delivery::MaybeSent)
        .with_source(io::Error::other(reason))
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
                if this.left == 0 {
                    this.meter.body_is_taken();
                }
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Err(error) => {
                // The cause waits in the meter; the engine only has to stop.
                this.meter.body_failed(error);
                Poll::Ready(Some(Err(io::Error::other("the body source failed"))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
