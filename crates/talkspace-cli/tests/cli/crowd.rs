//! A crowd of clients that say nothing keeps nobody from being answered.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A sandbox that may have so many files open.
struct Sandbox {
    child: Child,
    _stdout: BufReader<ChildStdout>,
    authority: String,
}

impl Sandbox {
    fn start(files: usize) -> Self {
        let run = format!("ulimit -n {files} && exec \"$0\" sandbox");
        let mut child = Command::new("sh")
            .args(["-c", &run, env!("CARGO_BIN_EXE_talkspace")])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let authority = line
            .trim_end()
            .strip_prefix("listening on http://")
            .unwrap();
        Self {
            child,
            authority: authority.to_owned(),
            _stdout: stdout,
        }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.authority).unwrap()
    }

    fn send(&self, host: &str) -> String {
        let mut stream = self.connect();
        // The silent ones are sent away after 10 s in any case.
        stream
            .set_read_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        let request =
            format!("GET /api/rest/version HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The memory that it has, in KiB.
    fn memory(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        kib.and_then(|kib| kib.parse().ok()).unwrap_or_default()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn those_who_say_nothing_keep_nobody_waiting() {
    let crowd = std::env::var("TALKSPACE_CROWD")
        .ok()
        .and_then(|n| n.parse().ok());
    // By default there are more clients than the sandbox may have files.
    let (crowd, files): (usize, usize) = crowd.map_or((600, 200), |crowd| (crowd, crowd + 100));
    let sandbox = Sandbox::start(files);
    let before = sandbox.memory();
    let mut silent = Vec::new();
    for number in 0..crowd {
        let mut stream = sandbox.connect();
        // Every other one begins, and never goes on. It may be gone already.
        if number % 2 == 0 {
            let _ = stream.write_all(b"GET /api/rest/version HTTP/1.1\r\nHost: loc");
        }
        silent.push(stream);
        if number % 50 == 0 {
            assert!(sandbox.send("localhost").starts_with("HTTP/1.1 200"));
        }
    }
    for _ in 0..20 {
        assert!(sandbox.send("localhost").starts_with("HTTP/1.1 200"));
    }
    let more = sandbox.memory().saturating_sub(before);
    println!("answered beside {crowd} silent clients; {more} KiB more memory");
}

#[test]
fn a_page_that_found_a_name_for_the_address_is_refused() {
    let sandbox = Sandbox::start(100);
    assert!(sandbox.send("127.0.0.1:1").starts_with("HTTP/1.1 200"));
    let refused = sandbox.send("evil.example");
    assert!(refused.starts_with("HTTP/1.1 421"), "{refused}");
    assert!(refused.contains("--host NAME"), "{refused}");
    assert!(
        !refused.to_lowercase().contains("access-control"),
        "{refused}"
    );
}
