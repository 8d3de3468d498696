//! The results of all subjects as they are published: `tests/engines/engines.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::judge::Judgement;
use super::report::{CaseReport, Report};

/// Raised when a name changes its meaning.
const FORMAT: u32 = 1;

/// What an adapter claims that keeps the whole contract of a transport, apart from what it may
/// add to that.
const CONTRACT: [&str; 6] = [
    "limits",
    "cancellation",
    "error kinds",
    "delivery",
    "no retries",
    "streaming",
];

/// What its author expects to fail, with a reason.
const EXPECTED: &str = "expected failure";

/// How the status of a case begins that its author expects to pass or fail.
const FLAKY: &str = "flaky, ";

/// How much of a transcript is kept: so many lines of its begin and of its end, of this length.
const FIRST_LINES: usize = 24;
const LAST_LINES: usize = 12;
const LINE: usize = 240;

/// The results of all subjects, and the cases that they are of.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Table {
    format: u32,
    /// The version of the suite.
    pub(super) suite: String,
    pub(super) cases: Vec<Case>,
    pub(super) engines: Vec<Engine>,
}

/// A requirement, by a sentence of an RFC or by the contract.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) level: String,
    pub(super) requirement: String,
    /// What a subject has to claim to be judged by it.
    pub(super) needs: Vec<String>,
    /// None where it is the contract that asks for it.
    pub(super) quotes: Vec<Quote>,
    /// A text that the contract is near to; may be empty.
    pub(super) near: String,
}

/// A sentence of an RFC, word by word, with its section: `RFC 9112 §6.3`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Quote {
    pub(super) rfc: String,
    pub(super) text: String,
}

/// A subject of the suite, and what came of each case.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Engine {
    /// As in `subjects.toml`.
    pub(super) name: String,
    pub(super) language: String,
    /// What it calls itself, and its version.
    pub(super) engine: String,
    pub(super) version: String,
    pub(super) runtime: String,
    pub(super) claims: Vec<String>,
    pub(super) verdicts: BTreeMap<String, Verdict>,
    /// What is known beyond the verdict.
    pub(super) reasons: BTreeMap<String, String>,
    pub(super) failures: BTreeMap<String, Failure>,
    /// What its author expects to pass or fail; of a run alone.
    #[serde(skip)]
    pub(super) at_times: BTreeSet<String>,
}

/// What came of a case.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Verdict {
    Passed,
    /// It behaves in another way than is required.
    Failed,
    /// It behaves as is required, and calls an error something else than the contract does.
    Misclassified,
    /// The subject does not claim what the case is about.
    NotApplicable,
    /// This machine cannot play it.
    Skipped,
    /// The case tells nothing.
    Inconclusive,
}

impl Verdict {
    /// The word for it in a sentence.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Misclassified => "misclassified",
            Self::NotApplicable => "not applicable",
            Self::Skipped => "skipped",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// Whether it says something about the engine that the next run has to say too.
    pub(super) const fn is_certain(self) -> bool {
        !matches!(self, Self::Skipped | Self::Inconclusive)
    }
}

/// All that is known about a failure.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Failure {
    /// What is wrong, the behaviour first.
    pub(super) problems: Vec<String>,
    pub(super) exchanges: Vec<Exchange>,
    /// What the peers saw, line by line.
    pub(super) transcript: Vec<String>,
    pub(super) judgement: Option<Judgement>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Exchange {
    pub(super) request: String,
    pub(super) expected: Option<String>,
    /// None where it had not returned.
    pub(super) got: Option<String>,
    pub(super) errors: Vec<String>,
}

impl Case {
    /// Whether a sentence of an RFC requires it.
    pub(super) fn is_required(&self) -> bool {
        !self.quotes.is_empty()
    }

    /// The first element of its id.
    pub(super) fn group(&self) -> &str {
        group_of(&self.id)
    }
}

impl Table {
    pub(super) const fn new() -> Self {
        Self {
            format: FORMAT,
            suite: String::new(),
            cases: Vec::new(),
            engines: Vec::new(),
        }
    }

    /// Adds what a subject's run has reported.
    pub(super) fn add(&mut self, name: &str, language: &str, runtime: &str, report: Report) {
        self.suite = report.suite;
        let whole = CONTRACT.map(str::to_owned);
        let keeps_contract = whole.iter().all(|claim| report.claims.contains(claim));
        let mut engine = Engine {
            name: name.to_owned(),
            language: language.to_owned(),
            engine: report.adapter.name,
            version: report.adapter.version,
            runtime: runtime.to_owned(),
            claims: report.claims,
            verdicts: BTreeMap::new(),
            reasons: BTreeMap::new(),
            failures: BTreeMap::new(),
            at_times: BTreeSet::new(),
        };
        for case in report.cases {
            let known = Case {
                id: case.id.clone(),
                level: case.level.clone(),
                requirement: case.requirement.clone(),
                needs: case.needs.clone(),
                quotes: case.source.quotes.clone(),
                near: case.source.near.clone(),
            };
            // What the contract asks of every transport it does not ask of an engine that is none.
            let binds = known.is_required() || keeps_contract || !known.needs.is_empty();
            self.know(known);
            engine.take(case, binds);
        }
        self.engines.push(engine);
    }

