//! What is kept of requests, and what is said of those that fail.

use http::Request;
use talkspace_core::{
    AddToTalkspace, BlockingClient, CreateTalkspace, GetVersion, Operation as _, Register,
};

use super::near::distance;
use super::*;
use crate::{Sandbox, SandboxBuilder};

const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;

fn sandbox() -> Sandbox {
    Sandbox::builder().examples().seed(7).build().unwrap()
}

/// Sends what no client would, and gives what is kept of it.
fn keep(sandbox: &Sandbox, method: &str, target: &str, form: &str) -> Received {
    let request = Request::builder().method(method).uri(target);
    let request = request.body(form.to_owned().into()).unwrap();
    sandbox.transport().respond_blocking(request);
    sandbox.request_log(0).entries.pop().unwrap()
}

#[test]
fn what_was_meant_is_said() {
    let sandbox = sandbox();
    let key = format!("appkey={KEY}");
    let near = |method: &str, path: &str, form: &str| {
        let form = form.replace("KEY", &key);
        let kept = keep(&sandbox, method, &path.replace("KEY", &key), &form);
        kept.hint().map(ToString::to_string).unwrap_or_default()
    };
    for (method, path, form, expected) in [
        (
            "POST",
            "/api/rest/conference/1/eta",
            "KEY&action=hangUp",
            "action: expected hangup or move or mute or unmute, got hangUp; did you mean action=hangup?",
        ),
        (
            "POST",
            "/api/rest/conference/1",
            "KEY&action=ad&networkid=eta",
            "action: expected add or close, got ad; did you mean action=add?",
        ),
        (
            "POST",
            "/api/rest/conference/1",
            "KEY&action=11111111-2222",
            "action: expected add or close, got another word",
        ),
        (
            "POST",
            "/api/rest/conference/1?action=add",
            "KEY",
            "action: expected add or close, got one in the query, not in the form",
        ),
        (
            "POST",
            "/api/rest/conferences",
            "KEY&networkid=eta",
            "path: expected one that the spec has, got /api/rest/conferences; did you mean POST /api/rest/conference?",
        ),
        (
            "GET",
            "/SENTINEL/1",
            "",
            "path: expected one that the spec has, got /…/…",
        ),
        (
            "PUT",
            "/api/rest/version",
            "",
            "method: expected GET, got PUT",
        ),
        (
            "POST",
            "/api/rest/conference",
            "networkid=eta",
            "appkey: expected the key of an application, got nothing",
        ),
        (
            "POST",
            "/api/rest/conference",
            "app_key=SENTINEL&networkid=eta",
            "appkey: expected the key of an application, got another name; did you mean appkey?",
        ),
        (
            "POST",
            "/api/rest/conference",
            "appkey=SENTINEL&networkid=eta",
            "appkey: expected the key of an application that this sandbox has, got another one",
        ),
        (
            "POST",
            "/api/rest/conference",
            "KEY",
            "networkid: expected one text that is not empty, got nothing",
        ),
        (
            "POST",
            "/api/rest/media/1",
            "KEY&action=record",
            "networkid: expected one text that is not empty, got nothing",
        ),
        (
            "POST",
            "/api/rest/conference",
            "KEY&networkid=eta&networkid=theta",
            "networkid: expected one text that is not empty, got 2 values",
        ),
        (
            "POST",
            "/api/rest/conference",
            "KEY&networkid=theta",
            "networkid: expected somebody who is registered with this application, got theta",
        ),
        (
            "POST",
            "/api/rest/conference",
            "KEY&networkid=eta&greetingid=1",
            "greetingid: expected media of this application with content, got 1",
        ),
        (
            "GET",
            "/api/rest/conference/1?KEY",
            "",
            "conferenceid: expected a TalkSpace of this application that is not closed, got 1",
        ),
        (
            "POST",
            "/api/rest/registrant",
            "KEY&networkid=xi&phone=0151987654",
            "phone: expected a phone number of 11 digits that begins with 1, got …54",
        ),
        (
            "GET",
            "/api/rest/registrant/eta",
            "",
            "appkey: expected the key of an application, got nothing",
        ),
    ] {
        assert_eq!(near(method, path, form), expected, "{method} {path} {form}");
    }
}

