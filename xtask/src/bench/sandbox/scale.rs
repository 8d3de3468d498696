//! What an operation takes with few conferences open, and with many.

use std::path::Path;

use super::super::Bench;
use super::super::client::Report;
use super::super::numbers::{Named, Scale, Scaled};
use super::super::server::{FIRST, pinned};
use super::super::table::figure;
use crate::process::{output, say};

/// How many are open. The last takes a while to fill.
const SIZES: [u32; 3] = [100, 10_000, 1_000_000];
const QUICK: [u32; 3] = [100, 10_000, 100_000];

/// By its nature it takes the longer the more there is, and has no aim.
pub(crate) const LIST: &str = "list, each entry";

/// What is measured, as the program calls it and as people do.
const OPERATIONS: [(&str, &str); 6] = [
    ("create", "create"),
    ("answer", "a phone is answered"),
    ("get", "get"),
    ("add", "add a participant"),
    ("close", "close"),
    ("list", LIST),
];

pub(super) fn run(bench: &Bench<'_>, program: &Path) -> Result<Vec<Named<Scaled>>, String> {
    let sizes = if bench.quick { QUICK } else { SIZES };
    let most = figure(sizes.into_iter().max().unwrap_or_default().into(), 0);
    say(&format!("sandbox: up to {most} conferences open"));
    let mut command = pinned(bench, FIRST, program);
    command.args(["scale", &bench.rounds(2000, 300).to_string()]);
    command.args(sizes.map(|size| size.to_string()));
    let reports = output(command)?;
    let reports: Option<Vec<Report>> = reports.lines().map(Report::parse).collect();
    let reports = reports.ok_or("these are no reports")?;
    let operations = OPERATIONS.map(|(word, name)| {
        let sizes = sizes
            .into_iter()
            .zip(&reports)
            .map(|(conferences, report)| {
                Ok(Scale {
                    conferences,
                    ns: report.get(word)?,
                })
            });
        Ok(Named {
            name: name.to_owned(),
            figures: Scaled {
                sizes: sizes.collect::<Result<_, String>>()?,
            },
        })
    });
    operations.into_iter().collect()
}
