//! A shim that claims what takes more than a line for a line: it streams, takes `cancel` and keeps
//! limits, or breaks one of them.

use std::collections::HashMap;
use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::program::say;

/// Each fault, and words of the rule that it breaks.
pub(crate) const FAULTS: [(&str, &str); 4] = [
    ("claims-gives-half", "`streaming`"),
    ("claims-closes-at-cancel", "`cancellation`"),
    ("claims-closes-in-time", "`head_ms`"),
    ("claims-any-size", "`body_bytes`"),
];

/// The sockets of exchanges that were not cancelled.
type Running = Arc<Mutex<HashMap<u64, TcpStream>>>;

pub(crate) fn serve(fault: &str) -> ExitCode {
    let running = Running::default();
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let Ok(message) = serde_json::from_str::<Value>(&line) else {
            return ExitCode::from(2);
        };
        let id = message["id"].as_u64().unwrap_or_default();
        if message.get("hello").is_some() {
            say(
                json!({"hello": {"protocol": 1, "name": "sockets", "version": "1",
                "language": "Rust", "claims": ["streaming", "cancellation", "limits"]}}),
            );
        } else if message.get("cancel").is_some() {
            if let Some(socket) = running.lock().unwrap().remove(&id) {
                let _ = socket.shutdown(Shutdown::Both);
            }
        } else if let Some(send) = message.get("send").cloned() {
            let (fault, running) = (fault.to_owned(), Arc::clone(&running));
            thread::spawn(move || {
                if let Err(kind) = exchange(id, &send, &fault, &running) {
                    let kind = match &*fault {
                        "claims-closes-at-cancel" if kind == "cancelled" => "closed",
                        "claims-closes-in-time" if kind == "timeout" => "closed",
                        _ => kind,
                    };
                    let phase = (kind == "timeout").then_some("head");
                    say(
                        json!({"id": id, "error": {"message": kind, "kind": kind, "phase": phase}}),
                    );
                }
                running.lock().unwrap().remove(&id);
            });
        } else {
            say(json!({"id": id, "ok": {}}));
        }
    }
    ExitCode::SUCCESS
}

fn exchange(id: u64, send: &Value, fault: &str, running: &Running) -> Result<(), &'static str> {
    let failed = |error: io::Error| match error.kind() {
        _ if !running.lock().unwrap().contains_key(&id) => "cancelled",
        ErrorKind::WouldBlock | ErrorKind::TimedOut => "timeout",
        _ => "closed",
    };
    let limits = &send["limits"];
    let url = send["url"].as_str().unwrap_or_default();
    let (place, path) = url
        .trim_start_matches("http://")
        .split_once('/')
        .ok_or("other")?;
    let mut socket = TcpStream::connect(place).map_err(|_| "connect")?;
    let kept = socket.try_clone().map_err(|_| "other")?;
    running.lock().unwrap().insert(id, kept);
    let head_ms = limits["head_ms"].as_u64().unwrap_or(10_000);
    let timeout = Some(Duration::from_millis(head_ms));
    socket.set_read_timeout(timeout).map_err(failed)?;
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {place}\r\n\r\n");
    socket.write_all(request.as_bytes()).map_err(failed)?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        match socket.read(&mut byte) {
            Ok(1) => head.extend(byte),
            Ok(_) => return Err(failed(ErrorKind::UnexpectedEof.into())),
            Err(error) => return Err(failed(error)),
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "));
    let mut left = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    if left > limits["body_bytes"].as_u64().unwrap_or(u64::MAX) && fault != "claims-any-size" {
        return Err("too-large");
    }
    let head = json!({"status": 200, "headers": []});
    let mut buffer = [0; 1024];
    if fault == "claims-gives-half" && left > 0 {
        let read = socket.read(&mut buffer).map_err(failed)?;
        say(
            json!({"id": id, "response": {"status": 200, "headers": [], "body": STANDARD.encode(&buffer[..read])}}),
        );
        return Ok(());
    }
    say(json!({"id": id, "head": head}));
    while left > 0 {
        let read = socket.read(&mut buffer).map_err(failed)?;
        if read == 0 {
            return Err("truncated");
        }
        left -= (read as u64).min(left);
        say(json!({"id": id, "chunk": STANDARD.encode(&buffer[..read])}));
    }
    say(json!({"id": id, "end": {}}));
    Ok(())
}
