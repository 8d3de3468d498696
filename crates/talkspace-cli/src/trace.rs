//! What `--verbose` tells, and the transport of `--dry-run`, which sends nothing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use talkspace_core::{
    BlockingIncoming, BlockingTransport, Body, Cancel, Delivery, Error, ErrorKind, Exchange,
    FailureKind, GetVersion, Incoming, Operation, OperationInfo, Transport, TransportError,
};

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

    fn operation(&self) -> &'static OperationInfo {
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

/// A transport that is looked at.
#[derive(Debug)]
pub(crate) struct Traced<T> {
    inner: T,
    trace: Trace,
}

impl<T> Traced<T> {
    pub(crate) const fn new(inner: T, trace: Trace) -> Self {
        Self { inner, trace }
    }
}

#[async_trait]
impl<T: Transport> Transport for Traced<T> {
    async fn exchange(&self, exchange: Exchange) -> Result<Response<Incoming>, TransportError> {
        self.trace.sends(&exchange.request);
        let since = Instant::now();
        let outcome = self.inner.exchange(exchange).await;
        self.trace.got(since, &outcome);
        outcome
    }

    async fn sleep(&self, duration: Duration) {
        self.trace.waits(duration);
        self.inner.sleep(duration).await;
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

/// Shows the first request, and ends the call as if it had been cancelled.
pub(crate) fn rehearse(
    trace: &Trace,
    request: &Request<Body>,
    json: bool,
) -> Result<Response<Bytes>, TransportError> {
    let view = View::new(trace.operation(), request);
    if json {
        print::out_json(&view.to_json());
    } else {
        print::out(&view.to_text());
    }
    Err(TransportError::new(
        FailureKind::Cancelled,
        Delivery::NotSent,
    ))
}

/// Whether the error only says that nothing was to be sent. This command
/// cancels no other call.
pub(crate) fn is_rehearsed(error: &Error) -> bool {
    error.kind() == ErrorKind::Transport(FailureKind::Cancelled)
}
