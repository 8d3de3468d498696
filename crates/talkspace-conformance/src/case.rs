//! A case: one requirement, the exchange that shows it, and how to explain a failure.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::wire::rendered::letter;
use crate::wire::show::plural;
use crate::wire::{Plan, Script};

mod context;
mod end;
mod evidence;
mod expected_outcome;
mod expected_request;
mod judge;
mod outgoing;
mod pace;
mod recorder;
mod running;

pub(crate) use context::CaseContext;
pub(crate) use end::{CaseEnd, Verdict, message};
pub(crate) use evidence::{Evidence, ExchangeRecord};
pub(crate) use expected_outcome::{
    ExpectedOutcome, Outcome, both, chain, either, fails, fails_unsent, ok, that, times_out,
};
pub(crate) use expected_request::{ExpectedRequest, request};
pub(crate) use outgoing::{Outgoing, get, post};
pub(crate) use pace::{Moment, Pace, TimeLimit};
pub(crate) use running::Running;

/// How much a case weighs.
///
/// ```
/// use talkspace_conformance::Level;
///
/// assert_eq!(Level::Must.to_string(), "MUST");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// A promise of the contract: a failure fails the run.
    Must,
    /// Good practice: a failure warns, and fails the run with `--strict`.
    Should,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
        })
    }
}

/// What an adapter may claim to do beyond the common promises.
///
/// A case that needs what was not claimed is skipped, with the reason printed.
///
/// ```
/// use talkspace_conformance::Capability;
///
/// assert_eq!(Capability::KeepAlive.to_string(), "keep-alive");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// It sends several requests on one connection.
    KeepAlive,
    /// It speaks TLS and takes the roots of a [`Context`](crate::Context).
    Tls,
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::KeepAlive => "keep-alive",
            Self::Tls => "TLS",
        })
    }
}

/// One requirement and the way to test it.
///
/// ```
/// let cases = talkspace_conformance::cases();
/// let short = cases.iter().find(|case| case.id() == "framing/cl/short-close").unwrap();
/// assert_eq!(short.level(), talkspace_conformance::Level::Must);
/// println!("{}: {} ({})", short.id(), short.requirement(), short.rfc());
/// ```
#[derive(Clone)]
pub struct Case {
    id: Cow<'static, str>,
    level: Level,
    requirement: &'static str,
    rfc: &'static str,
    hint: &'static str,
    needs: &'static [Capability],
    isolation: Isolation,
    run: Run,
}

/// Which cases may run at the same time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Isolation {
    /// Any other case.
    Parallel,
    /// None: it moves many MiB.
    Alone,
    /// None, and when it fails it is played again with its times stretched.
    Timed,
}

#[derive(Clone)]
enum Run {
    Data(Data),
    Code(Arc<dyn Fn(&CaseContext) -> Verdict + Send + Sync>),
}

/// A case that is a peer, exchanges one after the other, and expectations.
#[derive(Clone, Default)]
pub(crate) struct Data {
    plan: Plan,
    exchanges: Vec<(Outgoing, ExpectedOutcome)>,
    wants: Vec<ExpectedRequest>,
    one_request_per_connection: bool,
    most_connections: Option<usize>,
    closes: Option<usize>,
}

impl Case {
    /// The stable name, in elements between slashes.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How much the case weighs.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }

