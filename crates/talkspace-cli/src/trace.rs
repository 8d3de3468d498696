//! The transport that logs for `--verbose`, and that a signal cancels.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use http::{HeaderName, Response};
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, ResponseBody, Transport, TransportError,
};
use talkspace_core::{CancelToken, Delivery};

use crate::cancelled::{Cancellable, cancelled, or_cancelled};
use crate::print;
use crate::view::View;

/// Logs each request and the status code of its response, if that is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    verbose: bool,
    /// The header field that carries the id of a request.
    request_id: Option<HeaderName>,
}

impl Trace {
    pub(crate) const fn new(verbose: bool, request_id: Option<HeaderName>) -> Self {
        Self {
            verbose,
            request_id,
        }
    }

    fn sends(&self, exchange: &Exchange) {
        if !self.verbose {
            return;
        }
        if let Some(view) = View::of(exchange) {
            print::note(format!("> {} ({})", view.line(), view.contents()));
        }
        let headers = exchange.request().headers();
        if let Some(id) = self.request_id.as_ref().and_then(|name| headers.get(name)) {
            let id = String::from_utf8_lossy(id.as_bytes());
            print::note(format!("> request id {}", print::printable(&id)));
        }
    }

    fn got<B>(&self, since: Instant, outcome: &Result<Response<B>, TransportError>) {
        if !self.verbose {
            return;
        }
        let took = since.elapsed();
        print::note(match outcome {
            Ok(response) => format!("< {} after {took:.1?}", response.status()),
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

/// A transport that logs, and that a signal cancels.
#[derive(Debug)]
pub(crate) struct Traced<T> {
    inner: T,
    trace: Trace,
    cancel: CancelToken,
}

impl<T> Traced<T> {
    pub(crate) const fn new(inner: T, trace: Trace, cancel: CancelToken) -> Self {
        Self {
            inner,
            trace,
            cancel,
        }
    }
}

#[async_trait]
impl<T: Transport> Transport for Traced<T> {
    async fn exchange(&self, exchange: Exchange) -> Result<Response<ResponseBody>, TransportError> {
        self.trace.sends(&exchange);
        let since = Instant::now();
        let outcome = match self.cancel.is_cancelled() {
            true => Err(cancelled(Delivery::NotSent)),
            // Dropping the exchange cancels it, and how far it was is not known then.
            false => or_cancelled(&self.cancel, self.inner.exchange(exchange))
                .await
                .unwrap_or_else(|| Err(cancelled(Delivery::MaybeSent))),
        };
        self.trace.got(since, &outcome);
        let (head, body) = outcome?.into_parts();
        let reused = body.reused();
        let body = ResponseBody::new(Cancellable::new(body, self.cancel.clone()));
        Ok(Response::from_parts(head, body.with_reused(reused)))
    }

    async fn sleep(&self, duration: Duration) {
        self.trace.waits(duration);
        or_cancelled(&self.cancel, self.inner.sleep(duration)).await;
    }

    fn now(&self) -> Instant {
        self.inner.now()
    }
}

impl<T: BlockingTransport> BlockingTransport for Traced<T> {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        self.trace.sends(&exchange);
        let since = Instant::now();
        let outcome = self.inner.exchange(exchange, cancel);
        self.trace.got(since, &outcome);
        outcome
    }

    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        self.trace.waits(duration);
        self.inner.sleep(duration, cancel);
    }

    fn now(&self) -> Instant {
        self.inner.now()
    }
}
