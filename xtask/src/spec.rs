//! `cargo xtask ci spec`: tools that are not ours read the spec.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::time::Duration;

use crate::process::{command, run, say};

/// The versions that the check was written with.
const VALIDATOR: &str = "openapi-spec-validator==0.9.0";
const MOCK: &str = "@stoplight/prism-cli@5.16.0";

/// Validates the spec, and has a mock server answer its example requests.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    validate(root)?;
    serve(root)
}

fn validate(root: &Path) -> Result<(), String> {
    let tools = root.join("target/tools/validator");
    let python = tools.join("bin/python");
    if !tools.join("bin/openapi-spec-validator").exists() {
        let place = tools.to_string_lossy();
        run(command(root, "python3", &["-m", "venv", &place]))?;
        let install = ["-m", "pip", "install", "--quiet", VALIDATOR];
        run(command(root, &python.to_string_lossy(), &install))?;
    }
    let validate = [
        "-m",
        "openapi_spec_validator",
        "--schema",
        "3.1",
        "spec/openapi.yaml",
    ];
    run(command(root, &python.to_string_lossy(), &validate))
}

fn serve(root: &Path) -> Result<(), String> {
    let tools = root.join("target/tools/mock");
    let prism = tools.join("node_modules/.bin/prism");
    if !prism.exists() {
        let place = tools.to_string_lossy();
        let install = [
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--prefix",
            &place,
            MOCK,
        ];
        run(command(root, "npm", &install))?;
    }
    let serve = ["mock", "--port", "0", "spec/openapi.yaml"];
    let mut serve = command(root, &prism.to_string_lossy(), &serve);
    serve.stdout(Stdio::piped());
    let mut child = serve
        .spawn()
        .map_err(|error| format!("cannot run the mock: {error}"))?;
    let outcome = child
        .stdout
        .take()
        .ok_or_else(|| "the mock says nothing".to_owned())
        .and_then(|stdout| ask(root, stdout));
    end(&mut child);
    outcome
}

fn end(child: &mut Child) {
    // It may be gone already; then there is nothing to end.
    let _ = child.kill();
    let _ = child.wait();
}

/// Sends every example request to the mock server and compares the statuses.
fn ask(root: &Path, stdout: ChildStdout) -> Result<(), String> {
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    let address = lines
        .find_map(|line| {
            line.split_once("listening on http://")
                .map(|(_, rest)| rest.to_owned())
        })
        .ok_or("the mock did not start")?;
    let address = address
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned();
    // It would block once nobody reads what it prints.
    std::thread::spawn(move || lines.for_each(drop));

    let mut asked = 0;
    let folders = fs::read_dir(root.join("spec/examples")).map_err(|error| error.to_string())?;
    for folder in folders {
        let folder = folder.map_err(|error| error.to_string())?.path();
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let expected = status_of(&read("response.http")?).unwrap_or_default();
        let answer = send(&address, &read("request.http")?, &expected)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        if status_of(&answer).as_deref() != Some(&expected) {
            let first = answer.lines().next().unwrap_or_default();
            return Err(format!(
                "{}: expected {expected}, got {first}",
                folder.display()
            ));
        }
        asked += 1;
    }
    say(&format!(
        "spec: the mock server answered {asked} example requests"
    ));
    Ok(())
}

/// A mock cannot choose by `action`, so it is told which status is meant.
fn send(address: &str, example: &str, status: &str) -> std::io::Result<String> {
    let (head, body) = example.split_once("\n\n").unwrap_or((example, ""));
    let body = body.strip_suffix('\n').unwrap_or(body);
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(
        stream,
        "{}\r\nHost: {address}\r\nPrefer: code={status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        head.replace('\n', "\r\n"),
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn status_of(message: &str) -> Option<String> {
    message.split(' ').nth(1).map(str::to_owned)
}
