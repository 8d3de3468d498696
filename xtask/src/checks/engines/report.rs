//! What is read of a report of the suite, in its format 2.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::table::Quote;

/// The format of the reports that are read here.
const FORMAT: u32 = 2;

#[derive(Debug, Deserialize)]
pub(super) struct Report {
    format: u32,
    pub(super) suite: String,
    pub(super) adapter: Adapter,
    pub(super) claims: Vec<String>,
    pub(super) cases: Vec<CaseReport>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Adapter {
    pub(super) name: String,
    pub(super) version: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct CaseReport {
    pub(super) id: String,
    pub(super) level: String,
    pub(super) requirement: String,
    pub(super) source: Source,
    pub(super) needs: Vec<String>,
    pub(super) status: String,
    /// What came of the behaviour: `passed`, `failed` or `none`.
    pub(super) behaviour: String,
    pub(super) reason: Option<String>,
    #[serde(default)]
    pub(super) see: Vec<String>,
    pub(super) failure: Option<Failure>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Source {
    #[serde(default)]
    pub(super) quotes: Vec<Quote>,
    #[serde(default)]
    pub(super) near: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Failure {
    pub(super) problems: Vec<String>,
    pub(super) classification: Vec<Finding>,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) peers: Vec<Vec<Event>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Finding {
    pub(super) problem: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Exchange {
    pub(super) request: String,
    pub(super) expected: Option<String>,
    pub(super) got: Option<String>,
    pub(super) errors: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Event {
    pub(super) connection: u32,
    pub(super) seconds: f64,
    pub(super) event: String,
}

/// Reads the report that a run has written.
pub(super) fn read(file: &Path) -> Result<Report, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    parse(&text).map_err(|error| format!("{}: {error}", file.display()))
}

pub(super) fn parse(text: &str) -> Result<Report, String> {
    let report: Report = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match report.format {
        FORMAT => Ok(report),
        format => Err(format!(
            "a report of format {format}; what is read here is format {FORMAT}"
        )),
    }
}
