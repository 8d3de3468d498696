//! Bodies on their way: the request's to the engine, the answer's to the caller.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use talkspace_core::{Body, BodyCursor, Delivery, FailureKind, Phase, Piece, TransportError};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::Instant;

use crate::connect::Connection;
use crate::error::in_body;
use crate::exchange::too_large;
use crate::meter::{Meter, Progress};
use crate::pool::Pool;

/// The body of a request. Sources are read where blocking is allowed.
pub(crate) struct Upload {
    cursor: BodyCursor,
    left: u64,
    reading: Option<JoinHandle<Result<Bytes, TransportError>>>,
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
            match self.cursor.next_piece() {
                Some(Piece::Bytes(bytes)) => return Poll::Ready(Ok(bytes)),
                Some(Piece::Read(read)) => {
                    self.meter.asks_source();
                    self.reading = Some(spawn_blocking(move || read.read()));
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

/// A connection in use, and where it goes afterwards. Dropping it closes it.
pub(crate) struct Lease {
    pub(crate) connection: Box<Connection>,
    pub(crate) pool: Arc<Pool>,
    /// Whether the answer allows another exchange.
    pub(crate) reusable: bool,
    /// Whether the peer accepts the request; then it gets all of it, though its
    /// answer be whole before.
    pub(crate) accepted: bool,
    /// How long it may be idle, by what the peer said.
    pub(crate) idle_limit: Duration,
}

impl Lease {
    /// The answer is whole: keeps the connection if the request is, too.
    fn finish(self, progress: &Progress) {
        if self.reusable && progress.sent_at.is_some() {
            // To the peer it is idle since then, however late it is read.
            let since = progress.moved_at;
            self.pool.put(self.connection, since, self.idle_limit);
        }
    }
}

/// The body of an answer. It holds its connection until its end.
pub(crate) struct Download {
    body: hyper::body::Incoming,
    /// `None` once the body is over.
    lease: Option<Lease>,
    /// Bytes that may still come.
    left: u64,
    /// The answer is whole; the request may not be.
    is_whole: bool,
}

impl Download {
    /// `is_whole` says that there is no body to wait for, whatever its framing.
    pub(crate) fn new(
        body: hyper::body::Incoming,
        lease: Lease,
        limit: u64,
        is_whole: bool,
    ) -> Self {
        let mut download = Self {
            body,
            lease: Some(lease),
            left: limit,
            is_whole,
        };
        download.finish_at_end();
        download
    }

    fn finish_at_end(&mut self) {
        self.is_whole |= self.body.is_end_stream();
        if !self.is_whole {
            return;
        }
        let Some(lease) = &self.lease else { return };
        let progress = lease.connection.meter.progress();
        if progress.sent_at.is_some() || !lease.accepted {
            self.finish(&progress);
        }
    }

    fn finish(&mut self, progress: &Progress) {
        if let Some(lease) = self.lease.take() {
            lease.finish(progress);
        }
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Frame<Bytes>>, TransportError>> {
        let Some(lease) = &mut self.lease else {
            return Poll::Ready(Ok(None));
        };
        let Connection { watch, meter, .. } = &mut *lease.connection;
        let now = Instant::now();
        if !self.is_whole {
            watch.check_deadline(now, Phase::Body)?;
            match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Ready(None) => self.is_whole = true,
                Poll::Ready(Some(Err(error))) => {
                    return Poll::Ready(Err(in_body(error, meter)));
                }
                Poll::Ready(Some(Ok(frame))) => {
                    watch.has_read();
                    let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                    let Some(left) = self.left.checked_sub(length) else {
                        let reason = "the body of the answer is longer than the limit";
                        return Poll::Ready(Err(too_large(reason)));
                    };
                    self.left = left;
                    return Poll::Ready(Ok(Some(frame)));
                }
                Poll::Pending => return watch.poll_silence(cx, now).map(Err),
            }
        }
        let progress = match lease.accepted {
            true => ready!(watch.poll_sent(cx, now))?,
            false => meter.progress(),
        };
        self.finish(&progress);
        Poll::Ready(Ok(None))
    }
}

impl HttpBody for Download {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let this = self.get_mut();
        match ready!(this.poll_next(cx)) {
            Ok(Some(frame)) => {
                this.finish_at_end();
                Poll::Ready(Some(Ok(frame)))
            }
            Ok(None) => Poll::Ready(None),
            Err(error) => {
                this.lease = None;
                Poll::Ready(Some(Err(error)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.lease.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
