//! The work bench of a case that is being played.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use http::Response;
use talkspace_core::{
    BlockingClient, BlockingIncoming, BlockingTransport, Cancel, Delivery, Limits, Policy,
    TransportError,
};

use super::expect::{Expect, Outcome, chain};
use super::outgoing::Outgoing;
use super::recorder::Recorder;
use crate::parameters::KEY;
use crate::report::last_event;
use crate::subject::{Context, Subject};
use crate::wire::{Peer, Plan, Tls};

/// Why a case ended before it passed.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The adapter did not do what is required.
    Problems(Vec<String>),
    /// This machine cannot play the case.
    Unsupported(String),
    /// The suite itself could not work.
    Broken(String),
}

pub(crate) type Verdict = Result<(), Stop>;

impl Stop {
    pub(crate) fn unless_empty(problems: Vec<String>) -> Verdict {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self::Problems(problems))
        }
    }

    pub(crate) fn problem<T>(text: impl Into<String>) -> Result<T, Self> {
        Err(Self::Problems(vec![text.into()]))
    }
}

/// What remains of a case: for the report, and for the watchdog.
#[derive(Clone, Default)]
pub(crate) struct Witness {
    shared: Arc<Mutex<Evidence>>,
}

#[derive(Default)]
pub(crate) struct Evidence {
    pub(crate) peers: Vec<Arc<Peer>>,
    pub(crate) calls: Vec<Call>,
}

/// An exchange that the case asked for.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) request: String,
    pub(crate) expected: Option<String>,
    pub(crate) got: Option<String>,
    /// The error's texts, outermost first.
    pub(crate) chain: Vec<String>,
    delivery: Option<Delivery>,
}

impl Witness {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Evidence> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that an exchange begins, and gives its number.
    pub(super) fn begin(&self, request: String, expected: Option<String>) -> usize {
        let mut evidence = self.lock();
        evidence.calls.push(Call {
            request,
            expected,
            got: None,
            chain: Vec::new(),
            delivery: None,
        });
        evidence.calls.len() - 1
    }

    pub(super) fn end_exchange(
        &self,
        call: usize,
        result: &Result<Response<BlockingIncoming>, TransportError>,
    ) {
        self.set(call, |call| match result {
            Ok(response) => {
                call.got = Some(format!("Ok({}, ...)", response.status().as_u16()));
            }
            Err(error) => {
                call.got = Some(format!("Err({:?}, {:?})", error.kind(), error.delivery()));
                call.chain = chain(error);
                call.delivery = Some(error.delivery());
            }
        });
    }

    fn set(&self, call: usize, change: impl FnOnce(&mut Call)) {
        if let Some(call) = self.lock().calls.get_mut(call) {
            change(call);
        }
    }

    /// The problem of a case that does not end.
    pub(crate) fn hung_after(&self, waited: Duration) -> String {
        let peers = &self.lock().peers;
        let last = peers
            .iter()
            .rev()
            .find_map(|peer| last_event(&peer.log().transcript()));
        let last = last.unwrap_or_else(|| "none".to_owned());
        format!("hung after {waited:?}; last event at the peer: {last}")
    }

    /// Frees whoever waits on a socket or a gate of this case.
    pub(crate) fn stop_peers(&self) {
        let peers = self.lock().peers.clone();
        for peer in peers {
            peer.stop();
        }
    }
}

/// A fresh transport, the peers of the case, and a record of both.
pub(crate) struct Bench {
    transport: Mutex<Option<Arc<dyn BlockingTransport>>>,
    witness: Witness,
    patience: Duration,
    cancel: Cancel,
    is_async: bool,
}

impl Bench {
    pub(crate) fn new(subject: &Subject, witness: Witness, patience: Duration) -> Self {
        Self {
            transport: Mutex::new(Some(subject.build(&Context::with_roots(Tls::roots_pem())))),
            witness,
            patience,
            cancel: Cancel::new(),
            is_async: subject.is_async(),
        }
    }

    /// Whether the adapter is async, and is driven by a runtime of its own.
    pub(crate) const fn is_async(&self) -> bool {
        self.is_async
    }

