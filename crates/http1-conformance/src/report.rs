//! The results of a run, and their formats.

use std::time::Duration;

use crate::case::{Capability, Case, Evidence, ExchangeRecord, Finding, Level};
use crate::profile::Profile;
use crate::wire::Transcript;

mod html;
mod json;
mod junit;
pub(crate) mod terminal;
#[cfg(test)]
mod tests;

/// What came of a run.
///
/// ```
/// use http1_conformance::client::client_fn;
/// use http1_conformance::{Selection, blocking};
///
/// // Makes up its responses, so nothing reaches the peer.
/// let deaf = |_: &_| client_fn(|_| Ok(http::Response::new(bytes::Bytes::from("ok").into())));
/// let report = blocking("deaf", "0.1.0", deaf)
///     .contract()
///     .run(&Selection::exactly(["framing/cl/short-close"]))?;
/// assert_eq!(report.failed().collect::<Vec<_>>(), ["framing/cl/short-close"]);
/// assert_eq!(report.exit_code(), 1);
/// assert!(report.to_string().contains("Ok(200, body \"ok\")"));
/// # Ok::<(), String>(())
/// ```
#[derive(Debug)]
pub struct Report {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) profile: Profile,
    pub(crate) claims: Vec<Capability>,
    pub(crate) strictness: Strictness,
    pub(crate) cases: Vec<CaseReport>,
    /// What is wrong beyond single cases.
    pub(crate) problems: Vec<String>,
    /// How late the machine was at most.
    pub(crate) lateness: Duration,
}

/// What fails a run beside the failure of a MUST.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Strictness {
    /// The failure of a SHOULD.
    pub(crate) shoulds: bool,
    /// What could not be judged on this machine.
    pub(crate) doubts: bool,
}

#[derive(Debug)]
pub(crate) struct CaseReport {
    pub(crate) case: Case,
    pub(crate) status: CaseResult,
    /// Where the first playing of the case could not tell.
    pub(crate) settled: Option<Settled>,
    pub(crate) took: Duration,
}

/// A verdict that came of a case whose times were stretched.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub(crate) factor: u32,
    /// What was seen without stretching.
    pub(crate) at_first: String,
    /// How late the machine was at that.
    pub(crate) lateness: Duration,
}

#[derive(Debug)]
pub(crate) enum CaseResult {
    Passed,
    /// It behaves in another way than is required.
    Failed(Failure),
    /// It behaves as is required, and calls an error something else than the contract does, or
    /// breaks another promise of a capability on the way.
    Misclassified(Failure),
    /// It failed as the author's file says, for this reason.
    Expected(String, Failure),
    /// It passed although the author's file says otherwise.
    Stale(String),
    /// The subject does not claim this.
    NotApplicable(Capability),
    /// This machine cannot play it.
    Skipped(String),
    /// What it builds on does not hold, so it tells nothing: see these cases.
    Unmet(Vec<&'static str>),
    /// It may pass or fail, as the author's file says, for this reason.
    Flaky(String, Option<Failure>),
    /// The suite could not do its part: no verdict on the adapter.
    Inconclusive(String),
}

impl CaseResult {
    /// Whether either verdict is against the adapter.
    pub(crate) const fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Misclassified(_))
    }

    /// All that is known of a failure, be it expected or not.
    pub(crate) const fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure)
            | Self::Misclassified(failure)
            | Self::Expected(_, failure)
            | Self::Flaky(_, Some(failure)) => Some(failure),
            _ => None,
        }
    }
}

/// All that is known about a case that failed.
#[derive(Debug, Default)]
pub(crate) struct Failure {
    /// What is wrong with the behaviour.
    pub(crate) problems: Vec<String>,
    /// What is wrong with what errors are called, and with promises of other cases.
    pub(crate) classification: Vec<Finding>,
    pub(crate) exchanges: Vec<ExchangeRecord>,
    /// One for each peer, with its address.
    pub(crate) peers: Vec<(String, Transcript)>,
}

