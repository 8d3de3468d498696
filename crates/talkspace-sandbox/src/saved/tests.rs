//! What was saved comes back whole or not at all, and names what is wrong with it.

use std::time::Duration;

use serde_json::{Value, json};
use talkspace_core::{
    BlockingClient, ChangePhone, CreateMedia, CreateTalkspace, GetMediaStatus, MediaFile,
    RecordMedia, RequestUploadGrant, UploadMedia,
};

use super::*;
use crate::{Clock, TelephoneError};

const PHONE: &str = "14151239876";

fn sandbox() -> Sandbox {
    let builder = Sandbox::builder().app_key("secret-key").seed(7);
    let builder = builder.person("eta", PHONE).media_with("hello", "ID3");
    builder.clock(Clock::frozen()).build().unwrap()
}

fn client(sandbox: &Sandbox) -> BlockingClient {
    let builder = BlockingClient::builder(Sandbox::IN_MEMORY_URL, "secret-key");
    builder.build_blocking(sandbox.transport()).unwrap()
}

#[test]
fn a_grant_a_phone_and_a_file_come_back_elsewhere_and_no_secret_is_written() {
    let before = sandbox();
    let media = client(&before).send(CreateMedia::new()).unwrap().media_id;
    let grant = client(&before).send(RequestUploadGrant::new(media));
    let grant = grant.unwrap().grant_id;
    let changed = ChangePhone::new("eta", "14151239999".parse().unwrap());
    client(&before).send(changed).unwrap();
    let saved = before.save();
    for secret in ["secret-key", grant.as_str()] {
        assert!(!saved.as_json().contains(secret), "{secret}");
    }

    let after = sandbox();
    after.restore(&Saved::from_json(saved.as_json())).unwrap();
    let same = ChangePhone::new("eta", PHONE.parse().unwrap());
    client(&after).send(same).unwrap_err();
    after.advance(Duration::from_secs(1));
    assert_eq!(after.people()[0].ends.as_deref(), Some("99"));
    let file = MediaFile::unchecked(&b"ID3"[..]);
    client(&after).send(UploadMedia::new(grant, file)).unwrap();
    let hello = client(&after).send(GetMediaStatus::new("hello")).unwrap();
    assert_eq!(hello.file_size, 3);
}

#[test]
fn what_is_saved_gives_no_later_grant_away() {
    let before = sandbox();
    let media = client(&before).send(CreateMedia::new()).unwrap().media_id;
    let saved = before.save();
    let grant = |sandbox: &Sandbox| {
        let request = RequestUploadGrant::new(media.clone());
        client(sandbox).send(request).unwrap()
    };
    let after = sandbox();
    after.restore(&saved).unwrap();
    let (one, other) = (grant(&before), grant(&after));
    assert_ne!(one.grant_id, other.grant_id);
    assert_ne!(one.uri, other.uri);
}

#[test]
fn calls_go_on_from_now_and_the_clock_does_not_go_back() {
    let sandbox = sandbox();
    client(&sandbox).send(CreateTalkspace::new("eta")).unwrap();
    sandbox.advance(Duration::from_millis(150));
    let saved = sandbox.save();
    sandbox.advance(Duration::from_secs(60));
    sandbox.restore(&saved).unwrap();
    assert_eq!(sandbox.clock().now(), Duration::from_millis(60_150));
    let until = sandbox.calls()[0].until.unwrap();
    assert_eq!(until - sandbox.clock().now(), Duration::from_millis(50));

    let later = sandbox.save();
    for clock in [Clock::frozen(), Clock::real()] {
        let builder = Sandbox::builder().app_key("secret-key").clock(clock);
        let elsewhere = builder.build().unwrap();
        elsewhere.restore(&later).unwrap();
        assert!(elsewhere.clock().now() >= Duration::from_millis(60_150));
        elsewhere
            .wait_until(|seen| seen.people[0].rings == 1)
            .unwrap();
    }
}

