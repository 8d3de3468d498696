//! The examples of `talkspace-hyper`.

use std::process::{ExitCode, Termination};

use serde_json::{Value, json};
use talkspace_sandbox::Sandbox;

use crate::program::{Program, run};

#[path = "../../crates/talkspace-hyper/examples/create.rs"]
mod create_example;
#[path = "../../crates/talkspace-hyper/examples/limit.rs"]
mod limit_example;
#[path = "../../crates/talkspace-hyper/examples/team.rs"]
mod team_example;
#[path = "../../crates/talkspace-hyper/examples/tracing.rs"]
mod tracing_example;

pub(crate) fn create() -> ExitCode {
    create_example::main().report()
}

pub(crate) fn limit() -> ExitCode {
    limit_example::main().report()
}

pub(crate) fn team() -> ExitCode {
    team_example::main().report()
}

pub(crate) fn tracing() -> ExitCode {
    tracing_example::main().report()
}

pub(crate) fn two_people_meet() {
    let server = Sandbox::start().unwrap();
    let told = run("create", &["eta", "@theta"], &server);
    let [calling, member, there, closed] = told.lines().collect::<Vec<_>>()[..] else {
        panic!("{told}")
    };
    assert_eq!(
        [calling, member, closed],
        ["calling eta", "calling @theta", "closed"]
    );
    assert!(there.starts_with("2 people are in TalkSpace "), "{told}");
    for who in ["eta", "@theta"] {
        assert_eq!(server.sandbox().rings(who), 1, "{who}");
    }
}

/// What it does in each case is tested in `together`.
pub(crate) fn a_team_is_called() {
    let server = Sandbox::start().unwrap();
    let mut program = Program::start("team", &["127.0.0.1:0"], &server);
    let line = program.line();
    let url = line.strip_prefix("at ").unwrap();
    let team = json!({ "leader": "eta", "members": ["@theta"] });
    let response = minreq::post(format!("{url}/teams"))
        .with_header("content-type", "application/json")
        .with_body(team.to_string())
        .send()
        .unwrap();
    let called: Value = serde_json::from_str(response.as_str().unwrap()).unwrap();
    assert_eq!(
        called["members"],
        json!([{ "who": "@theta", "is": "there" }])
    );
    assert_eq!(server.sandbox().rings("@theta"), 1);
}

/// Ten begin before the first response can be read.
pub(crate) fn two_at_once() {
    let server = Sandbox::start().unwrap();
    let told = run("limit", &[], &server);
    assert_eq!(told, "10 responses, 2 requests at once\n");
}

pub(crate) fn a_span_each() {
    let server = Sandbox::start().unwrap();
    let told = run("tracing", &[], &server);
    let ends = |parts: [&str; 2]| {
        let ends = told.lines().filter(|line| line.contains(": close "));
        let of = ends.filter(|line| parts.iter().all(|part| line.contains(part)));
        of.count()
    };
    for operation in ["\"getVersion\"", "\"getTalkspace\""] {
        assert_eq!(ends([operation, "}:attempt{"]), 1, "{told}");
        assert_eq!(ends([operation, " talkspace.attempts=1 "]), 1, "{told}");
    }
    assert_eq!(ends(["\"getVersion\"", "error.type"]), 0, "{told}");
    assert_eq!(
        ends(["\"getTalkspace\"", "error.type=\"404\""]),
        2,
        "{told}"
    );
}
