//! A crowd of clients that say nothing keeps nobody from being answered.

#![cfg(unix)]

use std::io::Write;
use std::time::Duration;

use crate::serving::Serving;

const VERSION: &[u8] =
    b"GET /api/rest/version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// The memory that a process has, in KiB.
fn memory(of: &Serving) -> u64 {
    let status = format!("/proc/{}/status", of.child.id());
    let status = std::fs::read_to_string(status).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse().ok()).unwrap_or_default()
}

fn is_answered(sandbox: &Serving) {
    let mut stream = sandbox.connect();
    // The silent ones are sent away after 10 s in any case.
    let patience = Some(Duration::from_secs(8));
    stream.set_read_timeout(patience).unwrap();
    stream.write_all(VERSION).unwrap();
    let mut first = [0; 12];
    std::io::Read::read_exact(&mut stream, &mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
}

#[test]
fn those_who_say_nothing_keep_nobody_waiting() {
    let crowd = std::env::var("TALKSPACE_CROWD");
    let crowd = crowd.ok().and_then(|crowd| crowd.parse::<usize>().ok());
    // By default there are more clients than the sandbox may have files.
    let (crowd, files) = crowd.map_or((600, 200), |crowd| (crowd, crowd + 100));
    let sandbox = Serving::limited(&format!("ulimit -n {files}"), &[]);
    let before = memory(&sandbox);
    let mut silent = Vec::new();
    for number in 0..crowd {
        let mut stream = sandbox.connect();
        // Some begin, and never go on: with a head, or with a body. They may be
        // gone already.
        let _ = match number % 3 {
            0 => stream.write_all(b"GET /api/rest/version HTTP/1.1\r\nHost: loc"),
            1 => stream.write_all(
                b"POST /forklift/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx",
            ),
            _ => Ok(()),
        };
        silent.push(stream);
        if number % 50 == 0 {
            is_answered(&sandbox);
        }
    }
    for _ in 0..20 {
        is_answered(&sandbox);
    }
    let more = memory(&sandbox).saturating_sub(before);
    println!("answered beside {crowd} silent clients; {more} KiB more memory");
}
