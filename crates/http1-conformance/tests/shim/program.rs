//! A shim around plain sockets, which can commit one fault against the protocol.

use std::collections::HashMap;
use std::fmt::Display;
use std::io::{self, BufRead, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Each fault, and words of the rule that it breaks.
pub(crate) const FAULTS: [(&str, &str); 18] = [
    ("no-hello", "introduces itself"),
    ("another-protocol", "introduces itself"),
    ("changes-target", "method and target"),
    ("body-as-text", "body of a request"),
    ("response-as-text", "body of a response"),
    ("sends-utf8", "values are sent"),
    ("gives-utf8", "values are given"),
    ("last-field-only", "keep their order"),
    ("status-is-error", "status of failure"),
    ("follows-redirects", "redirect"),
    ("keeps-cookies", "cookie"),
    ("decodes", "coding"),
    ("reads-environment", "environment"),
    ("error-ends-it", "goes on"),
    ("keeps-connections", "fresh client"),
    ("rejects-unknown", "does not know"),
    ("ends-with-1", "input ends"),
    ("bears-nonsense", "cannot parse"),
];

/// One line on stdout.
pub(crate) fn say(line: impl Display) {
    // Nobody reads any more, or the reader has it.
    let _ = writeln!(io::stdout(), "{line}");
}

fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

type Failure = Box<dyn std::error::Error>;

pub(crate) fn serve(fault: &str) -> ExitCode {
    let mut kept = Vec::new();
    let mut cookie = None;
    for line in io::stdin().lock().lines() {
        let Ok(message) = line
            .map_err(Failure::from)
            .and_then(|line| Ok(serde_json::from_str::<Value>(&line)?))
        else {
            if fault == "bears-nonsense" {
                continue;
            }
            complain("a line is no JSON object");
            return ExitCode::from(2);
        };
        let id = &message["id"];
        if message.get("hello").is_some() {
            let protocol = if fault == "another-protocol" { 2 } else { 1 };
            if fault == "no-hello" {
                say("{}");
            }
            say(
                json!({"hello": {"protocol": protocol, "name": "sockets", "version": "1",
                "language": "Rust", "claims": []}}),
            );
        } else if message.get("client").is_some() {
            if fault != "keeps-connections" {
                kept.clear();
            }
            say(json!({"id": id, "ok": {}}));
        } else if fault == "rejects-unknown" && message.get("of_version_2").is_some() {
            say(json!({"id": id, "error": {"message": "unknown field"}}));
        } else {
            match fault {
                "dies" => {
                    complain("boom on stderr");
                    return ExitCode::from(7);
                }
                "hangs" => continue,
                "writes-nonsense" => {
                    complain("boom on stderr");
                    say("now it comes");
                    continue;
                }
                _ => {}
            }
            match send(&message["send"], fault, &mut kept, &mut cookie) {
                Ok(response) if fault == "dies-at-404" && response["status"] == 404 => {
                    return ExitCode::from(7);
                }
                Ok(response) if fault == "status-is-error" && response["status"] == 503 => {
                    say(json!({"id": id, "error": {"message": "503"}}));
                }
                Ok(response) => say(json!({"id": id, "response": response})),
                Err(_) if fault == "error-ends-it" => return ExitCode::from(3),
                Err(error) => say(json!({"id": id, "error": {"message": error.to_string()}})),
            }
        }
    }
    ExitCode::from(u8::from(fault == "ends-with-1"))
}

fn bytes(text: &Value, fault: &str, where_: &str) -> Vec<u8> {
    let text = text.as_str().unwrap_or_default();
    match fault == where_ {
        true => text.bytes().collect(),
        false => text.chars().map(|char| char as u8).collect(),
    }
}

fn send(
    send: &Value,
    fault: &str,
    kept: &mut Vec<TcpStream>,
    cookie: &mut Option<String>,
) -> Result<Value, Failure> {
    let url = send["url"].as_str().unwrap_or_default();
    let (authority, path) = url
        .trim_start_matches("http://")
        .split_once('/')
        .ok_or("no path")?;
    let path = if fault == "changes-target" {
        path.to_uppercase()
    } else {
        path.to_owned()
    };
    let proxy = std::env::var("http_proxy")
        .ok()
        .filter(|_| fault == "reads-environment");
    let place = proxy
        .as_deref()
        .map_or(authority, |proxy| proxy.trim_start_matches("http://"));
    let mut socket = TcpStream::connect(place)?;
    socket.set_read_timeout(Some(Duration::from_secs(20)))?;
    let body = match send["body"].as_str() {
        Some(text) if fault == "body-as-text" => text.into(),
        Some(text) => STANDARD.decode(text)?,
        None => Vec::new(),
    };
    let method = send["method"].as_str().unwrap_or_default();
    let mut message = format!("{method} /{path} HTTP/1.1\r\nHost: {authority}\r\n").into_bytes();
    if !body.is_empty() || method == "POST" {
        message.extend(format!("Content-Length: {}\r\n", body.len()).bytes());
    }
    if let Some(cookie) = cookie {
        message.extend(format!("Cookie: {cookie}\r\n").bytes());
    }
    for field in send["headers"].as_array().into_iter().flatten() {
        message.extend(bytes(&field[0], fault, ""));
        message.extend(b": ");
        message.extend(bytes(&field[1], fault, "sends-utf8"));
        message.extend(b"\r\n");
    }
    message.extend(b"\r\n");
    message.extend(body);
    socket.write_all(&message)?;

    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte)?;
        head.extend(byte);
    }
    let head: String = match fault {
        "gives-utf8" => String::from_utf8_lossy(&head).into_owned(),
        _ => head.iter().copied().map(char::from).collect(),
    };
    let mut lines = head.lines();
    let status: u16 = lines
        .next()
        .and_then(|line| line.get(9..12))
        .ok_or("no status")?
        .parse()?;
    let mut headers: Vec<_> = lines.filter_map(|line| line.split_once(": ")).collect();
    let value = |name: &str| {
        headers
            .iter()
            .find(|(one, _)| one.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    };
    if fault == "keeps-cookies" {
        *cookie = value("set-cookie").map(str::to_owned);
    }
    let mut body = vec![0; value("content-length").map_or(Ok(0), str::parse)?];
    socket.read_exact(&mut body)?;
    if fault == "decodes" && value("content-encoding").is_some() {
        body = b"ok".to_vec();
    }
    if fault == "response-as-text" {
        body = String::from_utf8_lossy(&body).into_owned().into_bytes();
    }
    kept.push(socket);
    if let Some(target) = value("location").filter(|_| fault == "follows-redirects") {
        let mut again = send.clone();
        again["url"] = format!("http://{authority}{target}").into();
        return self::send(&again, "none", kept, cookie);
    }
    if fault == "last-field-only" {
        let last: HashMap<_, _> = headers.into_iter().collect();
        headers = last.into_iter().collect();
    }
    Ok(json!({"status": status, "headers": headers, "body": STANDARD.encode(body)}))
}
