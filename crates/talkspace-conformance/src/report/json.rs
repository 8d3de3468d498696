//! The report for machines.

use serde_json::{Value, json};

use super::{CaseReport, Failure, Report, Status, transcript};

pub(super) fn write(report: &Report) -> String {
    let value = json!({
        "format": 1,
        "suite": env!("CARGO_PKG_VERSION"),
        "adapter": { "name": report.name, "version": report.version },
        "strict": report.strict,
        "conforms": report.exit_code() == 0,
        "problems": report.problems,
        "cases": report.cases.iter().map(case).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn case(report: &CaseReport) -> Value {
    let case = &report.case;
    let (status, reason, failed) = match &report.status {
        Status::Passed => ("passed", None, None),
        Status::Failed(failed) => ("failed", None, Some(failed)),
        Status::Expected(reason, failed) => ("expected failure", Some(reason), Some(failed)),
        Status::Stale(reason) => ("stale expectation", Some(reason), None),
        Status::Skipped(reason) => ("skipped", Some(reason), None),
    };
    let mut value = json!({
        "id": case.id(),
        "level": case.level().to_string(),
        "requirement": case.requirement(),
        "source": case.rfc(),
        "status": status,
        "milliseconds": u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX),
    });
    if let Value::Object(fields) = &mut value {
        fields.extend(reason.map(|reason| ("reason".to_owned(), json!(reason))));
        fields.extend(failed.map(|failed| ("failure".to_owned(), failure(failed))));
    }
    value
}

fn failure(failure: &Failure) -> Value {
    let calls = failure.calls.iter().map(|call| {
        json!({
            "request": call.request,
            "expected": call.expected,
            "got": call.got,
            "errors": call.chain,
        })
    });
    let peers = failure.peers.iter().map(|(_, seen)| {
        let lines = transcript::lines(seen).into_iter().map(|line| {
            json!({ "connection": line.connection, "seconds": line.seconds, "event": line.text })
        });
        lines.collect::<Vec<_>>()
    });
    let mut value = json!({
        "problems": failure.problems,
        "calls": calls.collect::<Vec<_>>(),
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
