//! An error says what happened in one line and hides the key.

use std::error::Error as _;
use std::time::Duration;

use super::{Error, ErrorKind, Facts, Limit, MAX_TEXT, Polled, ResponseContext};
use crate::codec::redact::Needle;
use crate::codec::{Operation, RawResponse, Redactor, ResponseError};
use crate::transport::{Phase, TransportError};
use crate::{AppKey, CreateTalkspace, Delivery, Effect, FailureKind, GetVersion};

fn facts(effect: Effect, delivery: Delivery, attempts: u32) -> Facts {
    Facts {
        operation: match effect {
            Effect::Rings => CreateTalkspace::INFO,
            _ => GetVersion::INFO,
        },
        is_late: false,
        delivery,
        attempts,
        retryable: false,
        given_up: None,
        client_request_id: None,
    }
}

fn failed(http: u16, body: &str) -> Error {
    let key = AppKey::new("SENTINEL");
    let status = http::StatusCode::from_u16(http).unwrap();
    let error_of: ResponseError = CreateTalkspace::new("eta")
        .decode(&RawResponse::new(status, body.as_bytes()))
        .unwrap_err();
    let context = ResponseContext {
        body: body.as_bytes(),
        ..ResponseContext::default()
    };
    let facts = facts(Effect::Rings, Delivery::Responded, 1);
    Error::response(
        facts,
        error_of,
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
    let error = failed(
        502,
        r#"{"ConferenceResponse":{"message":"no\nlines","status":502}}"#,
    );
    assert_eq!(error.to_string(), "createTalkspace: status 502: no lines");

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
    let error = failed(400, &body);
    assert_eq!(
        error.message(),
        Some(sneaky),
        "a program gets it as it came"
    );
    let shown = error.to_string();
    assert!(!shown.contains(crate::value::is_unseen), "{shown:?}");
    assert!(
        shown.starts_with("createTalkspace: status 400: "),
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
    let error = failed(400, body);
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
    let error = failed(500, &"é".repeat(MAX_TEXT));
    let body = error.body().unwrap();
    assert!(body.len() <= MAX_TEXT && body.len() >= MAX_TEXT - 3);
}

#[test]
fn a_key_across_the_cut_leaves_no_half() {
    let body = format!("{}SENTINEL{}", "x".repeat(MAX_TEXT - 4), "y".repeat(100));
    let error = failed(500, &body);
    assert!(!error.body().unwrap().contains("SENT"));
}

#[test]
fn the_chain_of_causes_is_kept() {
    let cause = std::io::Error::other("cable cut");
    let failure = TransportError::new(FailureKind::Closed, Delivery::MaybeSent).with_source(cause);
    let error = Error::transport(facts(Effect::Rings, Delivery::MaybeSent, 1), failure);
    let shown = error.to_string();
    assert!(shown.contains("the connection was closed"), "{shown}");
    let source = error.source().unwrap();
    assert_eq!(
        source.to_string(),
        "cable cut",
        "not what was shown already"
    );
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Closed));
}

#[test]
fn the_limit_that_ended_it_is_named() {
    let ended = |phase: Phase, is_late: bool| {
        let facts = Facts {
            is_late,
            ..facts(Effect::Rings, Delivery::MaybeSent, 1)
        };
        let error = Error::transport(facts, TransportError::timeout(phase));
        (error.phase(), error.limit().map(Limit::as_str))
    };
    for (phase, limit) in [
        (Phase::Connect, "connect_timeout"),
        (Phase::Send, "read_timeout"),
        (Phase::Head, "response_timeout"),
        (Phase::Body, "read_timeout"),
    ] {
        assert_eq!(ended(phase, false), (Some(phase), Some(limit)));
        assert_eq!(ended(phase, true), (Some(phase), Some("timeout")));
    }
    let facts = facts(Effect::Reads, Delivery::MaybeSent, 1);
    let large = Error::transport(facts, TransportError::maybe_sent(FailureKind::TooLarge));
    assert_eq!(large.limit(), Some(Limit::Size));
    let closed = Error::transport(facts, TransportError::maybe_sent(FailureKind::Closed));
    assert_eq!(closed.limit(), None);
    let polled = Polled {
        waited: Duration::from_secs(1),
        last: None,
        failure: None,
    };
    let polled = Error::poll_timeout(GetVersion::INFO, 3, polled);
    assert_eq!(
        (polled.limit(), polled.attempts()),
        (Some(Limit::Polling), 3)
    );
}
