//! A transport of both flavours that does as it is told, on a clock of its own.

use std::collections::VecDeque;
use std::future::pending;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};

use crate::transport::{
    BlockingResponseBody, BlockingTransport, Chunks, Exchange, ResponseBody, Transport,
    TransportError,
};
use crate::{CancelToken, Delivery, FailureKind, Phase};

/// What an exchange does. Its head comes after 10 ms, and its body 5 ms later.
#[derive(Clone, Debug)]
pub(super) enum Does {
    Responds(u16, &'static str, Option<u64>),
    Fails(FailureKind, Delivery, Option<Phase>),
    BreaksOff(&'static [u8]),
    Hangs,
    BodyHangs,
    /// Not the exchange: the backoff before it.
    SleepHangs,
    Panics,
}

pub(super) fn responding(status: u16, body: &'static str) -> Does {
    Does::Responds(status, body, None)
}

pub(super) fn created() -> Does {
    let body = r#"{"ConferenceResponse":{"status":201,"conferenceId":"63c9"}}"#;
    responding(201, body)
}

pub(super) fn busy(seconds: u64) -> Does {
    Does::Responds(503, "<html>", Some(seconds))
}

pub(super) fn failing(kind: FailureKind, delivery: Delivery) -> Does {
    Does::Fails(kind, delivery, None)
}

/// The first exchange is on a new connection, and all others on that one.
#[derive(Clone)]
pub(super) struct Script {
    does: Arc<Mutex<VecDeque<Does>>>,
    /// The header fields of each request, and its host.
    seen: Arc<Mutex<Vec<(String, HeaderMap)>>>,
    clock: Arc<Mutex<Instant>>,
}

impl Script {
    pub(super) fn new(does: &[Does]) -> Self {
        Self {
            does: Arc::new(Mutex::new(does.iter().cloned().collect())),
            seen: Arc::default(),
            clock: Arc::new(Mutex::new(Instant::now())),
        }
    }

    /// The requests that were made: host and header fields.
    pub(super) fn seen(&self) -> Vec<(String, HeaderMap)> {
        self.seen.lock().unwrap().clone()
    }

    fn pass(&self, duration: Duration) {
        *self.clock.lock().unwrap() += duration;
    }

    /// What comes next, and whether its connection is reused.
    fn next(&self, exchange: &Exchange) -> (Does, bool) {
        let request = exchange.request();
        let host = request.uri().host().unwrap().to_owned();
        let mut seen = self.seen.lock().unwrap();
        seen.push((host, request.headers().clone()));
        let does = self.does.lock().unwrap().pop_front();
        let does = does.unwrap_or_else(|| responding(200, "01.02.06"));
        (does, seen.len() > 1)
    }

    fn respond(&self, does: Does, reused: bool) -> Result<http::Response<Late>, TransportError> {
        let mut response = http::Response::builder();
        let (result, hangs) = match does {
            Does::Responds(status, body, retry_after) => {
                response = response.status(status);
                if let Some(seconds) = retry_after {
                    response = response.header("retry-after", seconds);
                }
                (vec![Ok(Bytes::from(body))], false)
            }
            Does::BreaksOff(bytes) => {
                let broken = TransportError::maybe_sent(FailureKind::Closed);
                (vec![Ok(Bytes::from(bytes)), Err(broken)], false)
            }
            Does::BodyHangs => (Vec::new(), true),
            Does::Fails(FailureKind::Timeout, _, Some(phase)) => {
                self.pass(Duration::from_millis(10));
                return Err(TransportError::timeout(phase).with_reused(reused));
            }
            Does::Fails(kind, delivery, _) => {
                self.pass(Duration::from_millis(10));
                return Err(TransportError::new(kind, delivery).with_reused(reused));
            }
            Does::Panics => panic!("a transport that panics"),
            Does::Hangs | Does::SleepHangs => unreachable!("it was awaited"),
        };
        self.pass(Duration::from_millis(10));
        let late = Late {
            clock: Some(self.clone()),
            rest: result.into(),
            hangs,
        };
        Ok(response.body(late).unwrap())
    }
}

/// A body that is 5 ms late.
struct Late {
    clock: Option<Script>,
    rest: VecDeque<Result<Bytes, TransportError>>,
    hangs: bool,
}

impl Late {
    fn take(&mut self) -> Option<Result<Bytes, TransportError>> {
        if let Some(clock) = self.clock.take() {
            clock.pass(Duration::from_millis(5));
        }
        self.rest.pop_front()
    }
}

impl Body for Late {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        if self.hangs {
            return Poll::Pending;
        }
        Poll::Ready(self.take().map(|piece| piece.map(Frame::data)))
    }
}

impl Chunks for Late {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        self.take().transpose()
    }
}

#[async_trait]
impl Transport for Script {
    async fn exchange(
        &self,
        exchange: Exchange,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        let (does, reused) = self.next(&exchange);
        if let Does::Hangs = does {
            pending::<()>().await;
        }
        let response = self.respond(does, reused)?;
        Ok(response.map(|body| ResponseBody::new(body).with_reused(reused)))
    }

    async fn sleep(&self, duration: Duration) {
        let next = self.does.lock().unwrap().front().cloned();
        if let Some(Does::SleepHangs) = next {
            pending::<()>().await;
        }
        self.pass(duration);
    }

    fn now(&self) -> Instant {
        *self.clock.lock().unwrap()
    }
}

impl BlockingTransport for Script {
    fn exchange(
        &self,
        exchange: Exchange,
        _: &CancelToken,
    ) -> Result<http::Response<BlockingResponseBody>, TransportError> {
        let (does, reused) = self.next(&exchange);
        let response = self.respond(does, reused)?;
        Ok(response.map(|body| BlockingResponseBody::new(body).with_reused(reused)))
    }

    fn sleep(&self, duration: Duration, _: &CancelToken) {
        self.pass(duration);
    }

    fn now(&self) -> Instant {
        *self.clock.lock().unwrap()
    }
}