    /// Starts a peer.
    pub(crate) fn peer(&self, plan: impl Into<Plan>) -> Result<Arc<Peer>, Stop> {
        let peer = Peer::start(plan).map_err(|error| match error.kind() {
            io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported => {
                Stop::Unsupported(format!("this machine has no such address: {error}"))
            }
            _ => Stop::Broken(format!("no peer could be started: {error}")),
        })?;
        let peer = Arc::new(peer);
        self.witness.lock().peers.push(Arc::clone(&peer));
        Ok(peer)
    }

    /// Cancels every exchange of the case.
    pub(crate) fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Sends, reads the whole answer, and says what is wrong with it.
    pub(crate) fn try_send(
        &self,
        peer: &Peer,
        outgoing: &Outgoing,
        expect: &Expect,
    ) -> Vec<String> {
        self.try_send_to(&peer.authority(), outgoing, &self.cancel, expect)
    }

    /// Sends, reads the whole answer, and stops the case unless it is right.
    pub(crate) fn send(&self, peer: &Peer, outgoing: &Outgoing, expect: &Expect) -> Verdict {
        Stop::unless_empty(self.try_send(peer, outgoing, expect))
    }

    /// Sends to any place and reads the whole answer.
    pub(crate) fn exchange(
        &self,
        authority: &str,
        outgoing: &Outgoing,
        cancel: &Cancel,
        expect: Option<&Expect>,
    ) -> Outcome {
        let call = self.begin(outgoing, expect);
        let mut outcome = Outcome::default();
        let start = Instant::now();
        match self.start(authority, outgoing, cancel) {
            Ok(response) => {
                let (head, body) = response.into_parts();
                outcome.head = Some(head);
                self.read_all(body, &mut outcome);
            }
            Err(Failed::Error(error)) => outcome.error = Some(error),
            Err(Failed::Panic(message)) => outcome.panic = Some(message),
        }
        outcome.took = start.elapsed();
        self.end(call, &outcome);
        outcome
    }

    /// As [`try_send`](Self::try_send), to any place and under a token of its own.
    pub(crate) fn try_send_to(
        &self,
        authority: &str,
        outgoing: &Outgoing,
        cancel: &Cancel,
        expect: &Expect,
    ) -> Vec<String> {
        expect.check(&self.exchange(authority, outgoing, cancel, Some(expect)))
    }

    /// Sends and returns with the head; the body is left to the case.
    pub(crate) fn open(
        &self,
        peer: &Peer,
        outgoing: &Outgoing,
    ) -> Result<Response<BlockingIncoming>, Stop> {
        self.open_under(peer, outgoing, &self.cancel)
    }

    /// As [`open`](Self::open), under a token of its own.
    pub(crate) fn open_under(
        &self,
        peer: &Peer,
        outgoing: &Outgoing,
        cancel: &Cancel,
    ) -> Result<Response<BlockingIncoming>, Stop> {
        let call = self.begin(outgoing, None);
        let mut outcome = Outcome::default();
        let result = self.start(&peer.authority(), outgoing, cancel);
        match &result {
            Ok(response) => {
                let got = format!("Ok({}, body not read)", response.status().as_u16());
                self.set(call, |call| call.got = Some(got));
            }
            Err(Failed::Error(_)) => {}
            Err(Failed::Panic(message)) => outcome.panic = Some(message.clone()),
        }
        result.or_else(|failed| {
            if let Failed::Error(error) = failed {
                outcome.error = Some(error);
            }
            self.end(call, &outcome);
            Stop::problem(format!("the adapter gave {outcome}, not an answer"))
        })
    }

    fn start(
        &self,
        authority: &str,
        outgoing: &Outgoing,
        cancel: &Cancel,
    ) -> Result<Response<BlockingIncoming>, Failed> {
        let transport = self.transport().clone();
        let transport = transport.ok_or_else(|| Failed::Panic("the case hung up".to_owned()))?;
        let exchange = outgoing
            .exchange(authority, self.limits())
            .map_err(|error| Failed::Panic(format!("the case cannot be sent: {error}")))?;
        catch_unwind(AssertUnwindSafe(|| transport.exchange(exchange, cancel)))
            .map_err(|payload| Failed::Panic(message(&*payload)))?
            .map_err(Failed::Error)
    }

