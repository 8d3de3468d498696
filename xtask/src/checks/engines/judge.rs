//! What we think of each failure: `tests/engines/judgements/<subject>.toml`, whose
//! README says what is in them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::table::{Engine, Table, Verdict};

/// What a failure is worth.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    Fault,
    ByDesign,
    Unknown,
}

impl Kind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Fault => "true fault",
            Self::ByDesign => "by design",
            Self::Unknown => "unknown",
        }
    }
}

/// What we think of one failure.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Judgement {
    pub(super) judgement: Kind,
    pub(super) why: String,
    /// Where it is known in public.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) issue: Option<String>,
    /// Whether it may pass or fail.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) flaky: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    judgement: Vec<Line>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    /// An id, or a pattern.
    case: String,
    judgement: Kind,
    why: String,
    issue: Option<String>,
    #[serde(default)]
    flaky: bool,
}

/// What is wrong with the judgements.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Problems {
    /// Judgements that fit no failure.
    pub(super) stale: Vec<String>,
    /// Failures without one.
    pub(super) unjudged: Vec<String>,
    /// Engines and cases that may pass or fail.
    pub(super) flaky: BTreeSet<(String, String)>,
}

impl Table {
    /// Writes our judgement beside each failure, and tells where they do not fit together.
    pub(super) fn judge(&mut self, folder: &Path) -> Result<Problems, String> {
        let mut problems = Problems::default();
        let required = self.cases.iter().filter(|case| case.is_required());
        let required = required.map(|case| case.id.clone()).collect();
        for engine in &mut self.engines {
            let lines = read(&folder.join(format!("{}.toml", engine.name)))?;
            engine.judge(&lines, &required, &mut problems);
        }
        Ok(problems)
    }
}

fn read(file: &Path) -> Result<Vec<Line>, String> {
    if !file.is_file() {
        return Ok(Vec::new());
    }
    let at = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = fs::read_to_string(file).map_err(|error| at(&error))?;
    parse(&text).map_err(|error| at(&error))
}

pub(super) fn parse(text: &str) -> Result<Vec<Line>, String> {
    let file: File = basic_toml::from_str(text).map_err(|error| error.to_string())?;
    let empty = file
        .judgement
        .iter()
        .find(|line| line.why.trim().is_empty());
    match empty {
        Some(line) => Err(format!("the judgement of `{}` does not say why", line.case)),
        None => Ok(file.judgement),
    }
}

impl Engine {
    pub(super) fn judge(
        &mut self,
        lines: &[Line],
        required: &BTreeSet<String>,
        problems: &mut Problems,
    ) {
        let mut used = BTreeSet::new();
        let at_times = self.at_times.iter();
        problems
            .flaky
            .extend(at_times.map(|id| (self.name.clone(), id.clone())));
        for (id, failure) in &mut self.failures {
            let mut numbered = lines.iter().enumerate();
            let fitting = numbered.find(|(_, line)| fits(&line.case, id));
            failure.judgement = fitting.map(|(number, line)| {
                used.insert(number);
                line.judgement()
            });
            // What only the contract asks binds no engine, and the adapter's own file says why.
            let reason = self.reasons.get(id).filter(|_| !required.contains(id));
            let expected = reason.map(|why| Judgement {
                judgement: Kind::ByDesign,
                why: why.clone(),
                issue: None,
                flaky: false,
            });
            failure.judgement = failure.judgement.take().or(expected);
            if failure.judgement.is_none() {
                problems.unjudged.push(format!("{}: {id}", self.name));
            }
        }
        for (number, line) in lines.iter().enumerate() {
            if line.flaky {
                let ids = self.verdicts.keys().filter(|id| fits(&line.case, id));
                let flaky = ids.map(|id| (self.name.clone(), id.clone()));
                problems.flaky.extend(flaky);
            }
            if used.contains(&number) {
                continue;
            }
            let ids = self.verdicts.iter().filter(|(id, _)| fits(&line.case, id));
            let verdicts: Vec<_> = ids.map(|(_, verdict)| *verdict).collect();
            let why = match verdicts.as_slice() {
                [] => "there is no such case".to_owned(),
                all if line.flaky && all.contains(&Verdict::Passed) => continue,
                // Another run may tell.
                all if all.iter().all(|verdict| !verdict.is_certain()) => continue,
                [verdict] => format!("its verdict is: {}", verdict.word()),
                _ => "none of its cases failed, or a line above it fits them".to_owned(),
            };
            let stale = format!("{}: the judgement of `{}`: {why}", self.name, line.case);
            problems.stale.push(stale);
        }
    }
}

impl Line {
    fn judgement(&self) -> Judgement {
        Judgement {
            judgement: self.judgement,
            why: self.why.clone(),
            issue: self.issue.clone(),
            flaky: self.flaky,
        }
    }
}

/// Whether an id fits a pattern: `*` is one element, `**` any number of them.
fn fits(pattern: &str, id: &str) -> bool {
    fn elements(pattern: &[&str], id: &[&str]) -> bool {
        match (pattern, id) {
            ([], []) => true,
            (["**", rest @ ..], _) => {
                elements(rest, id) || matches!(id, [_, left @ ..] if elements(pattern, left))
            }
            ([one, rest @ ..], [other, left @ ..]) => {
                (*one == "*" || one == other) && elements(rest, left)
            }
            _ => false,
        }
    }
    let split = |text| str::split(text, '/').collect::<Vec<_>>();
    elements(&split(pattern), &split(id))
}
