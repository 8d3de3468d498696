//! The work bench of a case that is being played.

use std::any::Any;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use http::Response;
use talkspace_core::transport::{BlockingResponseBody, BlockingTransport};
use talkspace_core::{BlockingClient, CancelToken, Delivery, Limits, RequestOptions};

use super::expect::{Expect, Outcome};
use super::outgoing::Outgoing;
use super::pace::{Pace, TimeLimit};
use super::recorder::Recorder;
use super::running::{Prepared, Running};
use super::witness::Witness;
use crate::machine::Machine;
use crate::parameters::KEY;
use crate::subject::{Context, Subject};
use crate::wire::{Peer, Plan, Tls, Transcript};

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

/// A fresh transport, the peers of the case, and a record of both.
pub(crate) struct Bench {
    transport: Mutex<Option<Arc<dyn BlockingTransport>>>,
    witness: Witness,
    patience: Duration,
    pace: Pace,
    machine: Arc<Machine>,
    began: Instant,
    is_async: bool,
}

impl Bench {
    pub(crate) fn new(
        subject: &Subject,
        witness: Witness,
        patience: Duration,
        pace: Pace,
        machine: Arc<Machine>,
    ) -> Self {
        Self {
            transport: Mutex::new(Some(subject.build(&Context::with_roots(Tls::roots_pem())))),
            witness,
            patience: pace.of(patience),
            pace,
            machine,
            began: Instant::now(),
            is_async: subject.is_async(),
        }
    }

    /// The factor for every time of the case.
    pub(crate) const fn pace(&self) -> Pace {
        self.pace
    }

    /// Lets time pass, for what time itself does.
    pub(crate) fn pass(&self, duration: Duration) {
        thread::sleep(self.pace.of(duration));
    }

    /// How long to wait for an event that must come. What does not is no verdict: either the
    /// adapter has ended the exchange before, or the suite could not do its part.
    pub(crate) fn far(&self) -> Duration {
        self.patience * 2
    }

    /// Waits for an event at a peer.
    pub(crate) fn wait_for(
        &self,
        peer: &Peer,
        what: &str,
        condition: impl Fn(&Transcript) -> bool,
    ) -> Verdict {
        if peer.log().wait(self.far(), condition) {
            return Ok(());
        }
        self.witness.lock().waited_in_vain = true;
        Err(Stop::Broken(format!("the peer never came so far: {what}")))
    }

    /// Waits until the adapter has returned, or what `event` waits for has come.
    pub(crate) fn wait_for_either(
        &self,
        mut is_over: impl FnMut() -> bool,
        event: impl Fn(Duration) -> bool,
    ) -> Verdict {
        let since = Instant::now();
        while !is_over() && !event(LOOK) {
            if since.elapsed() > self.far() {
                self.witness.lock().waited_in_vain = true;
                return Err(Stop::Broken("the exchange never came so far".to_owned()));
            }
        }
        Ok(())
    }

    /// Waits until all that a peer has sent on a connection is at the adapter's side.
    pub(crate) fn wait_for_arrival(&self, peer: &Peer, connection: usize) -> Verdict {
        if peer.arrived(connection, self.far()) {
            return Ok(());
        }
        self.witness.lock().waited_in_vain = true;
        Err(Stop::Broken("what the peer sent did not arrive".to_owned()))
    }

    /// Whether the adapter is async, and is driven by a runtime of its own.
    pub(crate) const fn is_async(&self) -> bool {
        self.is_async
    }

    /// Starts a peer.
    pub(crate) fn peer(&self, plan: impl Into<Plan>) -> Result<Arc<Peer>, Stop> {
        let plan = plan.into().stretched(self.pace.factor());
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

    /// Sends, reads the whole answer, and says what is wrong with it.
    pub(crate) fn try_send(
        &self,
        peer: &Peer,
        outgoing: &Outgoing,
        expect: &Expect,
    ) -> Vec<String> {
        self.try_send_to(&peer.authority(), outgoing, &CancelToken::new(), expect)
    }

    /// Sends, reads the whole answer, and stops the case unless it is right.
    pub(crate) fn send(&self, peer: &Peer, outgoing: &Outgoing, expect: &Expect) -> Verdict {
        Stop::unless_empty(self.try_send(peer, outgoing, expect))
    }

    /// Sends to any place and reads the whole answer.
    ///
    /// Where the time is limited, the case goes on when that is over, and leaves an adapter
    /// that has not returned behind.
    pub(crate) fn exchange(
        &self,
        authority: &str,
        outgoing: &Outgoing,
        cancel: &CancelToken,
        expect: Option<&Expect>,
    ) -> Outcome {
        if let Some(limit) = expect.and_then(Expect::time_limit) {
            let running = self.spawn(authority, outgoing, cancel, expect);
            return running.outcome(limit);
        }
        let call = self.begin(outgoing, expect);
        let start = Instant::now();
        let prepared = self.prepare(authority, outgoing, cancel);
        let shortest = prepared.shortest();
        let mut outcome = prepared.perform();
        outcome.shortest = shortest;
        self.finish(call, start, &mut outcome);
        outcome
    }

    /// Begins an exchange on a thread of its own.
    pub(crate) fn spawn(
        &self,
        authority: &str,
        outgoing: &Outgoing,
        cancel: &CancelToken,
        expect: Option<&Expect>,
    ) -> Running<'_> {
        let call = self.begin(outgoing, expect);
        Running::new(self, call, self.prepare(authority, outgoing, cancel))
    }