    /// What is required, as a sentence.
    #[must_use]
    pub const fn requirement(&self) -> &'static str {
        self.requirement
    }

    /// Where it is required: a section of an RFC, or the contract's own point.
    #[must_use]
    pub const fn rfc(&self) -> &'static str {
        self.rfc
    }

    /// The usual cause of a failure.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        self.hint
    }

    /// What an adapter must claim for the case to run.
    #[must_use]
    pub const fn needs(&self) -> &'static [Capability] {
        self.needs
    }

    /// Whether no other case runs meanwhile: it measures times, or moves many MiB.
    ///
    /// ```
    /// let cases = talkspace_conformance::cases();
    /// assert!(cases.iter().any(|case| case.id() == "time/connect" && case.is_alone()));
    /// ```
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.isolation != Isolation::Parallel
    }

    /// Whether a timeout is expected of it, as far as data tell.
    #[cfg(test)]
    pub(crate) fn expects_timeout(&self) -> bool {
        match &self.run {
            Run::Data(data) => data
                .exchanges
                .iter()
                .any(|(_, expect)| expect.time_limit().is_some()),
            Run::Code(_) => false,
        }
    }

    /// Whether time is its subject.
    pub(crate) fn is_timed(&self) -> bool {
        self.isolation == Isolation::Timed
    }

    pub(crate) fn must(id: impl Into<Cow<'static, str>>, requirement: &'static str) -> Self {
        Self::new(Level::Must, id, requirement)
    }

    pub(crate) fn should(id: impl Into<Cow<'static, str>>, requirement: &'static str) -> Self {
        Self::new(Level::Should, id, requirement)
    }

    fn new(level: Level, id: impl Into<Cow<'static, str>>, requirement: &'static str) -> Self {
        Self {
            id: id.into(),
            level,
            requirement,
            rfc: "the contract of a transport",
            hint: "",
            needs: &[],
            isolation: Isolation::Parallel,
            run: Run::Data(Data::default()),
        }
    }

    pub(crate) const fn per(mut self, rfc: &'static str) -> Self {
        self.rfc = rfc;
        self
    }

    pub(crate) const fn cause(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }

    /// What an adapter must claim; cases of the common promises need nothing.
    pub(crate) const fn needs_all(mut self, needs: &'static [Capability]) -> Self {
        self.needs = needs;
        self
    }

    /// It moves many MiB, which disturbs measurements of time.
    pub(crate) const fn alone(mut self) -> Self {
        self.isolation = Isolation::Alone;
        self
    }

    /// Time is its subject.
    pub(crate) const fn timed(mut self) -> Self {
        self.isolation = Isolation::Timed;
        self
    }

    /// The part of a case that is code, for what data cannot say.
    pub(crate) fn run(
        mut self,
        code: impl Fn(&CaseContext) -> Verdict + Send + Sync + 'static,
    ) -> Self {
        self.run = Run::Code(Arc::new(code));
        self
    }

    /// Adds the script of the next connection. A peer without scripts responds
    /// to every request with 200 and the body `ok`.
    pub(crate) fn peer(self, script: Script) -> Self {
        self.with(|data| data.plan.push(script))
    }

    /// The script of the connections that no other script is for.
    pub(crate) fn then_peer(self, script: Script) -> Self {
        self.with(|data| data.plan = std::mem::take(&mut data.plan).otherwise(script))
    }

    pub(crate) fn on_ipv6(self) -> Self {
        self.with(|data| data.plan = std::mem::take(&mut data.plan).on_ipv6())
    }

    /// Adds an exchange. Unless [`gives`](Self::gives) follows, it must give
    /// the response of a peer without scripts.
    pub(crate) fn send(self, outgoing: Outgoing) -> Self {
        self.with(|data| data.exchanges.push((outgoing, ok(200).body("ok"))))
    }

    /// What the adapter makes of the last exchange.
    pub(crate) fn gives(self, expect: ExpectedOutcome) -> Self {
        self.with(|data| {
            if let Some((_, expected)) = data.exchanges.last_mut() {
                *expected = expect;
            }
        })
    }

    /// What the peer saw of the next request, in the order of arrival.
    pub(crate) fn receives(self, want: ExpectedRequest) -> Self {
        self.with(|data| data.wants.push(want))
    }

    /// No connection carries two requests.
    pub(crate) fn one_request_per_connection(self) -> Self {
        self.with(|data| data.one_request_per_connection = true)
    }

    /// The requests come on no more connections than this.
    pub(crate) fn on_at_most(self, connections: usize) -> Self {
        self.with(|data| data.most_connections = Some(connections))
    }

    /// The adapter closes the connection soon after the exchanges, by itself.
    pub(crate) fn closes(self, connection: usize) -> Self {
        self.with(|data| data.closes = Some(connection))
    }

    fn with(mut self, change: impl FnOnce(&mut Data)) -> Self {
        if let Run::Data(data) = &mut self.run {
            change(data);
        }
        self
    }

    /// Plays the case.
    pub(crate) fn play(&self, context: &CaseContext) -> Verdict {
        match &self.run {
            Run::Data(data) => data.play(context)?,
            Run::Code(code) => code(context)?,
        }
        context.check_invariants()
    }
}

impl Data {
    fn play(&self, context: &CaseContext) -> Verdict {
        let mut plan = self.plan.clone();
        if plan.is_empty() {
            plan = plan.otherwise(Script::serve(DEFAULT_RESPONSE));
        }
        let peer = context.peer(plan)?;
        let mut problems = Vec::new();
        for (outgoing, expect) in &self.exchanges {
            for problem in context.try_send(&peer, outgoing, expect) {
                problems.push(match self.exchanges.len() {
                    1 => problem,
                    _ => format!("{}: {problem}", outgoing.summary()),
                });
            }
        }
        if let Some(connection) = self.closes {
            problems.extend(context.not_closed(&peer, connection));
        }
        context.drop_transport();
        let seen = peer.log().transcript();
        let requests = seen.requests();
        problems.extend(expected_request::check(
            &self.wants,
            &requests,
            &peer.authority(),
        ));
        if self.one_request_per_connection
            && let Some(again) = requests.iter().enumerate().find_map(|(at, request)| {
                let before = requests.iter().take(at);
                before
                    .map(|request| request.connection)
                    .find(|connection| *connection == request.connection)
            })
        {
            problems.push(format!("the connection {} was used again", letter(again)));
        }
        let used: BTreeSet<_> = requests.iter().map(|request| request.connection).collect();
        if let Some(most) = self.most_connections.filter(|most| used.len() > *most) {
            problems.push(format!(
                "the requests came on {}, not on {most}",
                plural(used.len(), "connection")
            ));
        }
        CaseEnd::unless_empty(problems)
    }
}

/// The response of a peer without scripts.
pub(crate) const DEFAULT_RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("id", &self.id)
            .field("level", &self.level)
            .field("requirement", &self.requirement)
            .finish_non_exhaustive()
    }
}
