//! The report for people: one page that needs nothing but itself.
//!
//! First a card for each adapter, then every failure with its transcript, then
//! all cases by group, adapters side by side. Only times differ between two runs.

use super::{CaseReport, CaseResult, Failure, Report, Strictness, escape, explanation};
use crate::case::Case;
use crate::profile::Profile;

const STYLE: &str = include_str!("html/style.css");

/// How much of a line of an explanation is its label.
const LABEL: usize = 15;

pub(super) fn page(reports: &[&Report]) -> String {
    let ids = ids(reports);
    let cards: String = reports.iter().map(|report| card(report)).collect();
    let names: String = reports
        .iter()
        .map(|report| format!("<span>{}</span>", escape(&report.name)))
        .collect();
    let groups: String = ids
        .chunk_by(|one, next| group_of(one) == group_of(next))
        .map(|ids| group(ids, reports))
        .collect();
    let profile = match reports.iter().all(|report| report.profile == Profile::Rfc) {
        true => "what RFCs require of a client",
        false => "what RFCs require of a client, and the contract of a transport",
    };
    format!(
        "<!doctype html>\n\
         <html lang=\"en\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>Conformance of transports</title>\n\
         <style>\n{STYLE}</style>\n\
         </head>\n\
         <body style=\"--adapters:{}\">\n\
         <header><h1>Conformance of transports</h1>\n\
         <p>{} cases, {profile}, http1-conformance {}</p></header>\n\
         <main>\n\
         <section class=\"cards\" aria-label=\"Adapters\">\n{cards}</section>\n\
         <section>\n<h2>Failures</h2>\n{}</section>\n\
         <section>\n<h2>All cases</h2>\n\
         <div class=\"columns head\" aria-hidden=\"true\"><span></span>{names}</div>\n\
         {groups}</section>\n\
         </main>\n\
         </body>\n\
         </html>\n",
        reports.len(),
        ids.len(),
        env!("CARGO_PKG_VERSION"),
        failures(&ids, reports),
    )
}

/// What came of a case, the worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Failed,
    /// What it does is right, and what it calls an error is not.
    Misclassified,
    /// A failure that does not count.
    Warned,
    Expected,
    Flaky,
    Inconclusive,
    Skipped,
    NotApplicable,
    Passed,
}

impl Mark {
    const ALL: [Self; 9] = [
        Self::Failed,
        Self::Misclassified,
        Self::Warned,
        Self::Expected,
        Self::Flaky,
        Self::Inconclusive,
        Self::Skipped,
        Self::NotApplicable,
        Self::Passed,
    ];

    fn of(report: &CaseReport, strictness: Strictness) -> Self {
        match report.status {
            CaseResult::Passed => Self::Passed,
            CaseResult::Skipped(_) => Self::Skipped,
            CaseResult::Expected(..) => Self::Expected,
            CaseResult::Flaky(..) => Self::Flaky,
            CaseResult::Inconclusive(_) if report.fails(strictness) => Self::Failed,
            CaseResult::Inconclusive(_) | CaseResult::Unmet(_) => Self::Inconclusive,
            CaseResult::NotApplicable(_) => Self::NotApplicable,
            CaseResult::Misclassified(_) if report.fails(strictness) => Self::Misclassified,
            CaseResult::Misclassified(_) => Self::Warned,
            CaseResult::Failed(_) | CaseResult::Stale(_) if report.fails(strictness) => {
                Self::Failed
            }
            CaseResult::Failed(_) | CaseResult::Stale(_) => Self::Warned,
        }
    }

    /// The word of the page.
    const fn word(self) -> &'static str {
        match self {
            Self::NotApplicable => "not applicable",
            _ => self.class(),
        }
    }

    /// The class in the style.
    const fn class(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Misclassified => "misclassified",
            Self::Warned => "warned",
            Self::Expected => "expected",
            Self::Flaky => "flaky",
            Self::Inconclusive => "inconclusive",
            Self::Skipped => "skipped",
            Self::NotApplicable => "inapplicable",
            Self::Passed => "passed",
        }
    }
}

/// How often each mark that there is occurs in the cases of a group, or in all.
fn counts(report: &Report, group: Option<&str>) -> Vec<(Mark, usize)> {
    let cases = || {
        let within =
            |case: &&CaseReport| group.is_none_or(|group| group_of(case.case.id()) == group);
        report.cases.iter().filter(within)
    };
    let count = |mark| {
        cases()
            .filter(|case| Mark::of(case, report.strictness) == mark)
            .count()
    };
    Mark::ALL
        .into_iter()
        .map(|mark| (mark, count(mark)))
        .filter(|(_, count)| *count > 0)
        .collect()
}