/// The most exchanges that a report shows of one case. The last are those that
/// the problem is about.
const MOST_EXCHANGES: usize = 8;

fn last_of<'e>(exchanges: impl Iterator<Item = &'e ExchangeRecord>) -> Vec<ExchangeRecord> {
    let exchanges: Vec<_> = exchanges.collect();
    let skipped = exchanges.len().saturating_sub(MOST_EXCHANGES);
    exchanges.into_iter().skip(skipped).cloned().collect()
}

impl Failure {
    pub(crate) fn of(
        evidence: &Evidence,
        problems: Vec<String>,
        classification: Vec<Finding>,
    ) -> Self {
        let observed = evidence.lock();
        let (peers, exchanges) = observed.doubtful();
        Self {
            problems,
            classification,
            exchanges: last_of(exchanges),
            peers: peers
                .map(|peer| (peer.authority(), peer.log().transcript()))
                .collect(),
        }
    }
}

impl Failure {
    /// All that is wrong, the behaviour first.
    pub(crate) fn texts(&self) -> Vec<&str> {
        let classification = self.classification.iter().map(|finding| &finding.text);
        let texts = self.problems.iter().chain(classification);
        texts.map(String::as_str).collect()
    }

    /// The first thing that is wrong.
    pub(crate) fn headline(&self) -> &str {
        self.texts().first().copied().unwrap_or_default()
    }
}

impl CaseReport {
    /// How much the verdict weighs. A sentence with SHOULD leaves the behaviour to the client;
    /// how an error is classified the contract does not leave to it.
    pub(crate) fn weight(&self) -> Level {
        match self.status {
            CaseResult::Misclassified(_) if self.case.is_required() => Level::Must,
            _ => self.case.level(),
        }
    }

    /// Whether the run fails because of this case.
    pub(crate) fn fails(&self, strictness: Strictness) -> bool {
        match self.status {
            CaseResult::Failed(_) | CaseResult::Misclassified(_) => match self.weight() {
                Level::Must => true,
                Level::Should => strictness.shoulds,
            },
            CaseResult::Stale(_) => true,
            CaseResult::Inconclusive(_) => strictness.doubts,
            CaseResult::Passed
            | CaseResult::Expected(..)
            | CaseResult::NotApplicable(_)
            | CaseResult::Skipped(_)
            | CaseResult::Unmet(_)
            | CaseResult::Flaky(..) => false,
        }
    }
}

impl Report {
    /// The JSON Schema of [`to_json`](Self::to_json).
    ///
    /// ```
    /// assert!(http1_conformance::Report::JSON_SCHEMA.contains("draft/2020-12"));
    /// ```
    pub const JSON_SCHEMA: &str = include_str!("report/schema.json");

