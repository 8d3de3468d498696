//! A state is the same after it was written and read; secrets are not in it.

use std::time::Duration;

use bytes::Bytes;
use talkspace_core::AppKey;

use super::{Restored, digest, hex, line};
use crate::state::{Line, Settings, State};

const KEY: &str = "11111111-2222-3333-4444-555555555555";

fn state() -> State {
    let mut state = State::new(Settings {
        ring: Duration::from_millis(200),
        speech: Duration::from_secs(1),
        url: "http://127.0.0.1".to_owned(),
        no_content_in_body: false,
    });
    state.add_app(KEY.into());
    state
}

#[test]
fn the_same_comes_back_and_no_secret_is_written() {
    let mut rng = fastrand::Rng::with_seed(1);
    let mut before = state();
    before.add_person(&"eta".into(), &"14151239876".parse().unwrap());
    before.add_person(&"mute".into(), &"14151230408".parse().unwrap());
    let file = Bytes::from_static(&[0xFF, 0xFB, 0x90, 0x64, 7]);
    before.add_media(&"6e6a".into(), Some(&file), &mut rng);
    let document = before.save(Duration::from_secs(7)).unwrap();
    let text = String::from_utf8(document.clone()).unwrap();
    for secret in [KEY, "14151239876", "4151239876", "14151230408"] {
        assert!(!text.contains(secret), "{text}");
    }

    let restored = Restored::read(&document).unwrap();
    assert_eq!(restored.now(), Duration::from_secs(7));
    let mut after = state();
    after.add_app("another".into());
    after.restore(restored);
    let again = after.save(Duration::from_secs(7)).unwrap();
    let again = String::from_utf8(again).unwrap();
    assert!(
        again.contains(&digest(&AppKey::new(KEY)))
            && again.contains(&digest(&AppKey::new("another")))
    );
    let (before, after) = (text.find("people"), again.find("people"));
    assert_eq!(text[before.unwrap()..], again[after.unwrap()..]);
}

#[test]
fn an_application_whose_key_is_not_given_is_kept() {
    let document = state().save(Duration::ZERO).unwrap();
    let mut other = State::new(state().settings);
    other.restore(Restored::read(&document).unwrap());
    assert_eq!(other.save(Duration::ZERO).unwrap(), document);
}

#[test]
fn what_is_no_state_is_refused_with_the_reason() {
    for (text, reason) in [
        ("", "it is not the state of a sandbox"),
        ("[]", "it is not the state of a sandbox"),
        (r#"{"format":"talkspace-sandbox state 9"}"#, "state 9"),
        (r#"{"format":"talkspace-sandbox state 1"}"#, "missing field"),
    ] {
        let error = Restored::read(text.as_bytes()).unwrap_err();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn a_phone_comes_back_with_its_line() {
    #[derive(serde::Deserialize, serde::Serialize)]
    struct Phone(#[serde(with = "line")] talkspace_core::PhoneNumber);

    for number in ["14151239876", "14151230000", "14151230408", "14151230502"] {
        let phone = Phone(number.parse().unwrap());
        let text = serde_json::to_string(&phone).unwrap();
        let read: Phone = serde_json::from_str(&text).unwrap();
        assert_eq!(Line::of(&read.0), Line::of(&phone.0));
    }
}

#[test]
fn bytes_come_back() {
    #[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize)]
    struct Held(#[serde(with = "hex")] Bytes);

    let held = Held(Bytes::from_static(&[0, 1, 0xAB, 0xFF]));
    let text = serde_json::to_string(&held).unwrap();
    assert_eq!(text, "\"0001abff\"");
    assert_eq!(serde_json::from_str::<Held>(&text).unwrap(), held);
    assert!(serde_json::from_str::<Held>("\"0g\"").is_err());
    assert!(serde_json::from_str::<Held>("\"abc\"").is_err());
}