#[test]
fn whoever_holds_a_telephone_holds_it_still_and_others_are_the_crowds() {
    let sandbox = sandbox();
    let eta = sandbox.telephone("eta").unwrap();
    client(&sandbox).send(CreateTalkspace::new("eta")).unwrap();
    let saved = sandbox.save();
    let call = eta.rings().unwrap();
    call.decline().unwrap();
    client(&sandbox).send(CreateTalkspace::new("eta")).unwrap();
    let later = eta.rings().unwrap();

    sandbox.restore(&saved).unwrap();
    let over = TelephoneError::CallOver("eta".into());
    assert_eq!(later.answer(), Err(over), "it is not a call of another one");
    call.answer().unwrap();
    client(&sandbox).send(CreateTalkspace::new("eta")).unwrap();
    let numbers: Vec<u64> = eta.calls().iter().map(|call| call.number()).collect();
    assert_eq!(numbers, [call.number(), later.number() + 1]);

    eta.give_back();
    sandbox.restore(&saved).unwrap();
    assert!(!sandbox.people()[0].held);
    sandbox.advance(Duration::from_millis(200));
    assert!(sandbox.calls()[0].until.is_none(), "the crowd has answered");
}

#[test]
fn what_is_wrong_is_named_and_nothing_changes() {
    let sandbox = sandbox();
    client(&sandbox).send(CreateTalkspace::new("eta")).unwrap();
    let record = RecordMedia::new("hello", "eta");
    client(&sandbox).send(record).unwrap();
    let text = sandbox.save().as_json().to_owned();
    let before = sandbox.snapshot();
    let but = |name: &str, value: Value| {
        let mut saved: Value = serde_json::from_str(&text).unwrap();
        saved[name] = value;
        saved.to_string()
    };
    let with_row = |row: Value| {
        let saved: Value = serde_json::from_str(&text).unwrap();
        let mut rows = saved["rows"].as_array().unwrap().clone();
        rows.insert(2, row);
        but("rows", json!(rows))
    };
    let person = |app: u64| json!({"Person": ["xi", {"phone": "Mobile", "apps": [app]}]});
    let silence =
        json!({"file": 1, "sound": {"Silence": {"frames": u64::MAX}}, "origin": "Uploaded"});
    let cases = [
        (String::new(), RestoreError::NoJson { line: 1, column: 0 }),
        (
            "{}".to_owned(),
            RestoreError::NotSaved { line: 1, column: 2 },
        ),
        (
            text.replacen("\"outage\":false", "\"outage\":\"14151239876\"", 1),
            RestoreError::NotSaved { line: 1, column: 0 },
        ),
        (
            but("talkspace_sandbox", json!(2)),
            RestoreError::OtherVersion(2),
        ),
        (but("chance", json!("x")), RestoreError::BadChance),
        (
            but("at", json!({"secs": u64::MAX, "nanos": 0})),
            RestoreError::BadTime,
        ),
        (but("files", json!([])), RestoreError::BadRow(0)),
        (but("files", json!(["SUQz", "?"])), RestoreError::BadFile(2)),
        (with_row(person(1)), RestoreError::BadRow(3)),
        (
            with_row(json!({"Call": [u64::MAX, null]})),
            RestoreError::BadRow(3),
        ),
        (
            with_row(json!({"Phone": ["eta", "none"]})),
            RestoreError::BadRow(3),
        ),
        (
            with_row(json!({"Media": [0, "long", silence]})),
            RestoreError::BadRow(3),
        ),
    ];
    for (text, why) in cases {
        let error = sandbox
            .restore(&Saved::from_json(text.as_str()))
            .unwrap_err();
        let (kind, known) = (std::mem::discriminant(&error), std::mem::discriminant(&why));
        assert_eq!(kind, known, "{error} {text}");
        if !matches!(why, RestoreError::NotSaved { .. } | RestoreError::BadRow(0)) {
            assert_eq!(error, why);
        }
        assert!(!error.to_string().contains("1415"), "{error}");
        assert_eq!(sandbox.snapshot(), before);
    }
    sandbox
        .restore(&Saved::from_json(with_row(person(0))))
        .unwrap();

    let other = Sandbox::builder().app_key("other").build().unwrap();
    let error = other.restore(&Saved::from_json(text));
    assert_eq!(error, Err(RestoreError::OtherKeys));
}

#[test]
fn what_is_kept_in_a_file_stays() {
    let folder = std::env::temp_dir().join(format!("talkspace-saved-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let builder = Sandbox::builder().examples().state(folder.join("state"));
    let server = builder.start().unwrap();
    let sandbox = server.sandbox();
    let saved = sandbox.save();
    assert_eq!(sandbox.restore(&saved), Err(RestoreError::StateIsKept));
    server.stop();
    std::fs::remove_dir_all(&folder).unwrap();
}
