//! The work context of a case that is being played.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::client::{CancelToken, Client, Delivery, Limits, ResponseBody, TransportError};
use http::Response;

use super::capability::Capability;
use super::classification::Finding;
use super::end::{CaseEnd, Verdict};
use super::evidence::Evidence;
use super::expected_outcome::{ExpectedOutcome, Outcome};
use super::judge::Judge;
use super::outgoing::Outgoing;
use super::pace::{Pace, TimeLimit};
use super::recorder::Recorder;
use super::running::{Prepared, Running};
use crate::machine::Machine;
use crate::subject::{Context, Subject};
use crate::wire::show::plural;
use crate::wire::{Peer, Plan, Script, Transcript, roots_pem};

/// A fresh transport, the peers of the case, and a record of both.
pub struct CaseContext {
    subject: Subject,
    transport: Mutex<Option<Arc<dyn Client>>>,
    judge: Judge,
    timeout: Duration,
    began: Instant,
    is_async: bool,
    /// The classes that the case may expect, where it says so beforehand.
    declared: Option<&'static [&'static str]>,
}

impl CaseContext {
    pub(crate) fn new(
        subject: &Subject,
        evidence: Evidence,
        timeout: Duration,
        pace: Pace,
        machine: Arc<Machine>,
        declared: Option<&'static [&'static str]>,
    ) -> Self {
        Self {
            subject: subject.clone(),
            transport: Mutex::new(Some(subject.build(&Context::with_roots(roots_pem())))),
            timeout: pace.of(timeout),
            judge: Judge {
                pace,
                machine,
                evidence,
            },
            began: Instant::now(),
            is_async: subject.is_async(),
            declared,
        }
    }

    /// The factor for every time of the case.
    pub(crate) const fn pace(&self) -> Pace {
        self.judge.pace
    }

    /// Lets time pass, for what time itself does.
    pub(crate) fn pass(&self, duration: Duration) {
        thread::sleep(self.judge.pace.of(duration));
    }

    /// How long to wait for an event that must come. What does not is no verdict: either the
    /// adapter has ended the exchange before, or the suite could not do its part.
    pub(crate) fn far(&self) -> Duration {
        self.timeout * 2
    }

    /// Waits for an event at a peer.
    ///
    /// # Errors
    ///
    /// [`CaseEnd::Broken`] when it does not come.
    pub fn wait_for(
        &self,
        peer: &Peer,
        what: &str,
        condition: impl Fn(&Transcript) -> bool,
    ) -> Verdict {
        if peer.log().wait(self.far(), condition) {
            return Ok(());
        }
        self.judge.evidence.note_wait(self.far());
        Err(CaseEnd::Broken(format!(
            "the peer never came so far: {what}"
        )))
    }

    /// Waits until the adapter has returned, or what `event` waits for has come.
    pub(crate) fn wait_for_either(
        &self,
        mut is_over: impl FnMut() -> bool,
        event: impl Fn(Duration) -> bool,
    ) -> Verdict {
        let since = Instant::now();
        while !is_over() && !event(POLL_INTERVAL) {
            if since.elapsed() > self.far() {
                self.judge.evidence.note_wait(self.far());
                return Err(CaseEnd::Broken("the exchange never came so far".to_owned()));
            }
        }
        Ok(())
    }

    /// Waits until all that a peer has sent on a connection is at the adapter's side.
    ///
    /// # Errors
    ///
    /// [`CaseEnd::Broken`] when it does not arrive.
    pub fn wait_for_arrival(&self, peer: &Peer, connection: usize) -> Verdict {
        if peer.arrived(connection, self.far()) {
            return Ok(());
        }
        self.judge.evidence.note_wait(self.far());
        Err(CaseEnd::Broken(
            "what the peer sent did not arrive".to_owned(),
        ))
    }

    /// Whether the client is awaited, and is driven by a runtime of its own.
    #[must_use]
    pub const fn is_async(&self) -> bool {
        self.is_async
    }

    /// Starts a peer.
    ///
    /// # Errors
    ///
    /// When this machine cannot.
    pub fn peer(&self, plan: impl Into<Plan>) -> Result<Arc<Peer>, CaseEnd> {
        let plan = plan.into().stretched(self.judge.pace.factor());
        let peer = Peer::start(plan).map_err(|error| match error.kind() {
            io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported => {
                CaseEnd::Unsupported(format!("this machine has no such address: {error}"))
            }
            _ => CaseEnd::Broken(format!("no peer could be started: {error}")),
        })?;
        let peer = Arc::new(peer);
        self.judge.evidence.lock().peers.push(Arc::clone(&peer));
        Ok(peer)
    }

    /// Starts a peer that plays a proxy, and has everything go through it from here on.
    /// `user_info` stands before its host.
    #[cfg(feature = "tls")]
    pub(crate) fn proxy(
        &self,
        plan: impl Into<Plan>,
        user_info: &str,
    ) -> Result<Arc<Peer>, CaseEnd> {
        let peer = self.peer(plan)?;
        self.judge.evidence.lock().proxies.push(Arc::clone(&peer));
        self.go_through(format!("http://{user_info}{}", peer.authority()));
        Ok(peer)
    }

    /// Has everything go through the proxy at `url` from here on.
    #[cfg(feature = "tls")]
    pub(crate) fn go_through(&self, url: String) {
        self.build_anew(|context| context.with_proxy(url));
    }

    /// Goes on with a transport that is built for another context.
    pub(crate) fn build_anew(&self, change: impl FnOnce(Context) -> Context) {
        let context = change(Context::with_roots(roots_pem()));
        let transport = self.subject.build(&context);
        let before = self.transport().replace(transport);
        drop(before);
    }

    /// Sends, reads the whole response, and says what is wrong with it.
    pub(crate) fn try_send(
        &self,
        peer: &Peer,
        outgoing: &Outgoing,
        expect: &ExpectedOutcome,
    ) -> Vec<String> {
        self.try_send_to(&peer.authority(), outgoing, &CancelToken::new(), expect)
    }

    /// As [`try_send`](Self::try_send), to a peer of its own, which plays `script` on each
    /// connection. What is wrong begins with the target; what is right is in no report.
    pub(crate) fn try_apart(
        &self,
        script: Script,
        outgoing: &Outgoing,
        expect: &ExpectedOutcome,
    ) -> Result<Vec<String>, CaseEnd> {
        let peer = self.peer(Plan::default().otherwise(script))?;
        let known = self.judge.evidence.lock().findings.len();
        let mut problems = self.try_send(&peer, outgoing, expect);
        let mut observed = self.judge.evidence.lock();
        let findings = observed.findings.iter_mut().skip(known);
        let texts = problems
            .iter_mut()
            .chain(findings.map(|finding| &mut finding.text));
        let target = outgoing.target();
        let wrong = texts
            .map(|text| *text = format!("{target}: {text}"))
            .count();
        if wrong == 0 {
            observed.note_right();
        }
        Ok(problems)
    }

    /// Sends, reads the whole response, and stops the case unless it is right.
    pub(crate) fn send(
        &self,
        peer: &Peer,
        outgoing: &Outgoing,
        expect: &ExpectedOutcome,
    ) -> Verdict {
        CaseEnd::unless_empty(self.try_send(peer, outgoing, expect))
    }

    /// Sends to any address and reads the whole response.
    ///
    /// Where the time is limited, the case goes on when that is over, and leaves an adapter
    /// that has not returned behind.
    pub(crate) fn exchange(
        &self,
        authority: &str,
        outgoing: &Outgoing,
        cancel: &CancelToken,
        expect: Option<&ExpectedOutcome>,
    ) -> Outcome {
        if let Some(limit) = expect.and_then(ExpectedOutcome::time_limit) {
            let running = self.spawn(authority, outgoing, cancel, expect);
            return running.outcome(limit);
        }
        let exchange = self.begin(outgoing, expect);
        let start = Instant::now();
        let prepared = self.prepare(authority, outgoing, cancel);
        let shortest = prepared.shortest();
        let mut outcome = prepared.perform(|| ());
        outcome.shortest = shortest;
        self.judge.finish(exchange, start, &mut outcome);
        outcome
    }

    /// Begins an exchange on a thread of its own.
    pub(crate) fn spawn(
        &self,
        authority: &str,
        outgoing: &Outgoing,
        cancel: &CancelToken,
        expect: Option<&ExpectedOutcome>,
    ) -> Running<'_> {
        let exchange = self.begin(outgoing, expect);
        Running::new(
            &self.judge,
            exchange,
            self.prepare(authority, outgoing, cancel),
        )
    }

    fn prepare(&self, authority: &str, outgoing: &Outgoing, cancel: &CancelToken) -> Prepared {
        Prepared {
            transport: self.transport().clone(),
            exchange: outgoing.exchange(authority, self.limits(), self.judge.pace),
            cancel: cancel.clone(),
        }
    }

    /// As [`try_send`](Self::try_send), to any address and under a token of its own.
    pub(crate) fn try_send_to(
        &self,
        authority: &str,
        outgoing: &Outgoing,
        cancel: &CancelToken,
        expect: &ExpectedOutcome,
    ) -> Vec<String> {
        self.judge(
            expect,
            &self.exchange(authority, outgoing, cancel, Some(expect)),
        )
    }

    /// What is wrong with an outcome. How its error is classified goes into the evidence, for a
    /// verdict of its own.
    pub(crate) fn judge(&self, expect: &ExpectedOutcome, outcome: &Outcome) -> Vec<String> {
        let mut problems = expect.check(outcome);
        // A case of code says in the list of cases what it expects; so the list is right.
        if let Some(declared) = self.declared {
            let mut classes = expect.classes().into_iter();
            problems.extend(
                classes
                    .find(|class| !declared.contains(&class.as_str()))
                    .map(|class| format!("the case does not declare that it expects {class}")),
            );
        }
        let findings = expect.classify(outcome);
        self.judge.evidence.lock().findings.extend(findings);
        problems
    }

    /// What is wrong with an error that a case has caught by itself.
    pub(crate) fn judge_error(
        &self,
        expect: &ExpectedOutcome,
        error: TransportError,
    ) -> Vec<String> {
        let error = Some(error);
        self.judge(
            expect,
            &Outcome {
                error,
                ..Outcome::default()
            },
        )
    }

    /// Sends and returns with the head; the body is left to the case.
    pub(crate) fn open(
        &self,
        peer: &Peer,
        outgoing: &Outgoing,
    ) -> Result<Response<ResponseBody>, CaseEnd> {
        self.open_under(peer, outgoing, &CancelToken::new())
    }

    /// As [`open`](Self::open), under a token of its own.
    pub(crate) fn open_under(
        &self,
        peer: &Peer,
        outgoing: &Outgoing,
        cancel: &CancelToken,
    ) -> Result<Response<ResponseBody>, CaseEnd> {
        let exchange = self.begin(outgoing, None);
        let start = Instant::now();
        let prepared = self.prepare(&peer.authority(), outgoing, cancel);
        let shortest = prepared.shortest();
        let result = prepared.start();
        result
            .inspect(|response| {
                let got = format!("Ok({}, body not read)", response.status().as_u16());
                self.judge
                    .evidence
                    .set(exchange, |exchange| exchange.got = Some(got));
            })
            .or_else(|failed| {
                let mut outcome = Outcome::from(failed);
                outcome.shortest = shortest;
                self.judge.finish(exchange, start, &mut outcome);
                CaseEnd::problem(format!("the adapter gave {outcome}, not a response"))
            })
    }

    /// A problem, unless the adapter closes a connection by itself, if it made it.
    pub(crate) fn not_closed(&self, peer: &Peer, connection: usize) -> Option<String> {
        let since = Instant::now();
        peer.read_on();
        // Judged like any time: what closes later is found at a slower pace.
        let limit = TimeLimit::within(SOON);
        let lateness = self.judge.machine.lateness(self.began);
        self.judge.note_bluntness(&limit, lateness);
        let within = limit.latest(self.judge.pace, lateness);
        let closed = peer.log().wait(within, |seen| {
            seen.client_closed(connection) || seen.connections() <= connection
        });
        if closed {
            return None;
        }
        let waited = since.elapsed();
        self.judge.evidence.note_wait(waited);
        Some(format!(
            "the adapter did not close the connection within {waited:?}"
        ))
    }

    /// Drops the transport, then waits a moment for what it still sends.
    ///
    /// In this order: stopping the peer first would hide stray bytes. No verdict hangs on
    /// the moment: an adapter that closes at once is waited for, and one that does not is not blamed.
    pub fn drop_transport(&self) {
        drop(self.transport().take());
        let peers = self.judge.evidence.lock().peers.clone();
        let moment = SETTLE + self.judge.machine.lateness(self.began) * 20;
        for peer in peers {
            peer.read_on();
            let _ = peer.accepted_all(self.far());
            let _ = peer
                .log()
                .wait(moment.min(self.far()), |seen| seen.settled());
        }
    }

    /// What holds in every case: all came that the scripts expected, no request is repeated, and
    /// none arrived that was reported as not sent. The last two are promises of capabilities, so
    /// a breach is a finding beside the verdict of the case.
    pub(super) fn end(&self) -> Verdict {
        self.drop_transport();
        let mut observed = self.judge.evidence.lock();
        let transcripts: Vec<_> = observed
            .peers
            .iter()
            .map(|peer| peer.log().transcript())
            .collect();
        let problems: Vec<String> = transcripts
            .iter()
            .flat_map(|seen| seen.unmet())
            .map(|expectation| format!("expected: {expectation}"))
            .collect();
        // A CONNECT is the transport's own request, and what only a proxy has seen has not
        // reached its peer.
        let requests = |peer: &Arc<Peer>| {
            let requests = peer.log().transcript().requests().into_iter();
            let own = |line: &str| line.starts_with("CONNECT ");
            requests.filter(|request| !own(&request.line)).count()
        };
        let arrived: usize = observed.peers.iter().map(requests).sum();
        let at_proxies: usize = observed.proxies.iter().map(requests).sum();
        let exchanges = observed.exchanges.len();
        let denied = observed
            .exchanges
            .iter()
            .filter(|exchange| exchange.delivery == Some(Delivery::NotSent));
        let denied = denied.count();
        let requests = plural(arrived, "request");
        if arrived > exchanges {
            observed.findings.push(Finding::new(
                Capability::NoRetries,
                format!(
                    "{requests} arrived where {exchanges} had been sent: the adapter retries by itself"
                ),
            ));
        } else if arrived - at_proxies > exchanges - denied {
            let requests = plural(arrived - at_proxies, "request");
            observed.findings.push(Finding::new(
                Capability::Delivery,
                format!(
                    "{requests} arrived although the adapter says of {denied} that it was not sent"
                ),
            ));
        }
        CaseEnd::unless_empty(problems)
    }

    /// The client, for exchanges that the case makes by itself. Each is on record.
    ///
    /// # Errors
    ///
    /// When the case has dropped it already.
    pub fn client(&self) -> Result<Arc<dyn Client>, CaseEnd> {
        let Some(client) = self.transport().clone() else {
            return CaseEnd::problem("the case has dropped the client");
        };
        Ok(Arc::new(Recorder {
            client,
            evidence: self.judge.evidence.clone(),
        }))
    }

    /// How long the connect, the response and the read timeout of an exchange are.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Those of an exchange of this case.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            deadline: Instant::now().checked_add(self.timeout * 2),
            connect_timeout: self.timeout,
            response_timeout: self.timeout,
            read_timeout: self.timeout,
            ..Limits::default()
        }
    }

    fn begin(&self, outgoing: &Outgoing, expect: Option<&ExpectedOutcome>) -> usize {
        let expected = expect.map(|expect| format!("{expect}{}", self.judge.pace));
        self.judge.evidence.begin(outgoing.summary(), expected)
    }

    fn transport(&self) -> MutexGuard<'_, Option<Arc<dyn Client>>> {
        self.transport
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long one event is waited for before the other is polled.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// How soon an adapter closes a connection that it has given up.
const SOON: Duration = Duration::from_secs(1);

/// How long a dropped transport may take to close its connections before the
/// peer's record is read. A slower one only makes the run slower.
const SETTLE: Duration = Duration::from_millis(200);

impl std::fmt::Debug for CaseContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseContext").finish_non_exhaustive()
    }
}