    fn read_all(&self, mut body: BlockingIncoming, outcome: &mut Outcome) {
        let mut all = BytesMut::new();
        loop {
            match catch_unwind(AssertUnwindSafe(|| body.chunk())) {
                Ok(Ok(Some(bytes))) => all.extend_from_slice(&bytes),
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

    /// A problem, unless the adapter closes a connection soon, by itself, if it made it.
    pub(crate) fn not_closed(&self, peer: &Peer, connection: usize) -> Option<String> {
        let closed = peer.log().wait(SOON + SLACK, |seen| {
            seen.client_closed(connection) || seen.connections() <= connection
        });
        (!closed).then(|| format!("the adapter did not close the connection within {SOON:?}"))
    }

    /// Drops the transport, then waits a moment for what it still sends.
    ///
    /// In this order: stopping the peer first would hide stray bytes.
    pub(crate) fn hang_up(&self) {
        drop(self.transport().take());
        let peers = self.witness.lock().peers.clone();
        for peer in peers {
            let _ = peer.log().wait(SETTLE, |seen| seen.settled());
        }
    }

    /// Laws of every case: no repeated request, no false `NotSent`, and all
    /// that the scripts expected.
    pub(super) fn check_laws(&self) -> Verdict {
        self.hang_up();
        let evidence = self.witness.lock();
        let transcripts: Vec<_> = evidence
            .peers
            .iter()
            .map(|peer| peer.log().transcript())
            .collect();
        let mut problems: Vec<String> = transcripts
            .iter()
            .flat_map(|seen| seen.unmet())
            .map(|expectation| format!("it is not so that {expectation}"))
            .collect();
        let arrived: usize = transcripts.iter().map(|seen| seen.requests().len()).sum();
        let calls = evidence.calls.len();
        let denied = evidence
            .calls
            .iter()
            .filter(|call| call.delivery == Some(Delivery::NotSent));
        let denied = denied.count();
        if arrived > calls {
            problems.push(format!(
                "{} arrived where {calls} had been asked for: the adapter repeats by itself",
                plural(arrived, "request"),
            ));
        } else if arrived > calls - denied {
            problems.push(format!(
                "{} arrived although the adapter says of {denied} that it was not sent",
                plural(arrived, "request"),
            ));
        }
        Stop::unless_empty(problems)
    }

    /// The core's own client over the adapter.
    ///
    /// Its key is [`KEY`], and it waits for next to nothing before a retry.
    pub(crate) fn client(&self, authority: &str) -> Result<BlockingClient, Stop> {
        let Some(transport) = self.transport().clone() else {
            return Stop::problem("the case hung up");
        };
        let recorder = Recorder {
            transport,
            witness: self.witness.clone(),
        };
        let mut limits = self.limits();
        limits.deadline = None;
        BlockingClient::builder(format!("http://{authority}"), KEY)
            .seed(1)
            .policy(
                Policy::default()
                    .limits(limits)
                    .total(self.patience * 2)
                    .backoff(Duration::from_millis(1), Duration::from_millis(2)),
            )
            .build_blocking(recorder)
            .map_err(|error| Stop::Broken(error.to_string()))
    }

    fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.deadline = Instant::now().checked_add(self.patience * 2);
        limits.connect = self.patience;
        limits.first_byte = self.patience;
        limits.idle = self.patience;
        limits
    }

    fn begin(&self, outgoing: &Outgoing, expect: Option<&Expect>) -> usize {
        let expected = expect.map(Expect::to_string);
        self.witness.begin(outgoing.summary(), expected)
    }

    fn end(&self, call: usize, outcome: &Outcome) {
        self.set(call, |call| {
            call.got = Some(outcome.to_string());
            call.chain = outcome.chain();
            call.delivery = outcome.error.as_ref().map(TransportError::delivery);
        });
    }

    fn set(&self, call: usize, change: impl FnOnce(&mut Call)) {
        self.witness.set(call, change);
    }

    fn transport(&self) -> MutexGuard<'_, Option<Arc<dyn BlockingTransport>>> {
        self.transport
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

enum Failed {
    Error(TransportError),
    Panic(String),
}

/// How soon an adapter closes a connection that it has given up.
const SOON: Duration = Duration::from_secs(1);

/// What a busy machine may add to it.
const SLACK: Duration = Duration::from_secs(1);

/// How long a dropped transport may take to close its connections before the
/// peer's record is read. A slower one only makes the run slower.
const SETTLE: Duration = Duration::from_millis(200);

/// The text of a panic.
pub(crate) fn message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}

pub(crate) fn plural(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