#[test]
fn nothing_secret_is_kept_or_shown() {
    let sandbox = sandbox();
    let target = format!("/api/rest/registrant/SENTINEL?appkey={KEY}&token=SENTINEL");
    let sent = [
        keep(&sandbox, "SENTINEL", "/api/rest/version", ""),
        keep(
            &sandbox,
            "POST",
            "/SENTINEL?SENTINEL=1",
            "SENTINEL=SENTINEL",
        ),
        keep(&sandbox, "GET", &target, ""),
        keep(
            &sandbox,
            "POST",
            "/api/rest/registrant",
            &format!("appkey={KEY}&networkid=14151239878&phone=14151239878"),
        ),
        keep(&sandbox, "POST", "/forklift", "grant=SENTINEL"),
    ];
    for received in &sent[..2] {
        let shown = format!("{received} {received:?} {:?}", received.parameters());
        assert!(!shown.contains("SENTINEL"), "{shown}");
    }
    for received in &sent {
        let shown = format!(
            "{received:?} {:?} {:?}",
            received.parameters(),
            received.hint()
        );
        assert!(
            !shown.contains(KEY) && !shown.contains("14151239878"),
            "{shown}"
        );
        let kept = received.0.parameters.values();
        let secrets: Vec<_> = kept
            .filter(|(_, name, value)| *name == "appkey" || *value == KEY)
            .collect();
        assert!(secrets.is_empty(), "{secrets:?}");
    }
    let phone = sent[3].request::<Register>().unwrap().phone.unwrap();
    assert_eq!(phone.as_str(), "14151239878");
}

#[test]
fn the_log_is_bounded_by_number_and_by_bytes() {
    let sandbox = sandbox();
    for _ in 0..KEPT + 3 {
        keep(&sandbox, "GET", "/api/rest/version", "");
    }
    let log = sandbox.request_log(0);
    assert_eq!(
        (log.entries.len(), log.total, log.dropped),
        (KEPT, KEPT as u64 + 3, 3)
    );
    assert_eq!(log.entries[0].number(), 4);
    assert_eq!(sandbox.request_log(log.total - 1).entries.len(), 1);

    // One whose parameters are too long; others that are as long as they may be.
    let long = "x".repeat(4000);
    let form = format!("appkey={KEY}&networkid={long}&greetingid={long}&recordingid={long}");
    let received = keep(&sandbox, "POST", "/api/rest/conference", &form);
    assert!(!received.is_cut() && received.person() == Some(&long));
    for _ in 0..2 * KEPT {
        keep(&sandbox, "POST", "/api/rest/conference", &form);
    }
    let kept = sandbox.backend.requests().lock();
    assert!(kept.bytes <= MAX_BYTES);
    let bytes: usize = kept.records.iter().map(|record| record.size).sum();
    assert_eq!(bytes, kept.bytes);
}

#[test]
fn what_is_awaited_wakes_who_waits() {
    let sandbox = sandbox();
    let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, KEY)
        .build_blocking(sandbox.transport())
        .unwrap();
    let waiting = sandbox.clone();
    let waiter = std::thread::spawn(move || {
        waiting.wait_for_request(|add: &AddToTalkspace| add.network_id == "@theta")
    });
    let id = client
        .send(CreateTalkspace::new("eta"))
        .unwrap()
        .conference_id;
    for person in ["eta", "@theta"] {
        client.send(AddToTalkspace::new(&id, person)).unwrap();
    }
    let received = waiter.join().unwrap().unwrap();
    assert_eq!(received.request(), Some(AddToTalkspace::new(&id, "@theta")));
    let none = sandbox.wait_for_received(3, Duration::ZERO, |_| true);
    assert!(none.is_none());
    let error = NotReceived::new(GetVersion::INFO, sandbox.request_log(2));
    let told = error.to_string();
    assert!(
        told.contains("3 POST /api/rest/conference/{conferenceid} addToTalkspace 202"),
        "{told}"
    );
}

#[test]
fn words_are_as_far_as_their_letters() {
    for (one, other, far) in [
        ("hang_up", "hangup", 1),
        ("ad", "add", 1),
        ("", "abc", 3),
        ("abc", "ABD", 1),
        ("ab", "ba", 2),
    ] {
        assert_eq!(distance(one, other), Some(far), "{one} {other}");
        assert_eq!(distance(other, one), Some(far), "{other} {one}");
    }
    assert_eq!(distance(&"a".repeat(65), "a"), None);
}
