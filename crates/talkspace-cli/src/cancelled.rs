//! How a signal ends an exchange of the async transport, which knows no
//! [`CancelToken`] and is ended by dropping it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame};
use talkspace_core::transport::{ResponseBody, TransportError};
use talkspace_core::{CancelToken, Delivery, FailureKind};

/// The future's output, unless it is cancelled first.
pub(crate) async fn or_cancelled<F: Future>(cancel: &CancelToken, future: F) -> Option<F::Output> {
    let (tell, mut told) = tokio::sync::oneshot::channel();
    let _registered = cancel.on_cancel(move || _ = tell.send(()));
    let mut future = pin!(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Pin::new(&mut told).poll(context).map(|_| None),
    })
    .await
}

pub(crate) fn cancelled(delivery: Delivery) -> TransportError {
    TransportError::new(FailureKind::Cancelled, delivery)
}

/// The body of a response, until it is cancelled.
pub(crate) struct Cancellable {
    cancel: CancelToken,
    next: Next,
}

/// The next bytes, and the body that the rest comes from.
type Next = Pin<Box<dyn Future<Output = (ResponseBody, Chunk)> + Send>>;
type Chunk = Result<Option<Bytes>, TransportError>;

impl Cancellable {
    pub(crate) fn new(body: ResponseBody, cancel: CancelToken) -> Self {
        let next = next(body, cancel.clone());
        Self { cancel, next }
    }
}

fn next(mut body: ResponseBody, cancel: CancelToken) -> Next {
    Box::pin(async move {
        let chunk = or_cancelled(&cancel, body.chunk()).await;
        let chunk = chunk.unwrap_or_else(|| Err(cancelled(Delivery::MaybeSent)));
        (body, chunk)
    })
}

impl Body for Cancellable {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let Poll::Ready((body, chunk)) = self.next.as_mut().poll(context) else {
            return Poll::Pending;
        };
        self.next = next(body, self.cancel.clone());
        Poll::Ready(chunk.transpose().map(|chunk| chunk.map(Frame::data)))
    }
}
