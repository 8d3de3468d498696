//! Ctrl-C: what it ends, and what is known then.

use std::io::Read;
use std::sync::mpsc;

use serde_json::Value;

use crate::command::{Ran, TRANSPORTS, begin, peer, request, respond, signal, sound, talkspace};
use crate::serving::{Folder, Serving};

/// Begins a command, and waits until a request of it has arrived that gets
/// no response.
fn interrupted(arguments: &[&str], transport: &str) -> Ran {
    let (tell, told) = mpsc::channel();
    let url = peer(move |listener| {
        let (text, mut stream) = request(&listener);
        tell.send(text).unwrap();
        let _ = stream.read(&mut [0]);
    });
    let mut command = talkspace(arguments);
    let child = begin(command.args(["--transport", transport, "--base-url", &url]));
    told.recv().unwrap();
    signal(&child, "-INT");
    Ran::of(child.wait_with_output().unwrap())
}

#[test]
fn what_was_sent_may_have_been_applied_and_the_error_says_so() {
    for transport in TRANSPORTS {
        let create = ["create-talkspace", "--network-id", "eta"];
        let ended = interrupted(&create, transport);
        assert_eq!(ended.status, Some(4), "{ended:?}");
        assert!(
            ended.stderr.contains("it may have been applied"),
            "{ended:?}"
        );
        assert!(
            ended.stderr.contains("talkspace list-talkspaces"),
            "{ended:?}"
        );
        assert!(ended.stdout.is_empty(), "{ended:?}");

        let ended = interrupted(&[&create[..], &["--json"]].concat(), transport);
        assert_eq!(ended.status, Some(4), "{ended:?}");
        let error = &ended.json()["error"];
        assert_eq!(error["kind"], "cancelled");
        assert_eq!(error["delivery"], "maybe_sent");
        assert_eq!(error["effect"], "rings");
        assert_eq!(error["limit"], Value::Null);
        assert_eq!(error["exit_status"], 4);
        assert!(error["check"].as_str().unwrap().contains("list-talkspaces"));

        // Looking changes nothing.
        let ended = interrupted(&["list-talkspaces", "--json"], transport);
        assert_eq!(ended.status, Some(130), "{ended:?}");
        assert_eq!(ended.json()["error"]["exit_status"], 130);
    }
}

#[test]
fn the_response_is_shown_though_polling_is_interrupted() {
    let serving = Serving::start(&[]);
    for transport in TRANSPORTS {
        for json in [false, true] {
            let mut command =
                talkspace(&["register", "--network-id", "no-answer-1", "--wait=3600"]);
            command.args(["--phone", "4151230001", "--transport", transport]);
            command.args(["--base-url", &serving.url]);
            if json {
                command.arg("--json");
            }
            // It has begun to wait when it tells of a pause.
            let mut child = begin(command.arg("-v"));
            let stderr = child.stderr.take().unwrap();
            let mut lines = std::io::BufRead::lines(std::io::BufReader::new(stderr));
            assert!(lines.any(|line| line.unwrap().contains("~ waiting")));
            signal(&child, "-INT");
            let rest: Vec<_> = lines.map(Result::unwrap).collect();
            let ended = Ran::of(child.wait_with_output().unwrap());
            assert_eq!(ended.status, Some(130), "{ended:?}");
            if json {
                assert_eq!(ended.json()["status"], 201);
                assert_eq!(ended.json()["waited"]["reached"], false);
                assert_eq!(ended.json()["waited"]["error"]["kind"], "cancelled");
            } else {
                assert!(ended.text().starts_with("201 register"), "{ended:?}");
                assert!(
                    rest.iter()
                        .any(|line| line.contains("the request had succeeded"))
                );
            }
        }
    }
}

#[test]
fn nothing_holds_a_command_that_has_sent_nothing() {
    let folder = Folder::new("holds");
    let pipe = folder.pipe();
    // It blocks until another process reads.
    let mut command = talkspace(&["download-media", "--media-id", "x", "--json", "-v"]);
    command
        .args(["--base-url", "http://127.0.0.1:9", "-o"])
        .arg(&pipe);
    let child = begin(&mut command);
    while !watches(child.id()) {
        std::thread::yield_now();
    }
    signal(&child, "-INT");
    let ended = Ran::of(child.wait_with_output().unwrap());
    assert_eq!(ended.status, Some(130), "{ended:?}");
    assert_eq!(ended.json()["error"]["kind"], "interrupted");
    assert_eq!(ended.json()["error"]["delivery"], "not_sent");
}

/// Whether the process has a handler for SIGINT and SIGTERM by now.
fn watches(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    caught.is_some_and(|set| set & (1 << 1) != 0 && set & (1 << 14) != 0)
}

#[test]
fn a_second_one_ends_it_at_once() {
    let url = peer(|listener| {
        let (_, mut stream) = request(&listener);
        respond(&mut stream, "200 OK", &sound(8 << 20));
    });
    let mut command = talkspace(&["download-media", "--url", &format!("{url}/a"), "-o", "-"]);
    let mut child = begin(command.args(["--base-url", &url]));
    // After its first byte it is not read any more, and no cancellation ends a blocked write.
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    while child.try_wait().unwrap().is_none() {
        signal(&child, "-INT");
        std::thread::yield_now();
    }
    let ended = Ran::of(child.wait_with_output().unwrap());
    assert_eq!(ended.status, Some(130), "{}", ended.stderr);
}
