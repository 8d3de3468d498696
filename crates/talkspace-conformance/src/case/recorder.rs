//! The adapter, as the core's own client drives it, with every exchange on record.

use std::sync::Arc;
use std::time::Duration;

use http::Response;
use talkspace_core::CancelToken;
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, TransportError,
};

use super::evidence::Evidence;

/// Passes everything on and keeps the evidence.
pub(super) struct Recorder {
    pub(super) transport: Arc<dyn BlockingTransport>,
    pub(super) evidence: Evidence,
}

impl BlockingTransport for Recorder {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        let method = exchange.request().method();
        let path = exchange.request().uri().path();
        let number = self.evidence.begin(format!("{method} {path}"), None);
        let result = self.transport.exchange(exchange, cancel);
        self.evidence.end_exchange(number, &result);
        result
    }

    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        self.transport.sleep(duration, cancel);
    }
}
