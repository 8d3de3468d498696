//! The report for servers of continuous integration. It is written as text, as the one in HTML is:
//! quick-junit would bring sixteen crates, chrono and uuid among them.

use super::{CaseReport, CaseResult, Report, Strictness, escape, explanation};
use crate::case::Level;

pub(super) fn write(report: &Report) -> String {
    let cases: String = report
        .cases
        .iter()
        .map(|case| testcase(case, report.strictness))
        .collect();
    let problems: String = report.problems.iter().map(|text| problem(text)).collect();
    let failures = report
        .cases
        .iter()
        .filter(|case| case.fails(report.strictness))
        .count()
        + report.problems.len();
    let skipped = report
        .cases
        .iter()
        .filter(|case| {
            matches!(
                case.status,
                CaseResult::Skipped(_) | CaseResult::NotApplicable(_)
            )
        })
        .count();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites>\n\
         <testsuite name=\"{} {}\" tests=\"{}\" failures=\"{failures}\" skipped=\"{skipped}\">\n\
         {cases}{problems}</testsuite>\n\
         </testsuites>\n",
        escape(&report.name),
        escape(&report.version),
        report.cases.len() + report.problems.len(),
    )
}

fn testcase(report: &CaseReport, strictness: Strictness) -> String {
    let id = report.case.id();
    let group = id.split('/').next().unwrap_or_default();
    let inner = match &report.status {
        CaseResult::Passed => String::new(),
        CaseResult::NotApplicable(need) => {
            format!("<skipped message=\"the adapter does not claim {need}\"/>")
        }
        CaseResult::Unmet(basics) => {
            format!(
                "<skipped message=\"inconclusive, see {}\"/>",
                basics.join(", ")
            )
        }
        CaseResult::Skipped(reason) => format!("<skipped message=\"{}\"/>", escape(reason)),
        CaseResult::Expected(reason, _) => {
            format!(
                "<skipped message=\"expected to fail: {}\"/>",
                escape(reason)
            )
        }
        CaseResult::Flaky(_, None) => String::new(),
        CaseResult::Flaky(reason, Some(_)) => format!(
            "<skipped message=\"known to be flaky: {}\"/>",
            escape(reason)
        ),
        CaseResult::Inconclusive(reason) if report.fails(strictness) => {
            format!("<failure message=\"inconclusive: {}\"/>", escape(reason))
        }
        CaseResult::Inconclusive(reason) => {
            format!("<skipped message=\"inconclusive: {}\"/>", escape(reason))
        }
        CaseResult::Stale(reason) => format!(
            "<failure message=\"it passes, so its line is stale: {}\"/>",
            escape(reason)
        ),
        CaseResult::Failed(failure) | CaseResult::Misclassified(failure) => {
            let text = escape(&explanation(report, failure));
            if report.fails(strictness) {
                let kind = match report.status {
                    CaseResult::Misclassified(_) => " type=\"classification\"",
                    _ => "",
                };
                let first = escape(failure.headline());
                format!("<failure{kind} message=\"{first}\">{text}</failure>")
            } else {
                // JUnit has no word for a warning.
                format!("<system-out>{text}</system-out>")
            }
        }
    };
    let level = match report.case.level() {
        Level::Must => "must",
        Level::Should => "should",
    };
    format!(
        "<testcase classname=\"{level}.{group}\" name=\"{}\" time=\"{:.3}\">{inner}</testcase>\n",
        escape(id),
        report.took.as_secs_f64(),
    )
}

fn problem(text: &str) -> String {
    let text = escape(text);
    format!(
        "<testcase classname=\"suite\" name=\"expected failures\"><failure message=\"{text}\"/></testcase>\n"
    )
}
