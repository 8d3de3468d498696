//! The report for machines.

use std::time::Duration;

use serde_json::{Value, json};

use super::{CaseReport, CaseResult, Failure, Report};
use crate::case::{Finding, Source};
use crate::wire::rendered;

pub(super) fn write(report: &Report) -> String {
    let value = json!({
        "format": 2,
        "suite": env!("CARGO_PKG_VERSION"),
        "adapter": { "name": report.name, "version": report.version },
        "profile": report.profile.word(),
        "claims": report.claims.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "strict": report.strictness.shoulds,
        "conforms": report.exit_code() == 0,
        "problems": report.problems,
        "lateness": { "milliseconds": milliseconds(report.lateness) },
        "cases": report.cases.iter().map(case).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn case(report: &CaseReport) -> Value {
    let case = &report.case;
    let not_claimed = |need| format!("the adapter does not claim {need}");
    let (status, reason) = match &report.status {
        CaseResult::Passed => ("passed", None),
        CaseResult::Failed(_) => ("failed", None),
        CaseResult::Misclassified(_) => ("misclassified", None),
        CaseResult::Expected(reason, _) => ("expected failure", Some(reason.clone())),
        CaseResult::Stale(reason) => ("stale expectation", Some(reason.clone())),
        CaseResult::NotApplicable(need) => ("not applicable", Some(not_claimed(need))),
        CaseResult::Skipped(reason) => ("skipped", Some(reason.clone())),
        CaseResult::Flaky(reason, None) => ("flaky, passed", Some(reason.clone())),
        CaseResult::Flaky(reason, Some(_)) => ("flaky, failed", Some(reason.clone())),
        CaseResult::Unmet(_) => (
            "inconclusive",
            Some("what it builds on does not hold".to_owned()),
        ),
        CaseResult::Inconclusive(reason) => ("inconclusive", Some(reason.clone())),
    };
    let (behaviour, classification) = verdicts(report);
    let mut value = json!({
        "id": case.id(),
        "level": case.level().to_string(),
        "requirement": case.requirement(),
        "source": source(case.source()),
        "needs": case.needs().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "classes": case.classes(),
        "status": status,
        "behaviour": behaviour,
        "classification": classification,
        "pace": report.settled.as_ref().map_or(1, |settled| settled.factor),
        "milliseconds": milliseconds(report.took),
    });
    if let Value::Object(fields) = &mut value {
        let at_first = report.settled.as_ref().map(|settled| &settled.at_first);
        fields.extend(at_first.map(|text| ("at first".to_owned(), json!(text))));
        fields.extend(reason.map(|reason| ("reason".to_owned(), json!(reason))));
        if let CaseResult::Unmet(basics) = &report.status {
            fields.insert("see".to_owned(), json!(basics));
        }
        let failed = report.status.failure();
        fields.extend(failed.map(|failed| ("failure".to_owned(), failure(failed))));
    }
    value
}

/// The two verdicts on a case that was played: how the adapter behaves, and whether what it
/// calls an error, and what else it promises, is what the contract wants.
fn verdicts(report: &CaseReport) -> (&'static str, &'static str) {
    let passed = |passes: bool| if passes { "passed" } else { "failed" };
    match (&report.status, report.status.failure()) {
        (_, Some(failure)) => (
            passed(failure.problems.is_empty()),
            passed(failure.classification.is_empty()),
        ),
        (CaseResult::Passed | CaseResult::Stale(_) | CaseResult::Flaky(..), None) => {
            ("passed", "passed")
        }
        _ => ("none", "none"),
    }
}

fn source(source: &Source) -> Value {
    match source {
        Source::Required(quotes) => {
            let quotes = quotes
                .iter()
                .map(|quote| json!({ "rfc": quote.rfc(), "text": quote.text() }));
            json!({ "kind": "required", "quotes": quotes.collect::<Vec<_>>() })
        }
        Source::Contract(near) => json!({ "kind": "contract", "near": near }),
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn failure(failure: &Failure) -> Value {
    let exchanges = failure.exchanges.iter().map(|exchange| {
        json!({
            "request": exchange.request,
            "expected": exchange.expected,
            "got": exchange.got,
            "errors": exchange.chain,
        })
    });
    let peers = failure.peers.iter().map(|(_, seen)| {
        let lines = rendered::lines(seen).into_iter().map(|line| {
            json!({ "connection": line.connection, "seconds": line.seconds, "event": line.text })
        });
        lines.collect::<Vec<_>>()
    });
    let mut value = json!({
        "problems": failure.problems,
        "classification": failure.classification.iter().map(finding).collect::<Vec<_>>(),
        "exchanges": exchanges.collect::<Vec<_>>(),
        "peers": peers.collect::<Vec<_>>(),
    });
    hide_ports(&mut value, &failure.peers);
    value
}

fn finding(finding: &Finding) -> Value {
    json!({ "about": finding.about.to_string(), "problem": finding.text })
}

/// Ports differ from run to run, and a report must not.
fn hide_ports<T>(value: &mut Value, peers: &[(String, T)]) {
    match value {
        Value::String(text) => {
            for (authority, _) in peers {
                if text.contains(authority.as_str()) {
                    *text = text.replace(authority.as_str(), "peer:port");
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| hide_ports(value, peers)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|value| hide_ports(value, peers)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