fn tally(counts: &[(Mark, usize)]) -> String {
    let words = counts.iter().map(|(mark, count)| {
        let (class, word) = (mark.class(), mark.word());
        format!("<span class=\"{class}\">{count} {word}</span>")
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The first element of an id.
fn group_of(id: &str) -> &str {
    id.split('/').next().unwrap_or_default()
}

/// Every id, group by group, in the order of the first report that has it.
fn ids<'r>(reports: &[&'r Report]) -> Vec<&'r str> {
    let mut ids: Vec<&str> = Vec::new();
    for case in reports.iter().flat_map(|report| &report.cases) {
        let id = case.case.id();
        if !ids.contains(&id) {
            let last = ids
                .iter()
                .rposition(|other| group_of(other) == group_of(id));
            ids.insert(last.map_or(ids.len(), |at| at + 1), id);
        }
    }
    ids
}

/// What each report has of a case.
fn found<'r>(id: &str, reports: &[&'r Report]) -> Vec<(&'r Report, Option<&'r CaseReport>)> {
    let find = |report: &&'r Report| {
        let case = report.cases.iter().find(|case| case.case.id() == id);
        (*report, case)
    };
    reports.iter().map(find).collect()
}

fn card(report: &Report) -> String {
    let (class, word) = match report.exit_code() {
        0 => ("passed", "conforms"),
        _ => ("failed", "does not conform"),
    };
    let counts = counts(report, None);
    let bar: String = counts
        .iter()
        .map(|(mark, count)| {
            format!(
                "<i class=\"{}\" style=\"flex-grow:{count}\"></i>",
                mark.class()
            )
        })
        .collect();
    let problems: String = report
        .problems
        .iter()
        .map(|problem| format!("<p class=\"failed\">{}</p>\n", escape(problem)))
        .collect();
    format!(
        "<article class=\"card\">\n\
         <h2>{} <small>{}</small></h2>\n\
         <p class=\"verdict {class}\">{word}</p>\n\
         <div class=\"bar\" aria-hidden=\"true\">{bar}</div>\n\
         <p class=\"tally\">{}</p>\n{problems}</article>\n",
        escape(&report.name),
        escape(&report.version),
        tally(&counts),
    )
}

/// Every case that failed for any adapter, the worst first.
fn failures(ids: &[&str], reports: &[&Report]) -> String {
    let mut failed: Vec<_> = ids
        .iter()
        .filter_map(|id| {
            let found = found(id, reports);
            let marks = found
                .iter()
                .filter_map(|(report, case)| case.map(|case| Mark::of(case, report.strictness)));
            let worst = marks.min().filter(|worst| *worst < Mark::Skipped)?;
            Some((worst, failure(id, &found)))
        })
        .collect();
    if failed.is_empty() {
        return "<p>No case failed.</p>\n".to_owned();
    }
    failed.sort_by_key(|(worst, _)| *worst);
    failed.into_iter().map(|(_, text)| text).collect()
}

fn failure(id: &str, found: &[(&Report, Option<&CaseReport>)]) -> String {
    let mut outcomes = String::new();
    let mut passed = Vec::new();
    for (report, case) in found {
        match case {
            Some(case) if matches!(case.status, CaseResult::Passed) => passed.push(&*report.name),
            Some(case) => outcomes.push_str(&outcome(report, case)),
            None => {}
        }
    }
    if !passed.is_empty() {
        outcomes.push_str(&format!(
            "<p class=\"outcome\"><span class=\"passed\">passed</span> {}</p>\n",
            escape(&passed.join(", "))
        ));
    }
    format!(
        "<article class=\"failure\" id=\"{}\">\n{}{outcomes}</article>\n",
        escape(id),
        heading("h3", id, found)
    )
}

/// The id and the requirement of a case.
fn heading(element: &str, id: &str, found: &[(&Report, Option<&CaseReport>)]) -> String {
    let Some(report) = found.iter().find_map(|(_, report)| *report) else {
        return String::new();
    };
    format!(
        "<{element}><code>{}</code> <b>{}</b></{element}>\n<p>{} {}</p>\n",
        escape(id),
        report.case.level(),
        escape(report.case.requirement()),
        source(&report.case),
    )
}

/// The sentences that require a case, or that the contract does.
fn source(case: &Case) -> String {
    if case.quotes().is_empty() {
        return format!("<small>{}</small>", escape(&case.source().to_string()));
    }
    let quotes = case.quotes().iter().map(|quote| {
        let (rfc, text) = (escape(quote.rfc()), escape(quote.text()));
        format!("<small>{rfc}: <q>{text}</q></small>")
    });
    quotes.collect::<Vec<_>>().join(" ")
}

