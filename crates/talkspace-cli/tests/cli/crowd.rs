//! A crowd of clients that send nothing, or all at once, delays no other request.

#![cfg(unix)]

use std::io::{Read, Write};
use std::net::TcpStream;
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

fn responds(sandbox: &Serving) {
    let mut stream = sandbox.connect();
    // The silent ones are sent away after 10 s in any case.
    let timeout = Some(Duration::from_secs(8));
    stream.set_read_timeout(timeout).unwrap();
    stream.write_all(VERSION).unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
}

#[test]
fn silent_clients_delay_no_request() {
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
            responds(&sandbox);
        }
    }
    for _ in 0..20 {
        responds(&sandbox);
    }
    let more = memory(&sandbox).saturating_sub(before);
    println!("responses beside {crowd} silent clients; {more} KiB more memory");
}

/// A request whose body is of this type, so long, and begins so. The rest of it is
/// never sent.
fn begin(sandbox: &Serving, content_type: &str, begin: &str, rest: &[u8]) -> TcpStream {
    let mut stream = sandbox.connect();
    let length = begin.len() + rest.len() + 1;
    write!(
        stream,
        "POST /forklift/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n\
         Content-Length: {length}\r\n\r\n{begin}"
    )
    .unwrap();
    stream.write_all(rest).unwrap();
    stream
}

/// The status of the response that is there before the request has ended.
fn status(stream: &mut TcpStream) -> String {
    let timeout = Some(Duration::from_secs(60));
    stream.set_read_timeout(timeout).unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    String::from_utf8(first.to_vec()).unwrap()
}

const FORM: &str = "multipart/form-data; boundary=b";
const FILE: &str = "--b\r\nContent-Disposition: form-data; name=mediafile; filename=a.mp3\r\n\
     Content-Type: audio/mpeg\r\n\r\nID3";

#[test]
fn a_body_that_is_too_large_is_an_error_and_delays_no_request() {
    let sandbox = Serving::start(&[]);
    let of = |piece: &str, length: usize| piece.repeat(length / piece.len()).into_bytes();
    let size = 20 * 1024 * 1024;
    let part = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n";
    let grant = "--b\r\nContent-Disposition: form-data; name=grant\r\n\r\n0x1\r\n";
    let unknown = format!("{grant}{FILE}");
    let boundary = format!("{FORM}{}", "b".repeat(70));
    for (content_type, start, rest, status_line) in [
        ("text/plain", "", of("a&", size), "HTTP/1.1 400"),
        (FORM, "", of(part, size), "HTTP/1.1 400"),
        (FORM, "--b\r\n", of("a: b\r\n", size), "HTTP/1.1 400"),
        (&boundary, "", of("b", size), "HTTP/1.1 400"),
        (FORM, &unknown, of("a", size), "HTTP/1.1 404"),
        (FORM, FILE, of("\r\n--a", size), ""),
    ] {
        let mut loud = begin(&sandbox, content_type, start, &rest);
        responds(&sandbox);
        if !status_line.is_empty() {
            assert_eq!(status(&mut loud), status_line, "{content_type} {start}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn bodies_that_never_end_share_their_memory() {
    let sandbox = Serving::start(&[]);
    let before = memory(&sandbox);
    let file = vec![7; 10 * 1024 * 1024];
    let mut open: Vec<_> = (0..30)
        .map(|_| begin(&sandbox, FORM, FILE, &file))
        .collect();
    responds(&sandbox);
    // 300 MiB were sent. There are 64 for all, which may take twice that.
    let more = memory(&sandbox).saturating_sub(before);
    assert!(more < 160 * 1024, "{more} KiB");
    println!("30 bodies of 10 MiB: {more} KiB more memory");
    assert_eq!(status(&mut open[0]), "HTTP/1.1 503");
}
