//! A case: one requirement, the exchange that shows it, and how to explain a failure.
//!
//! A crate that uses a client for something of its own may add cases about that, by
//! [`Suite::including`](crate::Suite::including). Such a case is code over a [`CaseContext`], which starts peers and hands
//! out the client, and it ends in a [`Verdict`]:
//!
//! ```
//! use http1_conformance::case::{CaseContext, CaseEnd, Verdict};
//! use http1_conformance::client::{Body, CancelToken, Client, Exchange, client_fn};
//! use http1_conformance::wire::Script;
//! use http1_conformance::{Case, Selection, blocking};
//!
//! fn greets(context: &CaseContext) -> Verdict {
//!     let peer = context.peer(Script::serve("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))?;
//!     let request = http::Request::get(format!("http://{}/", peer.authority())).body(Body::empty());
//!     let request = request.map_err(|error| CaseEnd::Broken(error.to_string()))?;
//!     let exchange = Exchange::new(request, context.limits());
//!     match context.client()?.exchange(exchange, &CancelToken::new()) {
//!         Ok(response) if response.status() == 200 => {}
//!         other => return CaseEnd::problem(format!("the client gave {other:?}")),
//!     }
//!     match peer.log().transcript().requests().len() {
//!         1 => Ok(()),
//!         count => CaseEnd::problem(format!("{count} requests arrived")),
//!     }
//! }
//!
//! // Makes up its responses, so nothing reaches the peer.
//! let deaf = |_: &_| client_fn(|_| Ok(http::Response::new(bytes::Bytes::from("hello").into())));
//! let report = blocking("deaf", "0.1.0", deaf)
//!     .contract()
//!     .including([Case::must("hello/plain", "a greeting arrives").run(greets)])
//!     .run(&Selection::exactly(["hello/plain"]))?;
//! assert!(report.to_string().contains("0 requests arrived"));
//! # Ok::<(), String>(())
//! ```

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::wire::rendered::letter;
use crate::wire::show::plural;
use crate::wire::{Plan, Script};

mod capability;
mod classification;
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
mod source;
mod unmet;

pub use capability::Capability;
pub(crate) use classification::Finding;
pub use context::CaseContext;
pub use end::{CaseEnd, Verdict};
pub(crate) use end::{ProgramFault, message};
pub(crate) use evidence::{Evidence, ExchangeRecord};
pub use expected_outcome::chain;
pub(crate) use expected_outcome::{
    ExpectedOutcome, Outcome, both, either, fails, fails_unsent, ok, that, times_out,
};
pub(crate) use expected_request::{ExpectedRequest, request};
pub(crate) use outgoing::{Outgoing, get, post};
pub(crate) use pace::{Moment, Pace, TimeLimit};
pub(crate) use running::Running;
pub use source::{Level, Quote, Source};
pub use unmet::{Unmet, failing};

/// One requirement and the way to test it.
///
/// ```
/// let cases = http1_conformance::cases();
/// let short = cases.iter().find(|case| case.id() == "framing/cl/short-close").unwrap();
/// assert_eq!(short.level(), http1_conformance::Level::Must);
/// println!("{}: {} ({})", short.id(), short.requirement(), short.source());
/// ```
#[derive(Clone)]
pub struct Case {
    id: Cow<'static, str>,
    level: Level,
    requirement: &'static str,
    source: Source,
    hint: &'static str,
    needs: &'static [Capability],
    builds_on: Vec<&'static str>,
    classes: &'static [&'static str],
    isolation: Isolation,
    run: Run,
}

/// Which cases may run at the same time, in the order in which they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Isolation {
    /// Any others of this kind.
    Parallel,
    /// A few others of this kind. When it fails it is played again, alone, and with its times
    /// stretched.
    Timed,
    /// None: it moves many MiB.
    Alone,
}

#[derive(Clone)]
enum Run {
    Data(Box<Data>),
    Code(Arc<dyn Fn(&CaseContext) -> Verdict + Send + Sync>),
}

/// A case that is a peer, exchanges one after the other, and expectations.
#[derive(Clone, Default)]
pub(crate) struct Data {
    plan: Plan,
    exchanges: Vec<(Outgoing, ExpectedOutcome)>,
    wants: Vec<ExpectedRequest>,
    each: Option<ExpectedRequest>,
    one_request_per_connection: bool,
    nothing_more: bool,
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

    /// Where it is required, and so whom it binds.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// The sentences that require it; none when that is the contract.
    #[must_use]
    pub fn quotes(&self) -> &[Quote] {
        match &self.source {
            Source::Required(quotes) => quotes,
            Source::Contract(_) => &[],
        }
    }