/// What a case has come to for an adapter that did not pass it.
fn outcome(report: &Report, case: &CaseReport) -> String {
    let mark = Mark::of(case, report.strictness);
    let (class, word) = (mark.class(), mark.word());
    let name = escape(&report.name);
    let said = format!("<span class=\"{class}\">{word}</span> <b>{name}</b>");
    let flat = |text: &str| format!("<p class=\"outcome\">{said} {}</p>\n", escape(text));
    match &case.status {
        CaseResult::Failed(failure) | CaseResult::Misclassified(failure) => {
            unfolding(&said, failure.headline(), case, failure)
        }
        CaseResult::Expected(reason, failure) => unfolding(&said, reason, case, failure),
        CaseResult::Stale(reason) => flat(&format!(
            "it passes, although it is expected to fail: {reason}"
        )),
        CaseResult::Flaky(reason, Some(failure)) => {
            unfolding(&said, &format!("failed: {reason}"), case, failure)
        }
        CaseResult::Flaky(reason, None) => flat(&format!("passed: {reason}")),
        CaseResult::NotApplicable(need) => flat(&format!("it does not claim {need}")),
        CaseResult::Unmet(basics) => format!("<p class=\"outcome\">{said} {}</p>\n", see(basics)),
        CaseResult::Skipped(reason) | CaseResult::Inconclusive(reason) => flat(reason),
        CaseResult::Passed => flat(""),
    }
}

/// The cases that tell why another tells nothing.
fn see(basics: &[&str]) -> String {
    let links = basics.iter().map(|basic| {
        let basic = escape(basic);
        format!("<a href=\"#{basic}\">{basic}</a>")
    });
    format!("see {}", links.collect::<Vec<_>>().join(", "))
}

fn unfolding(said: &str, text: &str, case: &CaseReport, failure: &Failure) -> String {
    let without_ports = |text: &str| {
        let mut text = text.to_owned();
        for (authority, _) in &failure.peers {
            text = text.replace(authority.as_str(), "peer:port");
        }
        text
    };
    // The heading has said the id, the requirement and its source.
    let lines: String = without_ports(&explanation(case, failure))
        .lines()
        .skip(2 + case.case.quotes().len())
        .map(line)
        .collect();
    format!(
        "<details><summary>{said} {}</summary><pre tabindex=\"0\">{lines}</pre></details>\n",
        escape(&without_ports(text)),
    )
}

/// A line of an explanation: its label, if any, and its text, coloured by direction.
fn line(text: &str) -> String {
    let (label, text) = text.split_at_checked(LABEL).unwrap_or(("", text));
    let label = match label.trim() {
        "" => String::new(),
        label => format!("<b>{} </b>", escape(label)),
    };
    let class = match () {
        () if text.starts_with('+') && text.contains(" < [") => " class=\"in\"",
        () if text.starts_with('+') && text.contains(" > [") => " class=\"out\"",
        () => "",
    };
    format!("<span{class}>{label}{}\n</span>", escape(text))
}

fn group(ids: &[&str], reports: &[&Report]) -> String {
    let name = ids.first().map_or("", |id| group_of(id));
    let tallies: String = reports
        .iter()
        .map(|report| {
            let counts = counts(report, Some(name));
            labelled("span", report, &tally(&counts))
        })
        .collect();
    let rows: String = ids.iter().map(|id| row(id, reports)).collect();
    format!(
        "<details class=\"group\">\n\
         <summary class=\"columns\"><b>{}</b>{tallies}</summary>\n\
         <table><tbody>\n{rows}</tbody></table>\n\
         </details>\n",
        escape(name),
    )
}

fn row(id: &str, reports: &[&Report]) -> String {
    let found = found(id, reports);
    let cells: String = found
        .iter()
        .map(|(report, case)| labelled("td", report, &cell(report, *case)))
        .collect();
    format!(
        "<tr class=\"columns\"><th scope=\"row\">{}</th>{cells}</tr>\n",
        heading("div", id, &found)
    )
}

fn cell(report: &Report, case: Option<&CaseReport>) -> String {
    let Some(case) = case else {
        return "<span class=\"skipped\">not run</span>".to_owned();
    };
    let mark = Mark::of(case, report.strictness);
    let (class, word) = (mark.class(), mark.word());
    match &case.status {
        CaseResult::Skipped(reason) => format!(
            "<span class=\"{class}\">{word}</span> <small>{}</small>",
            escape(reason)
        ),
        CaseResult::NotApplicable(need) => {
            format!("<span class=\"{class}\">{word}</span> <small>{need}</small>")
        }
        CaseResult::Passed => format!("<span class=\"{class}\">{word}</span>"),
        _ => format!(
            "<a class=\"{class}\" href=\"#{}\">{word}</a>",
            escape(case.case.id())
        ),
    }
}

/// A cell that names its adapter where there is no room for columns.
fn labelled(element: &str, report: &Report, inner: &str) -> String {
    let name = escape(&report.name);
    format!("<{element} class=\"cell\" data-adapter=\"{name}\">{inner}</{element}>")
}
