//! A transport that does as it is told, on a clock of its own.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::Response;
use talkspace_core::CancelToken;
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, ResponseBody, Transport, TransportError,
};

/// How an exchange ends, how long that takes, and whether its connection is reused.
pub(crate) struct Ends {
    pub(crate) after: Duration,
    pub(crate) reused: bool,
    pub(crate) with: Result<Response<Bytes>, TransportError>,
}

#[derive(Clone)]
pub(crate) struct Scripted {
    ends: Arc<Mutex<VecDeque<Ends>>>,
    clock: Arc<Mutex<Instant>>,
}

impl Scripted {
    pub(crate) fn new(ends: impl IntoIterator<Item = Ends>) -> Self {
        Self {
            ends: Arc::new(Mutex::new(ends.into_iter().collect())),
            clock: Arc::new(Mutex::new(Instant::now())),
        }
    }

    pub(crate) fn time(&self) -> Instant {
        *self.clock.lock().unwrap()
    }

    fn pass(&self, duration: Duration) {
        *self.clock.lock().unwrap() += duration;
    }

    fn next(&self) -> Result<(Response<Bytes>, bool), TransportError> {
        tracing::debug!("what a transport traces");
        let mut ends = self.ends.lock().unwrap();
        let Ends {
            after,
            reused,
            with,
        } = ends.pop_front().expect("an exchange too many");
        self.pass(after);
        match with {
            Ok(response) => Ok((response, reused)),
            Err(error) => Err(error.with_reused(reused)),
        }
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn exchange(&self, _: Exchange) -> Result<Response<ResponseBody>, TransportError> {
        let (response, reused) = self.next()?;
        Ok(response.map(|body| ResponseBody::from(body).with_reused(reused)))
    }

    async fn sleep(&self, duration: Duration) {
        self.pass(duration);
    }

    fn now(&self) -> Instant {
        self.time()
    }
}

impl BlockingTransport for Scripted {
    fn exchange(
        &self,
        _: Exchange,
        _: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        let (response, reused) = self.next()?;
        Ok(response.map(|body| BlockingResponseBody::from(body).with_reused(reused)))
    }

    fn sleep(&self, duration: Duration, _: &CancelToken) {
        self.pass(duration);
    }

    fn now(&self) -> Instant {
        self.time()
    }
}
