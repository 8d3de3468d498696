//! A request whose response is lost, and what is said of it.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::command::{Ran, TRANSPORTS, peer, request, run, talkspace};
use crate::serving::{MEDIA, Serving};

/// What becomes of a `POST` on its way.
#[derive(Clone, Copy)]
enum Fate {
    /// It is applied, and the response is lost.
    Applied,
    /// The service never sees it.
    Lost,
}

/// A way to the sandbox, on which responses to a `POST` are lost.
fn lossy(sandbox: &Serving, fate: Fate) -> String {
    let address = sandbox.url.replace("http://", "");
    peer(move |listener| {
        loop {
            let (text, mut stream) = request(&listener);
            let is_post = text.starts_with("POST");
            if text.is_empty() || (is_post && matches!(fate, Fate::Lost)) {
                continue;
            }
            let text = text.replacen("\r\n", "\r\nConnection: close\r\n", 1);
            let mut response = Vec::new();
            let mut service = TcpStream::connect(&address).unwrap();
            service.write_all(text.as_bytes()).unwrap();
            service.read_to_end(&mut response).unwrap();
            if !is_post {
                stream.write_all(&response).unwrap();
            }
        }
    })
}

fn create(url: &str, transport: &str, more: &[&str]) -> Ran {
    let arguments = ["create-talkspace", "--network-id", "eta", "--transport"];
    run(talkspace(&arguments)
        .args([transport, "--base-url", url])
        .args(more))
}

/// The TalkSpaces that there are.
fn there(sandbox: &Serving) -> Vec<String> {
    let list = ["list-talkspaces", "--json", "--base-url", &sandbox.url];
    let listed = run(&mut talkspace(&list)).json();
    let ids = listed["active"].as_array().unwrap().iter();
    ids.map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_was_applied_is_found() {
    for transport in TRANSPORTS {
        let sandbox = Serving::start(&[]);
        let url = lossy(&sandbox, Fate::Applied);
        let made = create(&url, transport, &["--sure", "--exclusive", "--json"]);
        assert_eq!(made.status, Some(0), "{made:?}");
        let made = made.json();
        assert_eq!(made["verdict"], "applied");
        assert_eq!(there(&sandbox), [made["conference_id"].as_str().unwrap()]);

        // It is there already, so that it says nothing of the next request.
        let made = create(&url, transport, &["--sure", "--exclusive"]);
        assert!(made.text().ends_with(" applied\n"), "{made:?}");
        assert_eq!(there(&sandbox).len(), 2, "each was applied once");
    }
}

#[test]
fn what_anybody_may_have_done_is_in_doubt() {
    for transport in TRANSPORTS {
        let sandbox = Serving::start(&[]);
        let url = lossy(&sandbox, Fate::Applied);
        let made = create(&url, transport, &["--sure=5", "--json"]);
        assert_eq!(made.status, Some(4), "{made:?}");
        let ids = there(&sandbox);
        let error = &made.json()["error"];
        assert_eq!(error["verdict"], "in_doubt");
        assert_eq!(error["delivery"], "maybe_sent");
        assert_eq!(error["candidates"], json!([{ "conference_id": ids[0] }]));

        let made = create(&url, transport, &["--sure=5"]);
        assert_eq!(made.status, Some(4), "{made:?}");
        let told = &made.stderr;
        assert!(told.contains("in doubt: createTalkspace: "), "{told}");
        assert!(
            told.contains("it may be what this shows: talkspace get-talkspace --conference-id "),
            "{told}"
        );
        assert!(!told.contains(&ids[0]), "it was there before: {told}");
    }
}

#[test]
fn what_nobody_saw_is_in_doubt() {
    let sandbox = Serving::start(&[]);
    for transport in TRANSPORTS {
        let url = lossy(&sandbox, Fate::Lost);
        let made = create(&url, transport, &["--sure=0.5", "--exclusive"]);
        assert_eq!(made.status, Some(4), "{made:?}");
        let told = &made.stderr;
        assert!(told.contains("nothing of it was seen"), "{told}");
        assert!(there(&sandbox).is_empty(), "nothing was sent again");
    }
}

#[test]
fn what_the_service_rejects_is_not_applied() {
    let sandbox = Serving::start(&[]);
    for transport in TRANSPORTS {
        let create = |more| {
            let arguments = [
                "create-talkspace",
                "--network-id",
                "nobody-at-all",
                "--sure",
            ];
            let connection = ["--transport", transport, "--base-url", &sandbox.url];
            run(talkspace(&arguments).args(connection).args(more))
        };
        let made = create(&["--json"][..]);
        assert_eq!(made.status, Some(1), "{made:?}");
        assert_eq!(made.json()["error"]["verdict"], "not_applied");
        let made = create(&[][..]);
        assert!(made.stderr.contains("not applied: "), "{made:?}");
    }
}

#[test]
fn what_shows_nothing_is_not_sure() {
    let grant = run(
        talkspace(&["upload-media", "x.mp3", "--unchecked", "--sure"])
            .args(["--base-url", "http://127.0.0.1:9"])
            .env("TALKSPACE_GRANT_ID", "0x3e1f"),
    );
    assert_eq!(grant.status, Some(2), "{grant:?}");
    let blast = ["blast-media", "--media-id", MEDIA, "--sure"];
    assert_eq!(run(&mut talkspace(&blast)).status, Some(2));
    let alone = ["create-talkspace", "--network-id", "eta", "--exclusive"];
    let alone = run(talkspace(&alone).args(["--base-url", "http://127.0.0.1:9"]));
    assert!(alone.stderr.contains("--sure"), "{alone:?}");
}

#[test]
fn a_rehearsal_shows_the_request_itself() {
    let create = create("http://127.0.0.1:9", "hyper", &["--sure", "--dry-run"]);
    assert!(create.text().starts_with("POST "), "{create:?}");
}
