//! The future of a request is dropped after every one of its polls.

use std::fs;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use http::Response;
use talkspace_core::operation::ParameterLocation;
use talkspace_core::server::{OperationVisitor, visit_operations};
use talkspace_core::server::{Parameters, ServerOperation};
use talkspace_core::transport::{Exchange, ResponseBody, Transport, TransportError};
use talkspace_core::{
    Client, Delivery, FailureKind, GetMediaStatus, GetVersion, OPERATIONS, RequestOptions,
};
use talkspace_hyper::HyperTransport;
use talkspace_sandbox::{Clock, Sandbox, SandboxBuilder, Server};
use talkspace_tests::{Message, examples_of, parameters_of};
use tokio::runtime::Runtime;

use crate::proc::{connections_to, wait_until};

const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;
/// The most polls that any operation may need, and how often it is tried to
/// leave one that waits.
const MOST_POLLS: usize = 200;
/// Connections that the pool keeps, and the tasks of each: who drives it, and
/// who closes it when its time is over.
const POOL: usize = 4;
const TASKS_OF_A_CONNECTION: usize = 2;
/// Longer than any test: what is left behind does not go by itself.
const AGES: Duration = Duration::from_secs(600);

/// The transport, which can be told to connect no more.
struct Switch {
    inner: HyperTransport,
    off: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl Transport for Switch {
    async fn exchange(&self, exchange: Exchange) -> Result<Response<ResponseBody>, TransportError> {
        if self.off.load(Ordering::Relaxed) {
            return Err(TransportError::new(FailureKind::Connect, Delivery::NotSent));
        }
        self.inner.exchange(exchange).await
    }

    async fn sleep(&self, duration: Duration) {
        // The runtime sleeps no less than a millisecond.
        if !duration.is_zero() {
            self.inner.sleep(duration).await;
        }
    }
}

/// A client, a sandbox, and the runtime between them.
struct Bench {
    runtime: Runtime,
    server: Server,
    transport: HyperTransport,
    drops: usize,
    most_polls: usize,
}

impl Bench {
    fn new(runtime: Runtime) -> Self {
        Self {
            runtime,
            server: Sandbox::builder()
                .examples()
                .clock(Clock::frozen())
                .start()
                .unwrap(),
            transport: HyperTransport::builder()
                .pool_max_idle_per_host(POOL)
                .pool_idle_timeout(AGES)
                .build()
                .unwrap(),
            drops: 0,
            most_polls: 0,
        }
    }

    fn client(&self) -> (Client, Arc<AtomicBool>) {
        let off = Arc::new(AtomicBool::new(false));
        let switch = Switch {
            inner: self.transport.clone(),
            off: off.clone(),
        };
        let client = Client::builder(self.server.url(), KEY);
        (client.build(switch).unwrap(), off)
    }

    /// What is left is what waits in the pool, and no more than this.
    fn expect_at_most(&self, idle: usize) {
        self.expect_tasks_of(idle);
        let port = self.server.local_addr().port();
        wait_until(&format!("at most {idle} idle connections"), || {
            connections_to(port).len() <= idle
        });
    }

    /// The tasks that are left are those of so many connections at most.
    fn expect_tasks_of(&self, idle: usize) {
        let metrics = self.runtime.metrics();
        wait_until(&format!("the tasks of at most {idle} connections"), || {
            // A runtime of one thread runs what is left while it is given time.
            self.runtime.block_on(tokio::task::yield_now());
            metrics.num_alive_tasks() <= idle * TASKS_OF_A_CONNECTION
        });
    }

    /// The client, which must be switched off, has so many retries left; and
    /// those that it regained since its first one.
    fn expect_retries(&self, client: &Client, expected: u32, since: Instant) {
        let greedy = RequestOptions::default()
            .max_retries(1000)
            .backoff(Duration::ZERO, Duration::ZERO);
        let client = client.with_options(greedy);
        let failing = client.send(GetVersion::new());
        let left = self.runtime.block_on(failing).unwrap_err().attempts() - 1;
        let regained = u32::try_from(since.elapsed().as_secs()).unwrap();
        assert!(
            (expected..=expected + regained).contains(&left),
            "{left} retries left, not {expected} and up to {regained} regained",
        );
    }

    fn end(mut self) {
        self.transport = HyperTransport::new();
        self.expect_at_most(0);
    }
}

/// When a future is dropped.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Leave {
    /// As soon as it waits.
    AtOnce,
    /// When it would have been polled again: what it waits for has come.
    WhenWoken,
}

