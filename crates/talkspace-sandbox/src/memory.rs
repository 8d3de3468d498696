//! The sandbox as a transport, without a socket.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{Response, StatusCode};
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, ResponseBody, Transport, TransportError,
};
use talkspace_core::{CancelToken, FailureKind};

use crate::faults::Fate;
use crate::requests::Asked;
use crate::service::Backend;

/// Hands requests to a sandbox in this process, for both kinds of client.
///
/// On a frozen clock a backoff moves the clock, and takes no time; deadlines and
/// the timeouts of polling go by that clock.
#[derive(Clone, Debug)]
pub struct InMemory {
    backend: Backend,
    /// When a frozen clock read zero.
    zero: Instant,
}

impl InMemory {
    pub(crate) fn new(backend: Backend) -> Self {
        Self {
            backend,
            zero: Instant::now(),
        }
    }

    /// The real time, or that of a frozen clock.
    fn time(&self) -> Instant {
        let clock = self.backend.clock();
        match clock.is_frozen() {
            true => self.zero.checked_add(clock.now()).unwrap_or(self.zero),
            false => Instant::now(),
        }
    }

    fn advance(&self, by: Duration) {
        self.backend.clock().advance(by);
        self.backend.with(|_| ());
    }

    /// The response to what no client would send.
    #[cfg(test)]
    pub(crate) fn respond_blocking(&self, request: http::Request<Bytes>) -> Response<Bytes> {
        let (head, body) = request.into_parts();
        block_on(self.respond(head, body))
    }

    async fn respond(&self, head: Parts, body: Bytes) -> Response<Bytes> {
        let request = http::Request::from_parts(head, body);
        let asked = Asked::whole(&request);
        let (mut response, _) = self.backend.respond_whole(&asked, &request).await;
        // As a server with a socket does.
        if response.status() != StatusCode::NO_CONTENT {
            let length = response.body().len().into();
            response.headers_mut().insert(CONTENT_LENGTH, length);
        }
        response
    }
}

#[async_trait]
impl Transport for InMemory {
    async fn exchange(&self, exchange: Exchange) -> Result<Response<ResponseBody>, TransportError> {
        let (request, limits) = exchange.into_parts();
        let (head, body) = request.into_parts();
        let body = body.collect().await?;
        let mut response = self.respond(head, body).await;
        let Some(fate) = Fate::of(&mut response) else {
            return Ok(response.map(ResponseBody::from));
        };
        let (wait, end) = fate.in_memory(&limits, self.time());
        Transport::sleep(self, wait).await;
        end.of(response, ResponseBody::from, ResponseBody::new)
    }

    async fn sleep(&self, duration: Duration) {
        if self.backend.clock().is_frozen() {
            self.advance(duration);
        } else {
            sleep_on_a_thread(duration).await;
        }
    }

    fn now(&self) -> Instant {
        self.time()
    }
}

impl BlockingTransport for InMemory {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        let (request, limits) = exchange.into_parts();
        let (head, body) = request.into_parts();
        let body = body.read_to_bytes()?;
        let mut response = block_on(self.respond(head, body));
        let Some(fate) = Fate::of(&mut response) else {
            return Ok(response.map(BlockingResponseBody::from));
        };
        let (wait, end) = fate.in_memory(&limits, self.time());
        BlockingTransport::sleep(self, wait, cancel);
        if cancel.is_cancelled() {
            return Err(TransportError::maybe_sent(FailureKind::Cancelled));
        }
        end.of(
            response,
            BlockingResponseBody::from,
            BlockingResponseBody::new,
        )
    }

    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        if self.backend.clock().is_frozen() {
            self.advance(duration);
        } else {
            cancel.wait(duration);
        }
    }

    fn now(&self) -> Instant {
        self.time()
    }
}

/// Blocks on what needs no runtime. It is mostly ready at once.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Sleeper(Thread);

    impl Wake for Sleeper {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Arc::new(Sleeper(thread::current())).into();
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(done) => return done,
            Poll::Pending => thread::park(),
        }
    }
}

/// Sleeps without a runtime: the caller may have any, or none.
async fn sleep_on_a_thread(duration: Duration) {
    #[derive(Default)]
    struct Alarm {
        over: bool,
        waker: Option<Waker>,
    }

    let alarm = Arc::new(Mutex::new(Alarm::default()));
    let ringing = Arc::clone(&alarm);
    thread::spawn(move || {
        thread::sleep(duration);
        let mut alarm = ringing.lock().unwrap_or_else(PoisonError::into_inner);
        alarm.over = true;
        if let Some(waker) = alarm.waker.take() {
            waker.wake();
        }
    });
    poll_fn(|context| {
        let mut alarm = alarm.lock().unwrap_or_else(PoisonError::into_inner);
        if alarm.over {
            return Poll::Ready(());
        }
        alarm.waker = Some(context.waker().clone());
        Poll::Pending
    })
    .await;
}
