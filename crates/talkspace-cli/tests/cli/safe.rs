//! The sandbox is safe to leave running.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use talkspace_core::response::GetMediaStatusOutcome;
use talkspace_core::{CreateMedia, DownloadMedia, GetMediaStatus, RequestUploadGrant};

use crate::serving::{Folder, KEY, Serving};

/// The response to a request with these header fields.
fn ask(sandbox: &Serving, first: &str, head: &str) -> String {
    sandbox.send(format!("{first}\r\n{head}Connection: close\r\n\r\n").as_bytes())
}

const VERSION: &str = "GET /api/rest/version HTTP/1.1";

#[test]
fn a_page_that_found_a_name_for_the_address_gets_421() {
    let sandbox = Serving::start(&["--host", "sandbox.internal"]);
    for host in ["127.0.0.1:1", "localhost", "[::1]", "sandbox.internal:80"] {
        let response = ask(&sandbox, VERSION, &format!("Host: {host}\r\n"));
        assert!(response.starts_with("HTTP/1.1 200"), "{host}: {response}");
    }
    let failed = ask(&sandbox, VERSION, "Host: evil.example\r\n");
    assert!(failed.starts_with("HTTP/1.1 421"), "{failed}");
    let said = failed.split_once("\r\n\r\n").unwrap().1;
    assert_eq!(said.lines().count(), 1);
    assert!(said.contains("--host evil.example"), "{said}");

    let without = ask(&sandbox, VERSION, "");
    assert!(without.starts_with("HTTP/1.1 400"), "{without}");
    let old = ask(&sandbox, "GET /api/rest/version HTTP/1.0", "");
    assert!(old.starts_with("HTTP/1.0 200"), "{old}");
}

#[test]
fn no_page_of_another_site_is_let_in() {
    let sandbox = Serving::start(&[]);
    let origin = "Host: localhost\r\nOrigin: https://evil.example\r\n";
    let preflight = format!("{origin}Access-Control-Request-Method: POST\r\n");
    for (first, head) in [
        (VERSION, origin),
        ("OPTIONS /api/rest/conference HTTP/1.1", &preflight),
    ] {
        let response = ask(&sandbox, first, head).to_lowercase();
        assert!(response.starts_with("http/1.1 403"), "{response}");
        assert!(!response.contains("access-control"), "{response}");
    }
}

#[test]
fn what_is_too_large_gets_431_or_413() {
    let sandbox = Serving::start(&[]);
    let head = format!("Host: localhost\r\nX: {}\r\n", "x".repeat(200 * 1024));
    let response = ask(&sandbox, VERSION, &head);
    assert!(response.starts_with("HTTP/1.1 431"), "{response}");
    let body = "x".repeat(1024 * 1024 + 1);
    let head = "Host: localhost\r\nConnection: close";
    let length = body.len();
    let request = format!(
        "POST /api/rest/media HTTP/1.1\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let response = sandbox.send(request.as_bytes());
    assert!(response.starts_with("HTTP/1.1 413"), "{response}");
}

#[test]
fn listening_to_others_is_said_aloud() {
    for (address, is_said) in [("127.0.0.1:0", false), ("0.0.0.0:0", true)] {
        let mut child = Command::new(crate::program())
            .args(["sandbox", "--listen", address])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The warning comes before the line that says that it is ready.
        let ready = child.stdout.as_mut().unwrap().read(&mut [0; 9]).unwrap();
        assert!(ready > 0);
        child.kill().unwrap();
        let said = child.wait_with_output().unwrap().stderr;
        let said = String::from_utf8(said).unwrap();
        assert_eq!(
            said.contains("warning: anybody who can reach 0.0.0.0:"),
            is_said,
            "{said}"
        );
    }
}

/// An upload, of which the first part is sent.
#[cfg(unix)]
fn begin_upload(sandbox: &Serving, grant: &str) -> (TcpStream, &'static [u8]) {
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"grant\"\r\n\r\n{grant}\r\n--b\r\n\
         Content-Disposition: form-data; name=\"mediafile\"; filename=\"a.mp3\"\r\n\
         Content-Type: audio/mpeg\r\n\r\nID3"
    );
    let rest = b" and more\r\n--b--\r\n";
    let mut stream = sandbox.connect();
    write!(
        stream,
        "POST /forklift/ HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n",
        body.len() + rest.len()
    )
    .unwrap();
    // The sandbox has seen the head when it says this.
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).unwrap();
    (stream, rest)
}

/// Waits until the listener is closed.
#[cfg(unix)]
fn wait_until_closed(sandbox: &Serving) {
    while TcpStream::connect(sandbox.authority()).is_ok() {
        std::thread::yield_now();
    }
}

#[cfg(unix)]
#[test]
fn what_is_under_way_ends_before_the_sandbox_does() {
    let folder = Folder::new("drain");
    let state = folder.file();
    let mut sandbox = Serving::start(&["--app-key", KEY, "--state", &state]);
    let client = sandbox.client();
    let media = client.send(CreateMedia::new()).unwrap().media_id;
    let grant = client.send(RequestUploadGrant::new(&media)).unwrap();
    let idle = sandbox.connect();
    let (mut upload, rest) = begin_upload(&sandbox, grant.grant_id.as_str());

    sandbox.signal("-TERM");
    wait_until_closed(&sandbox);
    upload.write_all(rest).unwrap();
    let mut response = String::new();
    upload.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    assert_eq!(sandbox.child.wait().unwrap().code(), Some(0));
    drop(idle);

    let again = Serving::start(&["--app-key", KEY, "--state", &state]);
    let client = again.client();
    let there = client.send(GetMediaStatus::new(&media)).unwrap();
    assert_eq!(there.outcome, GetMediaStatusOutcome::Ready);
    // The old address is not the new one; the name of the file is.
    let url = there.download_url.unwrap();
    let content = client.send(DownloadMedia::new(url)).unwrap().content;
    assert_eq!(&content[..], b"ID3 and more");
}

#[cfg(unix)]
#[test]
fn a_second_signal_does_not_wait() {
    let mut sandbox = Serving::start(&["--app-key", KEY]);
    let client = sandbox.client();
    let media = client.send(CreateMedia::new()).unwrap().media_id;
    let grant = client.send(RequestUploadGrant::new(media)).unwrap();
    let (mut upload, _) = begin_upload(&sandbox, grant.grant_id.as_str());
    sandbox.signal("-TERM");
    wait_until_closed(&sandbox);
    sandbox.signal("-TERM");
    assert_eq!(sandbox.child.wait().unwrap().code(), Some(130));
    let mut response = String::new();
    let _ = upload.read_to_string(&mut response);
    assert_eq!(response, "", "it did not end by itself");
}
