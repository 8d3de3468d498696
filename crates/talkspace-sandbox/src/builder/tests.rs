//! Seed files, right and wrong.

use talkspace_core::{BlockingClient, CloseTalkspace, CreateTalkspace, GetMediaStatus};

use crate::{Clock, Sandbox};

const SEEDS: &str = r#"{
  "app_keys": ["key"],
  "people": {"eta": "14151239876", "xi": "14151230408"},
  "media": {"hello": null, "file": "SUQz"},
  "ring": 0.5, "speech": 2, "outage": false, "seed": 7
}"#;

#[test]
fn a_person_writes_it() {
    let builder = Sandbox::builder().clock(Clock::frozen());
    let sandbox = builder.seed_file(SEEDS).unwrap().build().unwrap();
    let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, "key")
        .build_blocking(sandbox.transport())
        .unwrap();
    client.send(CreateTalkspace::new("eta")).unwrap();
    let until = sandbox.calls()[0].until.unwrap();
    assert_eq!(until.as_millis(), 500);
    let file = client.send(GetMediaStatus::new("file")).unwrap();
    assert_eq!(file.file_size, 3);
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_no_phone() {
    for (text, why) in [
        ("", "EOF while parsing a value at line 1 column 0"),
        (
            "{\n\"people\": [\"16505550100\"]}",
            "expected a map at line 2 column 10",
        ),
        (
            "{\"outage\": \"16505550100\"}",
            "expected a boolean at line 1 column 24",
        ),
        ("{\"people\": {\"eta\": \"1650x\"}}", "the phone of eta is "),
        (
            "{\"media\": {\"hello\": \"?\"}}",
            "`media`: the content of hello is a file in base64",
        ),
        ("{\"ring\": -1}", "`ring` is a number of seconds"),
        (
            "{\"rign\": 1}",
            "unknown field `rign`, expected one of `app_keys`",
        ),
        (
            "{\"people\": {\"16505550100\": \"eta\"}}",
            "the phone of somebody is ",
        ),
        (
            "{\"media\": {\"16505550100\": \"?\"}}",
            "`media`: the content of one of them is a file in base64",
        ),
        (
            "{\n\"16505550100\": \"eta\"}",
            "unknown field, expected one of `app_keys`",
        ),
        (
            "{\"1650`, expected 1650\": \"eta\"}",
            "unknown field, expected one of `app_keys`",
        ),
        (
            "{\"talkspace_sandbox\": 1, \"at\": {",
            "it is no JSON at line 1",
        ),
        (
            "{\"talkspace_sandbox\": 9}",
            "it was saved by another version",
        ),
        ("{\"talkspace_sandbox\": 1}", "it is no saved sandbox"),
    ] {
        let wrong = Sandbox::builder().seed_file(text).unwrap_err().to_string();
        assert!(
            wrong.starts_with(why) && !wrong.contains("1650"),
            "{text}: {wrong}"
        );
    }
}

#[test]
fn what_was_saved_is_there_from_the_start_and_after_a_reset() {
    let before = Sandbox::builder().examples().build().unwrap();
    let client = |sandbox: &Sandbox| {
        BlockingClient::builder(
            Sandbox::IN_MEMORY_URL,
            crate::SandboxBuilder::EXAMPLE_APP_KEY,
        )
        .build_blocking(sandbox.transport())
        .unwrap()
    };
    let made = client(&before).send(CreateTalkspace::new("eta")).unwrap();
    let saved = before.save();
    let builder = || Sandbox::builder().seed_file(saved.as_json()).unwrap();

    let after = builder().examples().build().unwrap();
    let close = CloseTalkspace::new(&made.conference_id);
    client(&after).send(close.clone()).unwrap();
    client(&after).send(close.clone()).unwrap_err();
    after.reset().unwrap();
    client(&after).send(close).unwrap();

    let other = builder().app_key("other").build().unwrap_err();
    assert!(
        other.to_string().contains("other application keys"),
        "{other}"
    );
}

#[test]
fn a_name_is_one_line_and_stands_once_however_it_is_given() {
    let empty = "is empty";
    let control = "holds a line end or another control character";
    for (text, why) in [
        (r#"[]"#, "expected an object, such as {"),
        (r#"[["key"]]"#, "expected an object, such as {"),
        (r#"{"app_keys": [""]}"#, empty),
        (r#"{"app_keys": ["a\nb"]}"#, control),
        (r#"{"people": {"": "14151239876"}}"#, empty),
        (r#"{"people": {"a\nb": "14151239876"}}"#, control),
        (r#"{"media": {"": null}}"#, empty),
        (r#"{"media": {"a\u0000": null}}"#, control),
        (
            r#"{"people": {"eta": "14151239876", "eta": "14151239877"}}"#,
            "the person eta is given twice",
        ),
        (
            r#"{"people": {"14151239876": "14151239876", "14151239876": "14151239877"}}"#,
            "the person that is a phone number is given twice",
        ),
        (
            r#"{"media": {"hello": null, "hello": "SUQz"}}"#,
            "the media hello is given twice",
        ),
    ] {
        let builder = Sandbox::builder().seed_file(text);
        let said = builder.and_then(crate::SandboxBuilder::build).unwrap_err();
        assert!(said.to_string().contains(why), "{text}: {said}");
    }

    let builder = || {
        Sandbox::builder()
            .app_key("key")
            .person("eta", "14151239876")
    };
    for builder in [
        builder().person("eta", "14151239877"),
        builder().person("", "14151239877"),
        builder().media(""),
        builder().media("hello").media_with("hello", "ID3"),
        builder().app_key(""),
        builder().token("a\nb"),
        builder().token("ü"),
        builder().token(""),
        builder().token(" a"),
    ] {
        let kind = builder.start().unwrap_err().kind();
        assert_eq!(kind, std::io::ErrorKind::InvalidInput);
    }
    builder().token("between us").start().unwrap();
}
