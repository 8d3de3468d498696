//! One exchange with the adapter, on the thread of the case or beside it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::client::{CancelToken, Client, Exchange, ResponseBody, TransportError};
use bytes::BytesMut;
use http::Response;

use super::end::message;
use super::expected_outcome::Outcome;
use super::judge::Judge;
use super::pace::TimeLimit;

/// All that an exchange needs; it can go to another thread.
pub(super) struct Prepared {
    pub(super) transport: Option<Arc<dyn Client>>,
    pub(super) exchange: Result<Exchange, http::Error>,
    pub(super) cancel: CancelToken,
}

pub(super) enum Failed {
    Error(TransportError),
    Panic(String),
}

impl From<Failed> for Outcome {
    fn from(failed: Failed) -> Self {
        let mut outcome = Self::default();
        match failed {
            Failed::Error(error) => outcome.error = Some(error),
            Failed::Panic(message) => outcome.panic = Some(message),
        }
        outcome
    }
}

impl Prepared {
    /// The shortest of the times that the exchange is allowed.
    pub(super) fn shortest(&self) -> Duration {
        let Ok(exchange) = &self.exchange else {
            return Duration::ZERO;
        };
        let limits = exchange.limits();
        let deadline = limits.remaining(Instant::now()).unwrap_or(Duration::MAX);
        let shortest = limits
            .connect_timeout
            .min(limits.response_timeout)
            .min(limits.read_timeout)
            .min(limits.min_rate.map_or(Duration::MAX, |rate| rate.per));
        shortest.min(deadline)
    }

    /// Sends, and returns with the head.
    pub(super) fn start(self) -> Result<Response<ResponseBody>, Failed> {
        let transport = self
            .transport
            .ok_or_else(|| Failed::Panic("the case has dropped the transport".to_owned()))?;
        let exchange = self
            .exchange
            .map_err(|error| Failed::Panic(format!("the case cannot be sent: {error}")))?;
        catch_unwind(AssertUnwindSafe(|| {
            transport.exchange(exchange, &self.cancel)
        }))
        .map_err(|payload| Failed::Panic(message(&*payload)))?
        .map_err(Failed::Error)
    }

    /// Sends, and reads the whole response. Each piece of the body is told to `delivered`.
    pub(super) fn perform(self, delivered: impl Fn()) -> Outcome {
        match self.start() {
            Ok(response) => {
                let (head, body) = response.into_parts();
                let mut outcome = Outcome {
                    head: Some(head),
                    ..Outcome::default()
                };
                read_all(body, &mut outcome, delivered);
                outcome
            }
            Err(failed) => failed.into(),
        }
    }
}

fn read_all(mut body: ResponseBody, outcome: &mut Outcome, delivered: impl Fn()) {
    let mut all = BytesMut::new();
    loop {
        match catch_unwind(AssertUnwindSafe(|| body.chunk())) {
            Ok(Ok(Some(bytes))) => {
                all.extend_from_slice(&bytes);
                delivered();
            }
            Ok(Ok(None)) => break,
            Ok(Err(error)) => {
                outcome.error = Some(error);
                break;
            }
            Err(payload) => {
                outcome.panic = Some(message(&*payload));
                break;
            }
        }
    }
    outcome.body = all.freeze();
}

/// An exchange on a thread of its own.
pub(crate) struct Running<'a> {
    judge: &'a Judge,
    exchange: usize,
    start: Instant,
    shortest: Duration,
    receiver: Receiver<Outcome>,
    deliveries: Rc<Receiver<()>>,
    outcome: Option<Outcome>,
}

/// How often the lateness of the machine is read.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

impl<'a> Running<'a> {
    pub(super) fn new(judge: &'a Judge, exchange: usize, prepared: Prepared) -> Self {
        let (sender, receiver) = mpsc::channel();
        let (deliver, deliveries) = mpsc::channel();
        let (start, shortest) = (Instant::now(), prepared.shortest());
        thread::spawn(move || {
            // The receiver is gone when the case has gone on.
            let delivered = || {
                let _ = deliver.send(());
            };
            let _ = sender.send(prepared.perform(delivered));
        });
        Self {
            judge,
            exchange,
            start,
            shortest,
            receiver,
            deliveries: Rc::new(deliveries),
            outcome: None,
        }
    }

    /// One message for each piece of the body that the adapter has delivered.
    pub(crate) fn deliveries(&self) -> Rc<Receiver<()>> {
        Rc::clone(&self.deliveries)
    }

    /// Whether the adapter has returned.
    pub(crate) fn is_over(&mut self) -> bool {
        if self.outcome.is_none() {
            self.outcome = self.receiver.try_recv().ok();
        }
        self.outcome.is_some()
    }

    /// What came of it, or nothing when the adapter has not returned before it was too late.
    pub(crate) fn outcome(self, limit: &TimeLimit) -> Outcome {
        let start = self.start;
        self.outcome_since(start, limit)
    }

    /// As [`outcome`](Self::outcome), where the time counts from a later moment.
    pub(crate) fn outcome_since(mut self, since: Instant, limit: &TimeLimit) -> Outcome {
        let mut outcome = loop {
            if self.is_over() {
                break self.outcome.take().unwrap_or_default();
            }
            if limit.waited(since) > self.judge.latest(limit, since) {
                break Outcome::default();
            }
            self.outcome = self.receiver.recv_timeout(POLL_INTERVAL).ok();
        };
        let waited = limit.waited(since);
        // What the exchange had left then.
        let gone = since.saturating_duration_since(self.start);
        outcome.shortest = self.shortest.saturating_sub(gone);
        self.judge.finish(self.exchange, since, &mut outcome);
        outcome.waited = waited;
        self.judge.note_bluntness(limit, outcome.lateness);
        outcome
    }
}
