//! A cell: what it counts, and the cases that it unfolds to.

use std::fmt::Write as _;

use super::super::table::{Case, Engine, Failure, Table, Verdict};
use super::{Cell, Part, requirements};
use crate::html::escape;

/// How much a cell's cases weigh, and the mark for it.
#[derive(Clone, Copy, PartialEq)]
enum Mark {
    Failed,
    Warned,
    Differs,
}

impl Mark {
    const ALL: [Self; 3] = [Self::Failed, Self::Warned, Self::Differs];

    const fn class(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Warned => "warned",
            Self::Differs => "differs",
        }
    }

    const fn sign(self) -> &'static str {
        match self {
            Self::Failed => "✕",
            Self::Warned => "!",
            Self::Differs => "≠",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Failed => "a MUST is not kept",
            Self::Warned => "a SHOULD is not kept",
            Self::Differs => "otherwise than the contract",
        }
    }

    /// No verdict of the contract is as bad as one of an RFC.
    fn of(part: Part, case: &Case, verdict: Verdict) -> Option<Self> {
        match (part.sees(verdict), part) {
            (Verdict::Failed, Part::Rfc) if case.level == "MUST" => Some(Self::Failed),
            (Verdict::Failed, Part::Rfc) => Some(Self::Warned),
            (Verdict::Failed | Verdict::Misclassified, _) => Some(Self::Differs),
            _ => None,
        }
    }
}

impl<'t> Cell<'t> {
    pub(super) fn of(table: &'t Table, part: Part, group: &'t str, engine: &'t Engine) -> Self {
        let cases = table.cases.iter().filter(|case| case.group() == group);
        let cases = cases
            .map(|case| (case, engine.verdict(&case.id)))
            .filter(|(case, verdict)| part.has(case, *verdict))
            .collect();
        Self {
            part,
            group,
            engine,
            cases,
        }
    }

    /// The name of its place.
    fn place(&self) -> String {
        let Self {
            part,
            group,
            engine,
            ..
        } = self;
        escape(&format!("{}/{}/{group}", part.word(), engine.name))
    }

    fn with(&self, fits: impl Fn(Verdict) -> bool) -> Vec<&'t Case> {
        let cases = self.cases.iter();
        cases
            .filter(|(_, verdict)| fits(self.part.sees(*verdict)))
            .map(|(case, _)| *case)
            .collect()
    }

    fn marked(&self, mark: Mark) -> Vec<&'t Case> {
        let cases = self.cases.iter();
        cases
            .filter(|(case, verdict)| Mark::of(self.part, case, *verdict) == Some(mark))
            .map(|(case, _)| *case)
            .collect()
    }

    /// Whether some case applies.
    pub(super) fn tells(&self) -> bool {
        let mut cases = self.cases.iter();
        cases.any(|(_, verdict)| *verdict != Verdict::NotApplicable)
    }

    /// The cell of the table, which leads to what it unfolds to.
    pub(super) fn count(&self, page: &mut String) {
        let group = escape(self.group);
        let _ = write!(page, "<td role=\"cell\" data-group=\"{group}\">");
        let passed = self.with(|verdict| verdict == Verdict::Passed).len();
        let judged = self.with(Verdict::is_judged).len();
        let mut counts = String::new();
        for mark in Mark::ALL {
            let count = self.marked(mark).len();
            if count > 0 {
                let _ = write!(
                    counts,
                    "<b class=\"{}\" title=\"{}\">{} {count}</b> ",
                    mark.class(),
                    mark.word(),
                    mark.sign()
                );
            }
        }
        if counts.is_empty() && judged > 0 {
            let _ = write!(
                counts,
                "<b class=\"passed\" title=\"passed\">✓ {passed}</b>"
            );
        } else if counts.is_empty() {
            counts.push_str("<span class=\"quiet\" title=\"not applicable\">–</span>");
        } else {
            let _ = write!(counts, "<small>of {judged}</small>");
        }
        match self.tells() {
            false => page.push_str(&counts),
            true => {
                let _ = write!(page, "<a href=\"#{}\">{counts}</a>", self.place());
            }
        }
    }

    /// What the cell unfolds to, in the row below.
    pub(super) fn unfolding(&self, page: &mut String) {
        if !self.tells() {
            return;
        }
        let row = format!("{}/{}", self.part.word(), self.engine.name);
        let _ = write!(
            page,
            "<details name=\"{}\"><summary><b>{}</b>: {}</summary><div id=\"{}\">",
            escape(&row),
            escape(&self.engine.name),
            escape(self.group),
            self.place()
        );
        for mark in Mark::ALL {
            for case in self.marked(mark) {
                if let Some(failure) = self.engine.failures.get(&case.id) {
                    failed(page, mark, case, failure);
                }
            }
        }
        let of = |verdict| move |other| other == verdict;
        self.list(page, "Passed", &self.with(of(Verdict::Passed)));
        self.reasons(page, "Inconclusive", &self.with(of(Verdict::Inconclusive)));
        self.reasons(page, "Skipped", &self.with(of(Verdict::Skipped)));
        let not_applicable = self.with(of(Verdict::NotApplicable)).len();
        if not_applicable > 0 {
            // Their ids stand below, and many engines have many.
            let _ = write!(
                page,
                "<p class=\"rest\"><b>Not applicable:</b> {not_applicable} of {}",
                self.cases.len()
            );
        }
        page.push_str("</div></details>");
    }

    fn list(&self, page: &mut String, word: &str, cases: &[&Case]) {
        if cases.is_empty() {
            return;
        }
        let links: Vec<_> = cases.iter().map(|case| requirements::link(case)).collect();
        let _ = write!(
            page,
            "<p class=\"rest\"><b>{word}:</b> {}",
            links.join(", ")
        );
    }

    fn reasons(&self, page: &mut String, word: &str, cases: &[&Case]) {
        for case in cases {
            let reason = self.engine.reasons.get(&case.id).map_or("", String::as_str);
            let link = requirements::link(case);
            let _ = write!(
                page,
                "<p class=\"rest\"><b>{word}:</b> {link}: {}",
                escape(reason)
            );
        }
    }
}

