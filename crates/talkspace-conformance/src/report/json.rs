//! The report for machines.

use std::time::Duration;

use serde_json::{Value, json};

use super::{CaseReport, CaseResult, Failure, Report};
use crate::wire::rendered;

pub(super) fn write(report: &Report) -> String {
    let value = json!({
        "format": 1,
        "suite": env!("CARGO_PKG_VERSION"),
        "adapter": { "name": report.name, "version": report.version },
        "strict": report.strict,
        "conforms": report.exit_code() == 0,
        "problems": report.problems,
        "lateness": { "milliseconds": milliseconds(report.lateness) },
        "cases": report.cases.iter().map(case).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn case(report: &CaseReport) -> Value {
    let case = &report.case;
    let (status, reason, failed) = match &report.status {
        CaseResult::Passed => ("passed", None, None),
        CaseResult::Failed(failed) => ("failed", None, Some(failed)),
        CaseResult::Expected(reason, failed) => ("expected failure", Some(reason), Some(failed)),
        CaseResult::Stale(reason) => ("stale expectation", Some(reason), None),
        CaseResult::Skipped(reason) => ("skipped", Some(reason), None),
        CaseResult::Flaky(reason, None) => ("flaky, passed", Some(reason), None),
        CaseResult::Flaky(reason, Some(failed)) => ("flaky, failed", Some(reason), Some(failed)),
        CaseResult::Inconclusive(reason) => ("inconclusive", Some(reason), None),
    };
    let mut value = json!({
        "id": case.id(),
        "level": case.level().to_string(),
        "requirement": case.requirement(),
        "source": case.rfc(),
        "status": status,
        "pace": report.settled.as_ref().map_or(1, |settled| settled.factor),
        "milliseconds": milliseconds(report.took),
    });
    if let Value::Object(fields) = &mut value {
        let at_first = report.settled.as_ref().map(|settled| &settled.at_first);
        fields.extend(at_first.map(|text| ("at first".to_owned(), json!(text))));
        fields.extend(reason.map(|reason| ("reason".to_owned(), json!(reason))));
        fields.extend(failed.map(|failed| ("failure".to_owned(), failure(failed))));
    }
    value
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
        "exchanges": exchanges.collect::<Vec<_>>(),
        "peers": peers.collect::<Vec<_>>(),
    });
    hide_ports(&mut value, &failure.peers);
    value
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