    /// Whether a sentence of an RFC requires it.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        matches!(self.source, Source::Required(_))
    }

    /// The cases that must pass for this one to tell anything, with the capabilities' own.
    #[must_use]
    pub fn builds_on(&self) -> Vec<&'static str> {
        let basics = self.needs.iter().filter_map(|need| match need {
            Capability::KeepAlive => Some("conn/reuse/sequential"),
            Capability::Tls => Some("tls/private-root-ok"),
            _ => None,
        });
        basics
            .chain(self.builds_on.iter().copied())
            .filter(|basic| *basic != self.id)
            .collect()
    }

    /// How the contract wants the errors of the case classified: kind or phase, and delivery.
    #[must_use]
    pub fn classes(&self) -> Vec<String> {
        let Run::Data(data) = &self.run else {
            return self.classes.iter().map(|&class| class.to_owned()).collect();
        };
        let mut classes = Vec::new();
        for class in data
            .exchanges
            .iter()
            .flat_map(|(_, expect)| expect.classes())
        {
            if !classes.contains(&class) {
                classes.push(class);
            }
        }
        classes
    }

    /// The classes that code may expect; data name their own.
    pub(crate) const fn declared(&self) -> Option<&'static [&'static str]> {
        match self.run {
            Run::Data(_) => None,
            Run::Code(_) => Some(self.classes),
        }
    }

    /// Whether what a capability promises is what the case is about, and no matter of
    /// classification.
    pub(crate) fn is_about(&self, capability: Capability) -> bool {
        let counts = matches!(&self.run, Run::Data(data) if data.nothing_more);
        self.needs.contains(&capability) || (counts && capability == Capability::NoRetries)
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

    /// Whether few other cases run meanwhile, or none: it measures times, or moves many MiB.
    ///
    /// ```
    /// let cases = http1_conformance::cases();
    /// assert!(cases.iter().any(|case| case.id() == "time/connect" && case.is_alone()));
    /// ```
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.isolation != Isolation::Parallel
    }

    pub(crate) const fn isolation(&self) -> Isolation {
        self.isolation
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

    /// What a sentence of an RFC asks of a client, at the level of that sentence.
    pub(crate) fn required(
        id: impl Into<Cow<'static, str>>,
        requirement: &'static str,
        quote: Quote,
    ) -> Self {
        let mut case = Self::new(quote.level(), id, requirement);
        case.source = Source::Required(vec![quote]);
        case
    }

    /// What the contract asks of every transport, or of each that claims what the case needs.
    pub fn must(id: impl Into<Cow<'static, str>>, requirement: &'static str) -> Self {
        Self::new(Level::Must, id, requirement)
    }

    /// What the contract calls good practice.
    pub fn should(id: impl Into<Cow<'static, str>>, requirement: &'static str) -> Self {
        Self::new(Level::Should, id, requirement)
    }

    fn new(level: Level, id: impl Into<Cow<'static, str>>, requirement: &'static str) -> Self {
        Self {
            id: id.into(),
            level,
            requirement,
            source: Source::Contract(""),
            hint: "",
            needs: &[],
            builds_on: Vec::new(),
            classes: &[],
            isolation: Isolation::Parallel,
            run: Run::Data(Box::default()),
        }
    }

    /// One more sentence that requires it.
    pub(crate) fn also(mut self, quote: Quote) -> Self {
        if let Source::Required(quotes) = &mut self.source {
            quotes.push(quote);
        }
        self
    }

    /// The text that a case of the contract is near to, such as a section that leaves the
    /// matter to the client.
    #[must_use]
    pub fn per(mut self, near: &'static str) -> Self {
        if let Source::Contract(nearest) = &mut self.source {
            *nearest = near;
        }
        self
    }

    /// A case that must pass, since this one would tell nothing otherwise, whether it passes
    /// or fails.
    #[must_use]
    pub fn building_on(mut self, basics: &[&'static str]) -> Self {
        self.builds_on.extend(basics);
        self
    }

    /// The classes that a case expects that is code.
    pub(crate) const fn classified(mut self, classes: &'static [&'static str]) -> Self {
        self.classes = classes;
        self
    }

    /// The usual cause of a failure, as a hint.
    #[must_use]
    pub const fn cause(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }

    /// What an adapter must claim; cases of the common promises need nothing.
    #[must_use]
    pub const fn needs_all(mut self, needs: &'static [Capability]) -> Self {
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
    #[must_use]
    pub fn run(mut self, code: impl Fn(&CaseContext) -> Verdict + Send + Sync + 'static) -> Self {
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

    /// What the peer saw of each request that arrived, of which there may be fewer than were sent.
    pub(crate) fn each_receives(self, want: ExpectedRequest) -> Self {
        self.with(|data| data.each = Some(want))
    }

    /// No connection carries two requests.
    pub(crate) fn one_request_per_connection(self) -> Self {
        self.with(|data| data.one_request_per_connection = true)
    }

    /// That no request arrives beyond those that were sent is what the case is about.
    pub(crate) fn nothing_more(self) -> Self {
        self.with(|data| data.nothing_more = true)
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
        context.end()
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
        if let Some(each) = &self.each {
            let all = 0..requests.len();
            problems.extend(all.flat_map(|at| each.check_at(&requests, at)));
        }
        let again = requests.iter().enumerate().find_map(|(at, request)| {
            let mut before = requests.iter().take(at);
            before
                .any(|before| before.connection == request.connection)
                .then_some(request.connection)
        });
        if let Some(again) = again.filter(|_| self.one_request_per_connection) {
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
pub const DEFAULT_RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("id", &self.id)
            .field("level", &self.level)
            .field("requirement", &self.requirement)
            .finish_non_exhaustive()
    }
}