impl Verdict {
    /// Whether it says how the engine is.
    fn is_judged(self) -> bool {
        matches!(self, Self::Passed | Self::Failed | Self::Misclassified)
    }
}

/// The word of our judgement.
pub(super) fn judged(failure: &Failure) -> &'static str {
    let judgement = failure.judgement.as_ref();
    judgement.map_or("not judged", |judgement| judgement.judgement.word())
}

fn failed(page: &mut String, mark: Mark, case: &Case, failure: &Failure) {
    let _ = write!(
        page,
        "<article class=\"case\"><h3><b class=\"{}\">{}</b> {} <b class=\"level\">{}</b></h3>",
        mark.class(),
        mark.sign(),
        requirements::link(case),
        escape(&case.level),
    );
    requirements::sentences(page, case);
    let _ = write!(
        page,
        "<p><b>What it did:</b> {}",
        escape(&failure.problems.join("; "))
    );
    let _ = write!(page, "<p><b>{}", capital(judged(failure)));
    match &failure.judgement {
        Some(judgement) => {
            let times = if judgement.flaky { ", at times" } else { "" };
            let _ = write!(page, "{times}:</b> {}", escape(&judgement.why));
            if let Some(issue) = &judgement.issue {
                let (url, name) = (escape(issue), escape(&short(issue)));
                let _ = write!(page, " <a href=\"{url}\">{name}</a>");
            }
        }
        None => page.push_str(".</b>"),
    }
    transcript(page, failure);
    page.push_str("</article>");
}

fn transcript(page: &mut String, failure: &Failure) {
    let mut lines = String::new();
    for exchange in &failure.exchanges {
        let _ = writeln!(lines, "request   {}", exchange.request);
        if let Some(expected) = &exchange.expected {
            let _ = writeln!(lines, "expected  {expected}");
        }
        let got = exchange.got.as_deref().unwrap_or("nothing yet");
        let _ = writeln!(lines, "got       {got}");
        for error in &exchange.errors {
            let _ = writeln!(lines, "error     {error}");
        }
    }
    for line in &failure.transcript {
        let _ = writeln!(lines, "{line}");
    }
    let _ = write!(
        page,
        "<details class=\"transcript\"><summary>transcript</summary><pre tabindex=\"0\">{}</pre></details>",
        escape(lines.trim_end())
    );
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

/// `owner/name#1` for an issue of GitHub's; other addresses as they are.
fn short(issue: &str) -> String {
    let path = issue.strip_prefix("https://github.com/").unwrap_or("");
    match path.split('/').collect::<Vec<_>>().as_slice() {
        [owner, name, "issues" | "pull", number] => format!("{owner}/{name}#{number}"),
        _ => issue.trim_start_matches("https://").to_owned(),
    }
}
