//! The client, as a case uses it by itself, with every exchange on record.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Response;

use super::evidence::Evidence;
use crate::client::{CancelToken, Client, Exchange, ResponseBody, TransportError};

/// Passes everything on and keeps the evidence.
pub(super) struct Recorder {
    pub(super) client: Arc<dyn Client>,
    pub(super) evidence: Evidence,
}

impl Client for Recorder {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<ResponseBody>, TransportError> {
        let method = exchange.request().method();
        let path = exchange.request().uri().path();
        let number = self.evidence.begin(format!("{method} {path}"), None);
        let since = Instant::now();
        let result = self.client.exchange(exchange, cancel);
        self.evidence.end_exchange(number, &result, since.elapsed());
        result
    }

    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        self.client.sleep(duration, cancel);
    }
}
