//! The file of failures that an adapter's author knows of.
//!
//! ```text
//! # One pattern a line, and why.
//! framing/cl/short-close -- the engine reports the end as success, issue 12
//! upload/early-response/*  -- the engine writes the whole body first
//! flaky: conn/reuse/**   -- the engine gives connections back in the background
//! ```
//!
//! `*` stands for one element of an id, `**` for any number of them. A line
//! without a reason is an error; a line that a passing case matches is stale,
//! and so is one that matches no case at all: both fail the run. A line of a
//! flaky case may match a case that passes. A line is for both verdicts on a case: its
//! behaviour, and how its errors are classified.

use std::fmt;

use crate::profile::Profile;
use crate::report::CaseResult;

#[cfg(test)]
mod tests;

/// What begins the line of a case that may pass or fail.
const FLAKY: &str = "flaky:";

/// A parsed file of expected failures.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExpectedFailures {
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    number: usize,
    pattern: String,
    reason: String,
    is_flaky: bool,
}

/// A line that cannot be understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadLine {
    number: usize,
    problem: &'static str,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, problem } = self;
        write!(f, "expected failures, line {number}: {problem}")
    }
}

impl ExpectedFailures {
    pub(crate) fn parse(text: &str) -> Result<Self, BadLine> {
        let mut lines = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let number = at + 1;
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let flaky = line.strip_prefix(FLAKY);
            let line = flaky.unwrap_or(line);
            let (pattern, reason) = line.split_once("--").unwrap_or((line, ""));
            let (pattern, reason) = (pattern.trim(), reason.trim());
            let bad = |problem| BadLine { number, problem };
            if reason.is_empty() {
                return Err(bad("a reason is required, after `--`"));
            }
            if pattern.is_empty() {
                return Err(bad("a pattern is required, before `--`"));
            }
            let partial = |element: &str| element.contains('*') && !matches!(element, "*" | "**");
            if pattern.split('/').any(partial) {
                return Err(bad("`*` and `**` stand for whole elements"));
            }
            lines.push(Line {
                number,
                pattern: pattern.to_owned(),
                reason: reason.to_owned(),
                is_flaky: flaky.is_some(),
            });
        }
        Ok(Self { lines })
    }

    /// Whether there is a line for the case `id`.
    pub(crate) fn speaks_of(&self, id: &str) -> bool {
        self.line(id).is_some()
    }

    fn line(&self, id: &str) -> Option<&Line> {
        self.lines.iter().find(|line| matches(&line.pattern, id))
    }

    /// The status of the case `id` in the light of its line, if there is one.
    ///
    /// Where names of errors are not judged, a case that passes does not make its line stale: it
    /// may be about those.
    pub(crate) fn judge(&self, id: &str, status: CaseResult, profile: Profile) -> CaseResult {
        let Some(Line {
            reason, is_flaky, ..
        }) = self.line(id)
        else {
            return status;
        };
        let reason = reason.clone();
        match (status, is_flaky) {
            (CaseResult::Passed, true) => CaseResult::Flaky(reason, None),
            (CaseResult::Passed, false) if profile == Profile::Contract => {
                CaseResult::Stale(reason)
            }
            (CaseResult::Failed(failure) | CaseResult::Misclassified(failure), true) => {
                CaseResult::Flaky(reason, Some(failure))
            }
            (CaseResult::Failed(failure) | CaseResult::Misclassified(failure), false) => {
                CaseResult::Expected(reason, failure)
            }
            (status, _) => status,
        }
    }

    /// Complaints about lines that match none of `ids`.
    pub(crate) fn unmatched<'a>(&'a self, ids: &'a [&'a str]) -> impl Iterator<Item = String> + 'a {
        self.lines
            .iter()
            .filter(|line| !ids.iter().any(|id| matches(&line.pattern, id)))
            .map(
                |Line {
                     number, pattern, ..
                 }| {
                    format!("expected failures, line {number}: `{pattern}` matches no case")
                },
            )
    }
}

/// Whether a pattern matches an id, element by element.
#[must_use]
pub fn matches(pattern: &str, id: &str) -> bool {
    let pattern: Vec<_> = pattern.split('/').collect();
    let id: Vec<_> = id.split('/').collect();
    matches_elements(&pattern, &id)
}

fn matches_elements(pattern: &[&str], id: &[&str]) -> bool {
    match (pattern.split_first(), id.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), None) => matches_elements(rest, id),
        (Some((&"**", rest)), Some((_, id_rest))) => {
            matches_elements(rest, id) || matches_elements(pattern, id_rest)
        }
        (Some((element, rest)), Some((first, id_rest))) => {
            (*element == "*" || element == first) && matches_elements(rest, id_rest)
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}
