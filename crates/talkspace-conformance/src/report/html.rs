//! The report for people: one page that needs nothing but itself.

use super::{CaseReport, Failure, Report, Status, escape, explanation};

const STYLE: &str = include_str!("html/style.css");

pub(super) fn page(reports: &[&Report]) -> String {
    let names: String = reports
        .iter()
        .map(|report| {
            format!(
                "<th scope=\"col\">{} <small>{}</small></th>",
                escape(&report.name),
                escape(&report.version)
            )
        })
        .collect();
    let verdicts: String = reports.iter().map(|report| verdict(report)).collect();
    let rows: String = ids(reports)
        .into_iter()
        .map(|id| row(id, reports))
        .collect();
    format!(
        "<!doctype html>\n\
         <html lang=\"en\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>Conformance of transports</title>\n\
         <style>\n{STYLE}</style>\n\
         </head>\n\
         <body>\n\
         <h1>Conformance of transports</h1>\n\
         <div class=\"wide\">\n\
         <table>\n\
         <thead>\n\
         <tr><th scope=\"col\">case</th>{names}</tr>\n\
         <tr><td></td>{verdicts}</tr>\n\
         </thead>\n\
         <tbody>\n{rows}</tbody>\n\
         </table>\n\
         </div>\n\
         </body>\n\
         </html>\n"
    )
}

/// Every id, in the order of the first report that has it.
fn ids<'r>(reports: &[&'r Report]) -> Vec<&'r str> {
    let mut ids = Vec::new();
    for case in reports.iter().flat_map(|report| &report.cases) {
        if !ids.contains(&case.case.id()) {
            ids.push(case.case.id());
        }
    }
    ids
}

fn verdict(report: &Report) -> String {
    let passed = report.passed().count();
    let (class, word) = match report.exit_code() {
        0 => ("passed", "conforms"),
        _ => ("failed", "does not conform"),
    };
    let problems: String = report
        .problems
        .iter()
        .map(|problem| format!("<br>{}", escape(problem)))
        .collect();
    format!(
        "<td class=\"{class}\">{word}<br><small>{passed} of {} passed</small>{problems}</td>",
        report.cases.len()
    )
}

fn row(id: &str, reports: &[&Report]) -> String {
    let found: Vec<_> = reports
        .iter()
        .map(|report| report.cases.iter().find(|case| case.case.id() == id))
        .collect();
    let Some(case) = found.iter().flatten().next().map(|report| &report.case) else {
        return String::new();
    };
    let cells: String = found.iter().map(|report| cell(*report)).collect();
    format!(
        "<tr><th scope=\"row\"><code>{}</code> <b>{}</b><p>{}. <small>{}</small></p></th>{cells}</tr>\n",
        escape(id),
        case.level(),
        escape(case.requirement()),
        escape(case.rfc()),
    )
}

fn cell(report: Option<&CaseReport>) -> String {
    let Some(report) = report else {
        return "<td class=\"skipped\">not run</td>".to_owned();
    };
    match &report.status {
        Status::Passed => "<td class=\"passed\">passed</td>".to_owned(),
        Status::Skipped(reason) => {
            format!(
                "<td class=\"skipped\">skipped<br><small>{}</small></td>",
                escape(reason)
            )
        }
        Status::Stale(reason) => format!(
            "<td class=\"failed\">passed, although expected to fail<br><small>{}</small></td>",
            escape(reason)
        ),
        Status::Expected(reason, failure) => unfolding("expected", reason, report, failure),
        Status::Failed(failure) => {
            let class = if report.fails(true) && report.case.level() == crate::Level::Must {
                "failed"
            } else {
                "expected"
            };
            let first = failure.problems.first().map_or("", String::as_str);
            unfolding(class, first, report, failure)
        }
    }
}

fn unfolding(class: &str, text: &str, report: &CaseReport, failure: &Failure) -> String {
    format!(
        "<td class=\"{class}\"><details><summary>failed: {}</summary><pre>{}</pre></details></td>",
        escape(text),
        escape(&explanation(report, failure)),
    )
}
