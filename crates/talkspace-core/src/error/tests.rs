//! An error says what happened in one line and hides the key.

use std::error::Error as _;

use super::{AnswerContext, CallFacts, Error, ErrorKind, MAX_TEXT};
use crate::answer::{Answer, Rejection};
use crate::operation::Operation;
use crate::redact::{Needle, Redactor};
use crate::{AppKey, CreateTalkspace, Delivery, Effect, FailureKind, TransportError};

fn facts(effect: Effect, delivery: Delivery, attempts: u32) -> CallFacts {
    CallFacts {
        operation: "createTalkspace",
        effect,
        delivery,
        attempts,
        retryable: false,
    }
}

fn rejected(http: u16, body: &str) -> Error {
    let key = AppKey::new("SENTINEL");
    let status = http::StatusCode::from_u16(http).unwrap();
    let rejection: Rejection = CreateTalkspace::new("eta")
        .decode(&Answer::new(status, body.as_bytes()))
        .unwrap_err();
    let context = AnswerContext {
        body: body.as_bytes(),
        ..AnswerContext::default()
    };
    let facts = facts(Effect::Rings, Delivery::Answered, 1);
    Error::rejected(
        facts,
        rejection,
        context,
        &Redactor::new(Needle::of_key(&key).as_ref(), &[]),
    )
}

#[test]
fn it_is_small() {
    assert!(size_of::<Error>() <= 8);
    fn is_fit<T: Send + Sync + 'static>() {}
    is_fit::<Error>();
}

#[test]
fn one_line_says_what_happened() {
    let error = rejected(
        502,
        r#"{"ConferenceResponse":{"message":"no\nlines","status":502}}"#,
    );
    assert_eq!(
        error.to_string(),
        "createTalkspace: refused with 502: no lines"
    );

    let failure = TransportError::new(FailureKind::Closed, Delivery::MaybeSent);
    let error = Error::transport(facts(Effect::Rings, Delivery::MaybeSent, 1), failure);
    assert_eq!(
        error.to_string(),
        "createTalkspace: the connection was closed; it may have been applied"
    );

    let failure = TransportError::new(FailureKind::Connect, Delivery::NotSent);
    let error = Error::transport(facts(Effect::Rings, Delivery::NotSent, 3), failure);
    assert_eq!(
        error.to_string(),
        "createTalkspace: could not connect; nothing was sent (3 attempts)"
    );
}

#[test]
fn what_would_steer_a_terminal_is_not_shown() {
    let sneaky = "\u{1b}[2J\u{9b}1m\u{202e}ok\u{2066}\u{2028}\u{200b}\u{feff}\u{e0041}\u{fe0f}.";
    let message = serde_json::to_string(sneaky).unwrap();
    let body = format!(r#"{{"ConferenceResponse":{{"message":{message},"status":400}}}}"#);
    let error = rejected(400, &body);
    assert_eq!(
        error.message(),
        Some(sneaky),
        "a program gets it as it came"
    );
    let shown = error.to_string();
    assert!(!shown.contains(crate::is_unseen), "{shown:?}");
    assert!(
        shown.starts_with("createTalkspace: refused with 400: "),
        "{shown}"
    );
    assert!(shown.contains("ok") && shown.ends_with('.'), "{shown}");
}

#[test]
fn a_read_cannot_have_been_applied() {
    let failure = TransportError::new(FailureKind::Closed, Delivery::MaybeSent);
    let error = Error::transport(facts(Effect::Reads, Delivery::MaybeSent, 1), failure);
    assert!(!error.to_string().contains("applied"));
}

#[test]
fn the_key_is_nowhere() {
    let body = r#"{"ConferenceResponse":{"message":"bad key SENTINEL","status":400}}"#;
    let error = rejected(400, body);
    assert_eq!(error.message(), Some("bad key [app key]"));
    for shown in [
        error.to_string(),
        format!("{error:?}"),
        format!("{error:#?}"),
        error.body().unwrap().to_owned(),
    ] {
        assert!(!shown.contains("SENTINEL"), "{shown}");
    }
}

#[test]
fn the_kept_body_is_bounded_and_whole_characters() {
    let error = rejected(500, &"é".repeat(MAX_TEXT));
    let body = error.body().unwrap();
    assert!(body.len() <= MAX_TEXT && body.len() >= MAX_TEXT - 3);
}

#[test]
fn a_key_across_the_cut_leaves_no_half() {
    let body = format!("{}SENTINEL{}", "x".repeat(MAX_TEXT - 4), "y".repeat(100));
    let error = rejected(500, &body);
    assert!(!error.body().unwrap().contains("SENT"));
}

#[test]
fn the_chain_of_causes_is_kept() {
    let cause = std::io::Error::other("cable cut");
    let failure = TransportError::new(FailureKind::Closed, Delivery::MaybeSent).with_source(cause);
    let error = Error::transport(facts(Effect::Rings, Delivery::MaybeSent, 1), failure);
    let deepest = error.source().unwrap().source().unwrap();
    assert_eq!(deepest.to_string(), "cable cut");
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Closed));
}