    /// 0 when all is well, 1 when a case failed that counts, an expected failure is
    /// stale, or, with [`strict`](crate::Selection::strict), a case could not be judged.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let fails = self.cases.iter().any(|case| case.fails(self.strictness));
        u8::from(fails || !self.problems.is_empty())
    }

    /// The ids of the cases whose behaviour failed, of whatever level, and that no line
    /// of the expected failures speaks of.
    pub fn failed(&self) -> impl Iterator<Item = &str> {
        self.with(|status| matches!(status, CaseResult::Failed(_)))
    }

    /// The ids of the cases that passed.
    pub fn passed(&self) -> impl Iterator<Item = &str> {
        self.with(|status| matches!(status, CaseResult::Passed))
    }

    /// The ids of the cases whose behaviour is right and whose errors are called something else
    /// than the contract wants.
    ///
    /// ```
    /// use http1_conformance::client::{TransportError, client_fn};
    /// use http1_conformance::{Selection, blocking};
    ///
    /// let unnamed = |_: &_| client_fn(|_| Err(TransportError::other("something was wrong")));
    /// let report = blocking("unnamed", "0.1.0", unnamed)
    ///     .contract()
    ///     .run(&Selection::exactly(["head/empty-reply"]))?;
    /// assert_eq!(report.misclassified().collect::<Vec<_>>(), ["head/empty-reply"]);
    /// assert_eq!(report.failed().count(), 0);
    /// # Ok::<(), String>(())
    /// ```
    pub fn misclassified(&self) -> impl Iterator<Item = &str> {
        self.with(|status| matches!(status, CaseResult::Misclassified(_)))
    }

    /// The ids of the cases of capabilities that the subject does not claim.
    pub fn not_applicable(&self) -> impl Iterator<Item = &str> {
        self.with(|status| matches!(status, CaseResult::NotApplicable(_)))
    }

    /// The ids of the cases that this machine cannot play.
    pub fn skipped(&self) -> impl Iterator<Item = &str> {
        self.with(|status| matches!(status, CaseResult::Skipped(_)))
    }

    /// The ids of the cases that could not be judged: what they build on does not hold, or the
    /// suite, or this machine, could not do its part.
    pub fn inconclusive(&self) -> impl Iterator<Item = &str> {
        self.with(|status| matches!(status, CaseResult::Inconclusive(_) | CaseResult::Unmet(_)))
    }

    /// The ids of the cases that a line of the expected failures marks as flaky.
    pub fn flaky(&self) -> impl Iterator<Item = &str> {
        self.with(|status| matches!(status, CaseResult::Flaky(..)))
    }

    fn with(&self, fits: fn(&CaseResult) -> bool) -> impl Iterator<Item = &str> {
        self.cases
            .iter()
            .filter(move |case| fits(&case.status))
            .map(|case| case.case.id())
    }

    /// The report as JUnit's XML, which most servers of continuous integration show.
    ///
    /// ```
    /// use http1_conformance::client::client_fn;
    /// use http1_conformance::{Selection, blocking};
    ///
    /// // Makes up its responses, so nothing reaches the peer.
    /// let deaf = |_: &_| client_fn(|_| Ok(http::Response::new(bytes::Bytes::from("ok").into())));
    /// let report = blocking("deaf", "0.1.0", deaf)
    ///     .contract()
    ///     .run(&Selection::exactly(["request/line/origin-form"]))?;
    /// assert!(report.to_junit().contains(r#"name="request/line/origin-form""#));
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn to_junit(&self) -> String {
        junit::write(self)
    }

    /// Reports of several adapters as one page, side by side. It needs nothing
    /// but itself, and each failure unfolds to its transcript.
    ///
    /// ```
    /// use http1_conformance::client::client_fn;
    /// use http1_conformance::{Report, Selection, blocking};
    ///
    /// // Makes up its responses, so nothing reaches the peer.
    /// let deaf = |_: &_| client_fn(|_| Ok(http::Response::new(bytes::Bytes::from("ok").into())));
    /// let report = blocking("deaf", "0.1.0", deaf)
    ///     .contract()
    ///     .run(&Selection::exactly(["request/line/origin-form"]))?;
    /// assert!(Report::to_html(&[&report]).starts_with("<!doctype html>"));
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn to_html(reports: &[&Self]) -> String {
        html::page(reports)
    }

    /// The report as JSON: the same run gives the same text, but for times.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::write(self)
    }
}

/// The whole report as on a terminal, without colours.
impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = Vec::new();
        for case in &self.cases {
            terminal::line(&mut text, case).map_err(|_| std::fmt::Error)?;
        }
        terminal::summary(&mut text, self).map_err(|_| std::fmt::Error)?;
        let plain = anstream::adapter::strip_bytes(&text).into_vec();
        f.write_str(&String::from_utf8_lossy(&plain))
    }
}

/// Text as it stands in XML and HTML. Control characters are allowed in neither.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            _ if character.is_control() => escaped.push('\u{fffd}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// The explanation of one failure, as on a terminal without colours.
fn explanation(case: &CaseReport, failure: &Failure) -> String {
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _ = terminal::explain(&mut text, case, failure);
    let plain = anstream::adapter::strip_bytes(&text).into_vec();
    String::from_utf8_lossy(&plain).trim_end().to_owned()
}
