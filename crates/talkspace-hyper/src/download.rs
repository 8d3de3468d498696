//! The body of a response on its way to the caller.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use talkspace_core::Phase;
use talkspace_core::transport::TransportError;
use tokio::time::Instant;

use crate::connection::Connection;
use crate::error::{in_body, too_large};
use crate::meter::Progress;
use crate::pieces::Pieces;
use crate::pool::Lease;

/// The body of a response. It holds its connection until its end.
pub(crate) struct Download {
    body: Pieces,
    /// `None` once the body is over.
    lease: Option<Lease>,
    /// Bytes that may still come.
    left: u64,
    /// The response is whole; the request may not be.
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
            body: Pieces::new(body),
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
        if progress.sent || !lease.accepted {
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
        let Connection {
            watch,
            meter,
            driver,
            ..
        } = &mut *lease.connection;
        let now = Instant::now();
        if !self.is_whole {
            watch.check_deadline(now, Phase::Body)?;
            let driver = meter.is_out().then_some(&**driver);
            match self.body.poll_next(cx, driver) {
                Poll::Ready(None) => self.is_whole = true,
                Poll::Ready(Some(Err(error))) => {
                    return Poll::Ready(Err(in_body(error, meter)));
                }
                Poll::Ready(Some(Ok(frame))) => {
                    let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                    watch.has_read(now, length);
                    let Some(left) = self.left.checked_sub(length) else {
                        let reason = "the body of the response is longer than the limit";
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
