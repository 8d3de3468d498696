//! What the runner writes and reads is what the guide shows.

use std::time::Duration;

use crate::client::{Delivery, Limits};
use bytes::Bytes;
use http::{HeaderValue, Request};
use serde_json::Value;

use super::{Line, Reply, cancel, client, hello, parse, send};

/// The examples of the guide: what the runner writes, and what it reads.
fn examples() -> Vec<&'static str> {
    let guide = include_str!("../../guide/shims.md")
        .split("```json\n")
        .skip(1);
    guide
        .filter_map(|text| text.split("\n```").next())
        .collect()
}

#[test]
fn the_guide_shows_what_the_runner_writes() {
    let value = HeaderValue::from_bytes(b"caf\xe9").unwrap();
    let request = Request::post("http://127.0.0.1:4711/p?q").header("x-name", value);
    let mut limits = Limits::default();
    let timeout = Duration::from_secs(3);
    limits.connect_timeout = timeout;
    limits.response_timeout = timeout;
    limits.read_timeout = timeout;
    let mut sent = send(2, &request.body(Bytes::from("hello")).unwrap(), &limits);
    // What is left of a deadline differs from run to run.
    assert_eq!(sent["send"]["limits"]["total_ms"], Value::Null);
    sent["send"]["limits"]["total_ms"] = 6000.into();
    let shown: Vec<Value> = examples()
        .iter()
        .map(|example| serde_json::from_str(example).unwrap())
        .collect();
    for line in [hello(), client(1, "", None), sent, cancel(2)] {
        assert!(shown.contains(&line), "the guide does not show {line}");
    }
}

#[test]
fn the_guide_shows_what_the_runner_reads() {
    let replies = examples()
        .into_iter()
        .filter_map(|line| parse(line.as_bytes()).ok());
    let shown: Vec<_> = replies
        .map(|line| match line {
            Line::Hello(_) => "hello",
            Line::Reply(_, Reply::Ok) => "ok",
            Line::Reply(_, Reply::Response(..)) => "response",
            Line::Reply(_, Reply::Error(_)) => "error",
            Line::Reply(_, Reply::Head(_)) => "head",
            Line::Reply(_, Reply::Invalid(_)) => "invalid",
            Line::Reply(_, Reply::Chunk(_)) => "chunk",
            Line::Reply(_, Reply::End) => "end",
        })
        .collect();
    assert_eq!(
        shown,
        ["hello", "ok", "response", "error", "head", "chunk", "end"]
    );
}

#[test]
fn what_is_wrong_with_a_line_is_told_with_what_would_be_right() {
    let wrong = [
        ("now it comes", "it is no JSON object in UTF-8"),
        ("[1]", "each line is one"),
        (r#"{"ok":{}}"#, "`id` is missing"),
        (r#"{"id":1}"#, "it has none of `ok`, `response`"),
        (r#"{"hello":{"protocol":2}}"#, "not the number 1"),
        (
            r#"{"hello":{"protocol":1,"name":"a","version":"1","language":"C","claims":["TLS"]}}"#,
            "the claim \"TLS\" is unknown; there are limits, ",
        ),
        (r#"{"id":1,"chunk":"*"}"#, "base64 with padding"),
        (
            r#"{"id":1,"response":{"status":200,"headers":[]}}"#,
            "`response.body` is missing",
        ),
        (
            r#"{"id":1,"head":{"status":200,"headers":[["a"]]}}"#,
            "no pair of texts",
        ),
        (
            r#"{"id":1,"head":{"status":200,"headers":[["a","€"]]}}"#,
            "characters above 255",
        ),
        (r#"{"id":1,"error":{"message":""}}"#, "it says in words"),
        (
            r#"{"id":1,"error":{"message":"x","kind":"tiemout"}}"#,
            "one of resolve, connect, ",
        ),
    ];
    for (line, told) in wrong {
        let problem = parse(line.as_bytes()).unwrap_err();
        assert!(problem.contains(told), "{line}: {problem}");
        assert_eq!(problem.lines().count(), 1, "{problem}");
    }
}

/// An engine that hands on a NUL is at fault, and not its shim.
#[test]
fn what_http_does_not_allow_is_no_fault_of_the_program() {
    let given = [
        (r#"{"status":99,"headers":[]}"#, "the status code 99"),
        (r#"{"status":200,"headers":[["a b",""]]}"#, "whose name"),
        (
            r#"{"status":200,"headers":[["a","b\u0000"]]}"#,
            "whose value",
        ),
    ];
    for (head, told) in given {
        let line = format!(r#"{{"id":1,"head":{head}}}"#);
        let Ok(Line::Reply(1, Reply::Invalid(problem))) = parse(line.as_bytes()) else {
            panic!("{line}");
        };
        assert!(problem.contains(told), "{problem}");
    }
}

#[test]
fn an_error_has_what_the_program_says_of_it() {
    let line = br#"{"id":1,"error":{"message":"slow","kind":"timeout","phase":"connect"}}"#;
    let Ok(Line::Reply(1, Reply::Error(error))) = parse(line) else {
        panic!("an error");
    };
    let error = error.into_error();
    assert_eq!(
        error.delivery(),
        Delivery::NotSent,
        "of a timeout while connecting"
    );
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "slow");
}