    fn prepare(&self, authority: &str, outgoing: &Outgoing, cancel: &CancelToken) -> Prepared {
        Prepared {
            transport: self.transport().clone(),
            exchange: outgoing.exchange(authority, self.limits(), self.pace),
            cancel: cancel.clone(),
        }
    }

    pub(super) fn finish(&self, call: usize, start: Instant, outcome: &mut Outcome) {
        outcome.took = start.elapsed();
        outcome.waited = outcome.took;
        outcome.lateness = self.machine.lateness(start);
        outcome.pace = self.pace;
        self.witness.end(call, outcome);
    }

    /// When it is too late for what began at `since`, on this machine.
    pub(super) fn latest(&self, limit: &TimeLimit, since: Instant) -> Duration {
        limit.latest(self.pace, self.machine.lateness(since))
    }

    pub(super) fn note_bluntness(&self, limit: &TimeLimit, lateness: Duration) {
        self.witness.lock().blunt |= limit.is_blunt(self.pace, lateness);
    }

    /// As [`try_send`](Self::try_send), to any place and under a token of its own.
    pub(crate) fn try_send_to(
        &self,
        authority: &str,
        outgoing: &Outgoing,
        cancel: &CancelToken,
        expect: &Expect,
    ) -> Vec<String> {
        expect.check(&self.exchange(authority, outgoing, cancel, Some(expect)))
    }

    /// Sends and returns with the head; the body is left to the case.
    pub(crate) fn open(
        &self,
        peer: &Peer,
        outgoing: &Outgoing,
    ) -> Result<Response<BlockingResponseBody>, Stop> {
        self.open_under(peer, outgoing, &CancelToken::new())
    }

    /// As [`open`](Self::open), under a token of its own.
    pub(crate) fn open_under(
        &self,
        peer: &Peer,
        outgoing: &Outgoing,
        cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, Stop> {
        let call = self.begin(outgoing, None);
        let start = Instant::now();
        let prepared = self.prepare(&peer.authority(), outgoing, cancel);
        let shortest = prepared.shortest();
        let result = prepared.start();
        result
            .inspect(|response| {
                let got = format!("Ok({}, body not read)", response.status().as_u16());
                self.witness.set(call, |call| call.got = Some(got));
            })
            .or_else(|failed| {
                let mut outcome = Outcome::from(failed);
                outcome.shortest = shortest;
                self.finish(call, start, &mut outcome);
                Stop::problem(format!("the adapter gave {outcome}, not an answer"))
            })
    }

    /// A problem, unless the adapter closes a connection by itself, if it made it.
    pub(crate) fn not_closed(&self, peer: &Peer, connection: usize) -> Option<String> {
        let since = Instant::now();
        peer.read_on();
        // Judged like any time: what closes later is found at a slower pace.
        let within = TimeLimit::within(SOON).latest(self.pace, self.machine.lateness(self.began));
        let closed = peer.log().wait(within, |seen| {
            seen.client_closed(connection) || seen.connections() <= connection
        });
        if closed {
            return None;
        }
        self.witness.lock().waited_in_vain = true;
        let waited = since.elapsed();
        Some(format!(
            "the adapter did not close the connection within {waited:?}"
        ))
    }

    /// Drops the transport, then waits a moment for what it still sends.
    ///
    /// In this order: stopping the peer first would hide stray bytes. No verdict hangs on
    /// the moment: who closes at once is waited for, and who does not is not accused by it.
    pub(crate) fn hang_up(&self) {
        drop(self.transport().take());
        let peers = self.witness.lock().peers.clone();
        let moment = SETTLE + self.machine.lateness(self.began) * 20;
        for peer in peers {
            peer.read_on();
            let _ = peer.accepted_all(self.far());
            let _ = peer
                .log()
                .wait(moment.min(self.far()), |seen| seen.settled());
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
            .options(
                RequestOptions::default()
                    .limits(limits)
                    .timeout(self.patience * 2)
                    .backoff(Duration::from_millis(1), Duration::from_millis(2)),
            )
            .build_blocking(recorder)
            .map_err(|error| Stop::Broken(error.to_string()))
    }

    fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.deadline = Instant::now().checked_add(self.patience * 2);
        limits.connect_timeout = self.patience;
        limits.response_timeout = self.patience;
        limits.read_timeout = self.patience;
        limits
    }

    fn begin(&self, outgoing: &Outgoing, expect: Option<&Expect>) -> usize {
        let expected = expect.map(|expect| format!("{expect}{}", self.pace));
        self.witness.begin(outgoing.summary(), expected)
    }

    fn transport(&self) -> MutexGuard<'_, Option<Arc<dyn BlockingTransport>>> {
        self.transport
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long one event is waited for before the other is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// How soon an adapter closes a connection that it has given up.
const SOON: Duration = Duration::from_secs(1);

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
