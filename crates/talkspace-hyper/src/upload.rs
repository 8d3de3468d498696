//! The body of a request on its way to the engine.

use std::future::Future;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use std::vec;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use talkspace_core::transport::{
    Body, BodyCursor, BodyPiece, SourceRead, StreamRead, TransportError,
};
use talkspace_core::{Delivery, FailureKind};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::meter::Meter;

/// How many pieces of a source are read at once, of 64 KiB: the way to another thread
/// and back costs as much as to read one. The engine reads on when it has less than
/// 64 KiB left, so it is 256 KiB that are held at most.
const AT_ONCE: usize = 3;
/// What takes longer to read is sent first, so that the peer does not wait for
/// more of it.
pub(crate) const QUICK: Duration = Duration::from_millis(5);

/// Pieces that were read, and at their end the failure if one could not be.
type Pieces = vec::IntoIter<Result<Bytes, TransportError>>;

/// The body of a request. Sources are read where blocking is allowed.
pub(crate) struct Upload {
    cursor: BodyCursor,
    left: u64,
    reading: Option<JoinHandle<(Pieces, BodyCursor)>>,
    pieces: Pieces,
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
            pieces: Pieces::default(),
            stream: None,
            meter,
        }
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, TransportError>> {
        loop {
            if let Some(piece) = self.pieces.next() {
                return Poll::Ready(piece);
            }
            if let Some(reading) = &mut self.reading {
                let read = ready!(Pin::new(reading).poll(cx));
                self.reading = None;
                self.meter.source_gave();
                let Ok((pieces, cursor)) = read else {
                    return Poll::Ready(Err(unreadable("it panicked")));
                };
                (self.pieces, self.cursor) = (pieces, cursor);
                continue;
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
            // The size of a source, and what it has in memory, are said by code of the caller's.
            // Whatever a panic left half done is dropped with the exchange.
            let next = catch_unwind(AssertUnwindSafe(|| self.cursor.next_piece()));
            match next {
                Ok(Some(BodyPiece::Bytes(bytes))) => return Poll::Ready(Ok(bytes)),
                Ok(Some(BodyPiece::Stream(stream))) => {
                    self.stream = Some(stream);
                    // It can be read once. The engine writes what it has when it has
                    // to wait, so a connection that has ended is found before.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Ok(Some(BodyPiece::Read(first))) => {
                    self.meter.reads_source();
                    let cursor = self.cursor.clone();
                    self.reading = Some(spawn_blocking(move || read(first, cursor)));
                }
                Ok(Some(_)) => return Poll::Ready(Err(unreadable("it is of an unknown kind"))),
                Ok(None) => return Poll::Ready(Err(unreadable("it is shorter than it was"))),
                Err(_panic) => return Poll::Ready(Err(unreadable("it panicked"))),
            }
        }
    }
}

/// Reads the first piece, and those of the same source that are quick to read. The
/// cursor then is behind them.
fn read(first: SourceRead, mut cursor: BodyCursor) -> (Pieces, BodyCursor) {
    let begin = Instant::now();
    let mut pieces = Vec::with_capacity(AT_ONCE);
    pieces.push(first.read());
    while pieces.len() < AT_ONCE
        && pieces.last().is_some_and(Result::is_ok)
        && begin.elapsed() < QUICK
    {
        let mut ahead = cursor.clone();
        let Some(BodyPiece::Read(next)) = ahead.next_piece() else {
            break;
        };
        cursor = ahead;
        pieces.push(next.read());
    }
    (pieces.into_iter(), cursor)
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
