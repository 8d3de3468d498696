//! Ids that go out with requests, and the least rate of their bodies.

use std::io::{Read, Write};
use std::sync::mpsc;

use crate::command::{TRANSPORTS, peer, request, respond, run, talkspace};
use crate::serving::Folder;

#[test]
fn a_request_id_goes_out_and_is_shown() {
    for transport in TRANSPORTS {
        let (send, seen) = mpsc::channel();
        let url = peer(move |listener| {
            for status in ["200 OK", "404 Not Found"] {
                let (text, mut stream) = request(&listener);
                send.send(text.to_lowercase()).unwrap();
                respond(&mut stream, status, b"01.02.06");
            }
        });
        let version = || {
            let mut command = talkspace(&["get-version", "--request-id-header", "X-My-Id"]);
            command.args(["--base-url", &url, "--transport", transport]);
            command
        };
        let told = run(version().arg("--verbose"));
        assert_eq!(told.status, Some(0), "{told:?}");
        let id = |text: &str, before: &str| {
            let (_, after) = text.split_once(before).unwrap_or_else(|| panic!("{text}"));
            after.lines().next().unwrap().trim().to_owned()
        };
        let sent = id(&seen.recv().unwrap(), "x-my-id: ");
        assert_eq!((sent.len(), id(&told.stderr, "request id ")), (32, sent));

        let failed = run(version().arg("--json")).json();
        let sent = id(&seen.recv().unwrap(), "x-my-id: ");
        assert_eq!(failed["error"]["client_request_id"], sent);
    }
    let header = [
        "get-version",
        "--base-url",
        "http://127.0.0.1:9",
        "--request-id-header",
    ];
    for reserved in ["host", "no name"] {
        let failed = run(talkspace(&header).arg(reserved));
        assert_eq!(failed.status, Some(2), "{failed:?}");
    }
}

#[test]
fn what_crawls_is_ended_if_that_is_wanted() {
    let folder = Folder::new("crawls");
    for transport in TRANSPORTS {
        let url = peer(|listener| {
            let (_, mut stream) = request(&listener);
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nID3")
                .unwrap();
            // Until the command has had enough.
            let _ = stream.read(&mut [0]);
        });
        let file = format!("{url}/audio/1.mp3");
        let ran = run(
            talkspace(&["download-media", "--url", &file, "--json", "-o"])
                .arg(folder.0.join("1.mp3"))
                .args(["--base-url", &url, "--transport", transport])
                .args(["--read-timeout", "600", "--min-rate", "100/0.2"]),
        );
        assert_eq!(ran.status, Some(3), "{ran:?}");
        assert_eq!(ran.json()["error"]["limit"], "min_rate");
    }
}

#[test]
fn a_rate_has_bytes_and_seconds() {
    for wrong in ["5", "0/3", "3/0", "x/3", "3/x", "/"] {
        let ran = run(talkspace(&["get-version", "--min-rate", wrong])
            .args(["--base-url", "http://127.0.0.1:9"]));
        assert_eq!(ran.status, Some(2), "{wrong}: {ran:?}");
        assert!(ran.stderr.contains("300000/30"), "{wrong}: {ran:?}");
    }
}
