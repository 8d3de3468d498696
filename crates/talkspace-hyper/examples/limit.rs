//! Wraps a transport: at most two requests are under way at once, whoever sends them.
//!
//! ```sh
//! cargo run --bin talkspace -- sandbox    # in another terminal
//! export TALKSPACE_BASE_URL=http://127.0.0.1:8080
//! export TALKSPACE_APP_KEY=11111111-2222-3333-4444-555555555555
//! cargo run -p talkspace-hyper --example limit
//! ```

#![allow(clippy::print_stdout, reason = "a program for people")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use http::Response;
use talkspace_hyper::transport::{Exchange, ResponseBody, Transport, TransportError};
use talkspace_hyper::{Client, GetVersion, HyperTransport, Phase};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How many requests are under way at once.
const LIMIT: usize = 2;

/// Another transport, which makes so many exchanges at once and no more.
struct Limited<T> {
    inner: T,
    free: Semaphore,
    /// How many there have been at once.
    most: AtomicUsize,
}

#[async_trait]
impl<T: Transport> Transport for Limited<T> {
    async fn exchange(&self, exchange: Exchange) -> Result<Response<ResponseBody>, TransportError> {
        // A request whose deadline passes here is not sent, and its error says so.
        let left = exchange.limits().remaining(self.now());
        let permit = self.free.acquire();
        let Ok(_permit) = tokio::time::timeout(left.unwrap_or(Duration::MAX), permit).await else {
            return Err(TransportError::timeout(Phase::Connect));
        };
        let under_way = LIMIT - self.free.available_permits();
        self.most.fetch_max(under_way, Ordering::Relaxed);
        self.inner.exchange(exchange).await
    }

    async fn sleep(&self, duration: Duration) {
        self.inner.sleep(duration).await;
    }

    fn now(&self) -> Instant {
        self.inner.now()
    }
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("TALKSPACE_BASE_URL")?;
    let key = std::env::var("TALKSPACE_APP_KEY")?;
    let transport = Arc::new(Limited {
        inner: HyperTransport::new(),
        free: Semaphore::new(LIMIT),
        most: AtomicUsize::new(0),
    });
    let client = Client::builder(url.as_str(), key).build(Arc::clone(&transport))?;

    let mut requests = JoinSet::new();
    for _ in 0..10 {
        let client = client.clone();
        requests.spawn(async move { client.send(GetVersion::new()).await });
    }
    let responses: Result<Vec<_>, _> = requests.join_all().await.into_iter().collect();
    let (count, most) = (responses?.len(), transport.most.load(Ordering::Relaxed));
    println!("{count} responses, {most} requests at once");
    Ok(())
}
