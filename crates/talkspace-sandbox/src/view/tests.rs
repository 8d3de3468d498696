//! Snapshots as JSON, and events.

use std::time::Duration;

use serde_json::json;
use talkspace_core::{BlockingClient, CreateTalkspace, RequestUploadGrant};

use crate::{Clock, Missed, Sandbox};

fn frozen() -> (Sandbox, BlockingClient) {
    let sandbox = Sandbox::builder()
        .app_key("key")
        .person("eta", "14151239876")
        .media("hello")
        .clock(Clock::frozen())
        .seed(1)
        .build()
        .unwrap();
    let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, "key")
        .build_blocking(sandbox.transport())
        .unwrap();
    (sandbox, client)
}

#[test]
fn a_snapshot_as_json_has_numbers_of_seconds_and_no_secret() {
    let (sandbox, client) = frozen();
    sandbox.advance(Duration::from_millis(1500));
    let id = client
        .send(CreateTalkspace::new("eta").greeting_id("hello"))
        .unwrap()
        .conference_id;
    client.send(RequestUploadGrant::new("hello")).unwrap();
    let seen = sandbox.snapshot();
    let bytes = seen.media[0].bytes;
    assert_eq!(
        serde_json::to_value(&seen).unwrap(),
        json!({
            "run": seen.run,
            "seq": 0,
            "clock": {"now": 1.5, "frozen": true},
            "outage": false,
            "apps": 1,
            "people": [{
                "id": "eta", "apps": [1], "line": "mobile", "ends": "76", "habit": "answers",
                "held": false, "rings": 1
            }],
            "calls": [{
                "call": 1, "app": 1, "person": "eta", "why": "join", "talkspace": id,
                "greeting": "hello", "state": "ringing", "since": 1.5, "until": 1.7, "muted": false
            }],
            "talkspaces": [{
                "id": id, "app": 1, "state": "active", "since": null, "recorded_into": null,
                "people": [
                    {"id": "eta", "call": 1, "state": "ringing", "since": 1.5, "muted": false}
                ]
            }],
            "media": [{
                "id": "hello", "app": 1, "bytes": bytes, "origin": "uploaded",
                "grants": [86401.5]
            }]
        })
    );
}

#[test]
fn events_are_kept_up_to_a_number_and_then_missed() {
    let (sandbox, _) = frozen();
    let mut watch = sandbox.watch();
    let move_on = |times: u64| {
        for _ in 0..times {
            sandbox.advance(Duration::from_millis(1));
        }
    };
    move_on(1_024);
    assert_eq!(watch.events().map(|events| events.len()), Ok(1_024));
    move_on(1_025);
    assert_eq!(watch.events(), Err(Missed));
    let mut seen = sandbox.snapshot();
    move_on(1);
    for event in watch.events().unwrap() {
        seen.apply(&event);
    }
    assert_eq!(seen, sandbox.snapshot());
}

#[test]
fn what_happens_while_nobody_watches_is_not_taken_for_nothing() {
    let (sandbox, _) = frozen();
    let before = sandbox.snapshot();
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(sandbox.snapshot().seq, before.seq, "nobody has watched");
    let mut watch = sandbox.watch();
    watch.go_on_after(before.seq);
    assert_eq!(watch.events(), Err(Missed));
}