/// Polls a future so many times at most, and drops it.
async fn polled<F: Future>(future: F, times: usize, leave: Leave) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polls = 0;
    poll_fn(|context| {
        if polls == times {
            return Poll::Ready(None);
        }
        polls += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if polls == times && leave == Leave::AtOnce => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

impl Bench {
    /// The request of the spec's example; a whole URL is one of this sandbox.
    fn example<O: ServerOperation>(&self) -> O {
        let example = fs::read_to_string(examples_of(O::INFO).join("request.http")).unwrap();
        let request = Message::parse(&example).unwrap().request().unwrap();
        let mut parameters = parameters_of(O::INFO, &request).unwrap();
        for info in O::INFO
            .parameters
            .iter()
            .filter(|info| info.location == ParameterLocation::Url)
        {
            let (client, _) = self.client();
            let greeting = GetMediaStatus::new("6e6a151be31b467f87225b18b0f36f00");
            let url = self.runtime.block_on(client.send(greeting)).unwrap();
            parameters = Parameters::default();
            parameters.push(
                ParameterLocation::Url,
                info.name,
                url.download_url.unwrap().to_string(),
            );
        }
        O::from_parameters(&parameters).unwrap()
    }
}

impl OperationVisitor for Bench {
    fn visit<O: ServerOperation>(&mut self) {
        let operation = self.example::<O>();
        let (client, off) = self.client();
        let mut first_attempts: u32 = 0;
        let mut times = 0;
        let mut rounds = 0;
        let mut left_waiting = false;
        let mut over = false;
        while !over {
            assert!(rounds <= MOST_POLLS, "{}: there is no end", O::INFO.id);
            rounds += 1;
            over = true;
            for leave in [Leave::AtOnce, Leave::WhenWoken] {
                let send = client.send(operation.clone());
                let outcome = self.runtime.block_on(polled(send, times, leave));
                first_attempts += u32::from(times > 0);
                over &= outcome.is_some();
                self.drops += usize::from(outcome.is_none());
                left_waiting |= times > 0 && outcome.is_none();
                self.expect_tasks_of(1);

                let version = self.runtime.block_on(client.send(GetVersion::new()));
                first_attempts += 1;
                let what = format!("{}, {times} polls, {leave:?}", O::INFO.id);
                assert!(version.is_ok(), "{what}: {version:?}");
            }
            self.most_polls = self.most_polls.max(times);
            times += 1;
            // Another thread may bring the response before the first poll is
            // over; then no poll was pending, and it is tried again.
            if over && !left_waiting {
                (times, over) = (1, false);
            }
        }

        // A socket that was left at any poll is still there.
        self.expect_at_most(1);

        // Nothing failed, so no retry was paid for: what is left is ten, and
        // one for ten requests, the last one among them.
        off.store(true, Ordering::Relaxed);
        self.expect_retries(&client, 10 + (first_attempts + 1) / 10, Instant::now());
    }
}

fn single_threaded() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn multi_threaded() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn every_operation_can_be_dropped_after_every_poll() {
    for (name, runtime) in [
        ("one thread", single_threaded()),
        ("two workers", multi_threaded()),
    ] {
        let mut bench = Bench::new(runtime);
        visit_operations(&mut bench);
        println!(
            "{name}: {} operations dropped {} times, after up to {} polls; nothing was left",
            OPERATIONS.len(),
            bench.drops,
            bench.most_polls,
        );
        assert!(bench.drops > 2 * OPERATIONS.len());
        bench.end();
    }
}

#[test]
fn many_that_are_dropped_at_once_leave_no_more_than_the_pool_keeps() {
    const REQUESTS: usize = 48;
    for runtime in [single_threaded(), multi_threaded()] {
        let bench = Bench::new(runtime);
        let (client, _) = bench.client();
        for round in 0..4 {
            let succeeded = bench.runtime.block_on(async {
                let requests: Vec<_> = (0..REQUESTS)
                    .map(|number| {
                        let client = client.clone();
                        let times = match number % 3 {
                            0 => usize::MAX,
                            1 => 1 + round,
                            _ => 2 + number % 5,
                        };
                        tokio::spawn(async move {
                            let send = client.send(GetVersion::new());
                            polled(send, times, Leave::AtOnce).await
                        })
                    })
                    .collect();
                let mut succeeded = 0;
                for request in requests {
                    let outcome = request.await.unwrap();
                    succeeded += usize::from(outcome.is_some_and(|outcome| outcome.is_ok()));
                }
                succeeded
            });
            assert!(
                succeeded >= REQUESTS / 3,
                "those that were not dropped succeed"
            );
            bench.expect_at_most(POOL);
        }
        drop(client);
        bench.end();
    }
}

#[test]
fn a_request_that_is_dropped_in_its_backoff_has_paid_for_its_retry() {
    let bench = Bench::new(single_threaded());
    let (client, off) = bench.client();
    off.store(true, Ordering::Relaxed);
    let policy =
        RequestOptions::default().backoff(Duration::from_secs(50), Duration::from_secs(50));
    let begin = Instant::now();
    let patient = client.with_options(policy);
    for _ in 0..4 {
        let waiting = patient.send(GetVersion::new());
        let outcome = bench.runtime.block_on(polled(waiting, 1, Leave::AtOnce));
        assert!(outcome.is_none(), "it waits");
    }
    bench.expect_retries(&client, 10 - 4, begin);
    drop((client, patient));
    bench.end();
}
