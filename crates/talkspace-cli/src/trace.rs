//! The transport that tells what `--verbose` asks for, and ends on a signal.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use http::{Request, Response};
use talkspace_core::{
    BlockingIncoming, BlockingTransport, Body, Cancel, Delivery, Exchange, GetVersion, Incoming,
    Operation, OperationInfo, Transport, TransportError,
};

use crate::cancelled::{Cancellable, cancelled, or_cancelled};
use crate::print;
use crate::view::View;

/// Knows which operation is under way, since a transport does not.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    operation: Arc<Mutex<&'static OperationInfo>>,
    verbose: bool,
}

impl Trace {
    pub(crate) fn new(verbose: bool) -> Self {
        Self {
            operation: Arc::new(Mutex::new(GetVersion::INFO)),
            verbose,
        }
    }

    /// The next requests are of this operation.
    pub(crate) fn begin(&self, operation: &'static OperationInfo) {
        *self
            .operation
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = operation;
    }

    pub(crate) fn operation(&self) -> &'static OperationInfo {
        *self
            .operation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn sends(&self, request: &Request<Body>) {
        if self.verbose {
            let view = View::new(self.operation(), request);
            print::note(format!("> {} ({})", view.line(), view.contents()));
        }
    }

    fn got<B>(&self, since: Instant, outcome: &Result<Response<B>, TransportError>) {
        if !self.verbose {
            return;
        }
        let took = since.elapsed();
        print::note(match outcome {
            Ok(answer) => format!("< {} after {took:.1?}", answer.status()),
            Err(error) => {
                let sent = match error.delivery() {
                    Delivery::NotSent => "nothing was sent",
                    _ => "it may have arrived",
                };
                format!("! {error}; {sent}, after {took:.1?}")
            }
        });
    }

    fn waits(&self, duration: Duration) {
        if self.verbose {
            print::note(format!("~ waiting {duration:.1?}"));
        }
    }
}

/// A transport that is looked at, and that a signal cancels.
#[derive(Debug)]
pub(crate) struct Traced<T> {
    inner: T,
    trace: Trace,
    cancel: Cancel,
}

impl<T> Traced<T> {
    pub(crate) const fn new(inner: T, trace: Trace, cancel: Cancel) -> Self {
        Self {
            inner,
            trace,
            cancel,
        }
    }
}

#[async_trait]
impl<T: Transport> Transport for Traced<T> {
    async fn exchange(&self, exchange: Exchange) -> Result<Response<Incoming>, TransportError> {
        self.trace.sends(&exchange.request);
        let since = Instant::now();
        let outcome = match self.cancel.is_cancelled() {
            true => Err(cancelled(Delivery::NotSent)),
            // Dropping the exchange ends it, and how far it was is not known then.
            false => or_cancelled(&self.cancel, self.inner.exchange(exchange))
                .await
                .unwrap_or_else(|| Err(cancelled(Delivery::MaybeSent))),
        };
        self.trace.got(since, &outcome);
        let (head, body) = outcome?.into_parts();
        let body = Cancellable::new(body, self.cancel.clone());
        Ok(Response::from_parts(head, Incoming::new(body)))
    }

    async fn sleep(&self, duration: Duration) {
        self.trace.waits(duration);
        or_cancelled(&self.cancel, self.inner.sleep(duration)).await;
    }
}

impl<T: BlockingTransport> BlockingTransport for Traced<T> {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &Cancel,
    ) -> Result<Response<BlockingIncoming>, TransportError> {
        self.trace.sends(&exchange.request);
        let since = Instant::now();
        let outcome = self.inner.exchange(exchange, cancel);
        self.trace.got(since, &outcome);
        outcome
    }

    fn sleep(&self, duration: Duration, cancel: &Cancel) {
        self.trace.waits(duration);
        self.inner.sleep(duration, cancel);
    }
}
