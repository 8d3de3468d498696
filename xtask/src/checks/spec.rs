//! `cargo xtask ci spec`: tools that are not ours read the spec.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use crate::process::{Server, command, run, say};
use crate::tools;

/// The versions that the check was written with.
const VALIDATOR: &str = "openapi-spec-validator==0.9.0";
const MOCK: &str = "@stoplight/prism-cli@5.16.0";
const LINTER: &str = "@redocly/cli@2.77.0";

/// Validates and lints the spec, and has a mock server respond to its example requests.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    validate(root)?;
    lint(root)?;
    serve(root)
}

/// A Python that can judge a document by its schema.
fn python(root: &Path) -> Result<String, String> {
    tools::python(root, "validator", VALIDATOR)
}

/// Whether a JSON document is as its schema says; both from the root.
pub(crate) fn conforms(root: &Path, document: &Path, schema: &Path) -> Result<(), String> {
    const PROGRAM: &str = "import json, jsonschema, sys\n\
        jsonschema.validate(*(json.load(open(file)) for file in sys.argv[1:]))";
    let python = python(root)?;
    let mut validate = command(root, &python, &["-c", PROGRAM]);
    validate.arg(document).arg(schema);
    run(validate)
}

fn validate(root: &Path) -> Result<(), String> {
    let python = python(root)?;
    let validate = [
        "-m",
        "openapi_spec_validator",
        "--schema",
        "3.1",
        "spec/openapi.yaml",
    ];
    run(command(root, &python, &validate))
}

/// By the rules that the linter recommends, but for three that the service broke
/// (spec/README.md says how).
fn lint(root: &Path) -> Result<(), String> {
    let linter = tools::npm(root, "linter", LINTER)?.join(".bin/redocly");
    let lint = [
        "lint",
        "--extends=recommended",
        "--skip-rule=security-defined",
        "--skip-rule=no-path-trailing-slash",
        "--skip-rule=operation-4xx-response",
        "spec/openapi.yaml",
    ];
    let mut lint = command(root, &linter.to_string_lossy(), &lint);
    lint.env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    run(lint)
}

fn serve(root: &Path) -> Result<(), String> {
    let prism = tools::npm(root, "mock", MOCK)?.join(".bin/prism");
    let serve = ["mock", "--port", "0", "spec/openapi.yaml"];
    let mock = Server::start(command(root, &prism.to_string_lossy(), &serve))?;
    send_examples(root, mock.address())
}

/// Sends every example request to the mock server and compares the statuses.
fn send_examples(root: &Path, address: &str) -> Result<(), String> {
    let mut sent = 0;
    let folders = fs::read_dir(root.join("spec/examples")).map_err(|error| error.to_string())?;
    for folder in folders {
        let folder = folder.map_err(|error| error.to_string())?.path();
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let expected = status_of(&read("response.http")?).unwrap_or_default();
        let response = send(address, &read("request.http")?, &expected)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        if status_of(&response).as_deref() != Some(&expected) {
            let first = response.lines().next().unwrap_or_default();
            return Err(format!(
                "{}: expected {expected}, got {first}",
                folder.display()
            ));
        }
        sent += 1;
    }
    say(&format!(
        "spec: the mock server responded to {sent} example requests"
    ));
    Ok(())
}

/// A mock cannot choose by `action`, so it is told which status is meant.
fn send(address: &str, example: &str, status: &str) -> std::io::Result<String> {
    let (head, body) = example.split_once("\n\n").unwrap_or((example, ""));
    let mut body = body.strip_suffix('\n').unwrap_or(body).to_owned();
    if head.contains("multipart/") {
        // Its parts have heads of their own.
        body = body.replace('\n', "\r\n");
    }
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(
        stream,
        "{}\r\nHost: {address}\r\nPrefer: code={status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        head.replace('\n', "\r\n"),
        body.len()
    )?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    Ok(response)
}

fn status_of(message: &str) -> Option<String> {
    message.split(' ').nth(1).map(str::to_owned)
}