    /// Adds an engine that was published before, with its cases.
    pub(super) fn keep(&mut self, published: &Self, name: &str) -> bool {
        let mut engines = published.engines.iter();
        let Some(engine) = engines.find(|engine| engine.name == name) else {
            return false;
        };
        for case in &published.cases {
            if engine.verdicts.contains_key(&case.id) {
                self.know(case.clone());
            }
        }
        self.engines.push(engine.clone());
        true
    }

    /// A case stands behind the last of its group. The newest that is known of it counts.
    fn know(&mut self, case: Case) {
        if let Some(known) = self.cases.iter_mut().find(|known| known.id == case.id) {
            *known = case;
            return;
        }
        let group = case.group();
        let last = self.cases.iter().rposition(|known| known.group() == group);
        let at = last.map_or(self.cases.len(), |last| last + 1);
        self.cases.insert(at, case);
    }

    pub(super) fn read(file: &Path) -> Result<Self, String> {
        let at = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let text = fs::read_to_string(file).map_err(|error| at(&error))?;
        let table: Self = serde_json::from_str(&text).map_err(|error| at(&error))?;
        match table.format {
            FORMAT => Ok(table),
            format => Err(at(&format!("its format is {format}, not {FORMAT}"))),
        }
    }

    pub(super) fn write(&self, file: &Path) -> Result<(), String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        fs::write(file, text + "\n").map_err(|error| format!("{}: {error}", file.display()))
    }
}

impl Engine {
    fn take(&mut self, case: CaseReport, binds: bool) {
        let CaseReport {
            id,
            status,
            behaviour,
            see,
            ..
        } = case;
        let verdict = match (status.as_str(), behaviour.as_str()) {
            _ if !binds => Verdict::NotApplicable,
            ("not applicable", _) => Verdict::NotApplicable,
            ("skipped", _) => Verdict::Skipped,
            ("inconclusive", _) => Verdict::Inconclusive,
            // Where its author expects it to fail, or to fail at times, it failed all the same.
            (_, "failed") => Verdict::Failed,
            _ if case.failure.is_some() => Verdict::Misclassified,
            _ => Verdict::Passed,
        };
        let is_flaky = status.starts_with(FLAKY);
        if is_flaky {
            self.at_times.insert(id.clone());
        }
        let is_known = is_flaky || status == EXPECTED;
        let tells = match verdict {
            Verdict::NotApplicable if !binds => None,
            Verdict::Inconclusive if !see.is_empty() => Some(format!("see {}", see.join(", "))),
            Verdict::NotApplicable | Verdict::Skipped | Verdict::Inconclusive => case.reason,
            Verdict::Failed | Verdict::Misclassified if is_known => case.reason,
            Verdict::Passed | Verdict::Failed | Verdict::Misclassified => None,
        };
        if let Some(reason) = tells {
            self.reasons.insert(id.clone(), reason);
        }
        if let Verdict::Failed | Verdict::Misclassified = verdict
            && let Some(failure) = case.failure
        {
            self.failures.insert(id.clone(), failure.into());
        }
        self.verdicts.insert(id, verdict);
    }

    /// What came of a case; one that its suite does not have does not apply.
    pub(super) fn verdict(&self, id: &str) -> Verdict {
        let verdict = self.verdicts.get(id).copied();
        verdict.unwrap_or(Verdict::NotApplicable)
    }
}

impl From<super::report::Failure> for Failure {
    fn from(failure: super::report::Failure) -> Self {
        let classification = failure.classification.into_iter();
        let mut problems = failure.problems;
        problems.extend(classification.map(|finding| finding.problem));
        // A case may say the same of many exchanges.
        let mut seen = BTreeSet::new();
        problems.retain(|problem| seen.insert(problem.clone()));
        let exchanges = failure.exchanges.into_iter().map(|exchange| Exchange {
            request: exchange.request,
            expected: exchange.expected,
            got: exchange.got,
            errors: exchange.errors,
        });
        let exchanges = exchanges.collect();
        let mut transcript = Vec::new();
        for (number, peer) in failure.peers.iter().enumerate() {
            if failure.peers.len() > 1 {
                transcript.push(format!("peer {}", number + 1));
            }
            transcript.extend(peer.iter().map(line));
        }
        Self {
            problems,
            exchanges,
            transcript: shortened(transcript),
            judgement: None,
        }
    }
}

/// An event, with its time where that is long enough to mean something.
fn line(event: &super::report::Event) -> String {
    let letter = u32::from('A') + event.connection;
    let letter = char::from_u32(letter).unwrap_or('?');
    let time = match (event.seconds * 10.0).round() / 10.0 {
        seconds if seconds >= 0.1 => format!("{seconds:.1} s"),
        _ => String::new(),
    };
    let text: String = event.event.chars().take(LINE).collect();
    let more = if text.len() < event.event.len() {
        " …"
    } else {
        ""
    };
    format!("{letter} {time:>6}  {text}{more}")
}

/// The begin and the end of what is too long.
fn shortened(mut lines: Vec<String>) -> Vec<String> {
    let kept = FIRST_LINES + LAST_LINES;
    if lines.len() > kept + 1 {
        let left_out = lines.len() - kept;
        let end = lines.len() - LAST_LINES;
        lines.splice(FIRST_LINES..end, [format!("… {left_out} lines more …")]);
    }
    lines
}

pub(super) fn group_of(id: &str) -> &str {
    id.split('/').next().unwrap_or_default()
}
