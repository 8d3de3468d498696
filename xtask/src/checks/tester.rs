//! `cargo xtask ci tester`: a tester that knows the spec and nothing else has
//! its way with the sandbox.
//!
//! It makes requests up, fitting and unfitting ones. Every response must have a
//! status, a type and a body that the spec has for it. `xtask/tester` says
//! what is checked, and lends the tester a key and ids that exist.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::process::{Server, command, run, say};
use crate::tools;

/// The version that the check was written with.
const TESTER: &str = "schemathesis==4.32.5";
/// The fewest requests that count as a test.
const MIN_REQUESTS: u64 = 2_000;

/// What the hooks count.
#[derive(Debug, Deserialize)]
struct Counts {
    requests: u64,
    /// How often each operation had a 2xx response.
    done: BTreeMap<String, u64>,
}

/// Tests a sandbox that holds the example application.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let python = tools::python(root, "tester", TESTER)?;
    let talkspace = tools::talkspace(root)?;
    let sandbox = Server::start(command(root, &talkspace, &arguments(&seeds())))?;
    let folder = tools::folder(root, "tester");
    let counts = folder.join("counts.json");
    // Those of an earlier run do not count.
    let _ = fs::remove_file(&counts);

    let ours = root.join("xtask/tester");
    let mut test = command(
        // It leaves notes where it runs.
        &folder,
        &python,
        &arguments(&[
            "-m".to_owned(),
            "schemathesis.cli".to_owned(),
            format!("--config-file={}", ours.join("schemathesis.toml").display()),
            "run".to_owned(),
            format!("--url=http://{}", sandbox.address()),
            root.join("spec/openapi.yaml").display().to_string(),
        ]),
    );
    test.env("SCHEMATHESIS_HOOKS", ours.join("hooks.py"));
    test.env("PYTHONDONTWRITEBYTECODE", "1");
    // With the seed, it makes every run the same.
    test.env("PYTHONHASHSEED", "0");
    run(test)?;

    let counts = fs::read_to_string(&counts).map_err(|error| format!("no counts: {error}"))?;
    let counts = serde_json::from_str(&counts).map_err(|error| format!("the counts: {error}"))?;
    say(&format!("tester: {}", judge(&counts)?));
    Ok(())
}

/// The people and media that the hooks name, besides those of the examples.
fn seeds() -> Vec<String> {
    let mut seeds: Vec<String> = ["sandbox", "--listen=127.0.0.1:0", "--ring=0"]
        .map(str::to_owned)
        .into();
    let odd = ["no-answer", "rejects", "unreachable"].map(str::to_owned);
    let people = odd
        .into_iter()
        .chain((0..250).map(|n| format!("person{n}")));
    seeds.extend(
        people
            .zip(14_155_551_000_u64..)
            .map(|(person, phone)| format!("--register={person}={phone}")),
    );
    seeds.extend((0..50).map(|n| format!("--media=media{n}")));
    seeds
}

/// Whether enough was tested, and how much it was.
fn judge(counts: &Counts) -> Result<String, String> {
    let Counts { requests, done } = counts;
    if *requests < MIN_REQUESTS {
        return Err(format!("{requests} requests are fewer than {MIN_REQUESTS}"));
    }
    if let Some((operation, _)) = done.iter().find(|(_, times)| **times == 0) {
        return Err(format!("every request for {operation} was rejected"));
    }
    let operations = done.len();
    let all: u64 = done.values().sum();
    Ok(format!(
        "{requests} requests, of which {all} did what one of the {operations} operations is for"
    ))
}

fn arguments(owned: &[String]) -> Vec<&str> {
    owned.iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests;
