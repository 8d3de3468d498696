//! What a client adds to a call: defaults, seeds and a shared budget.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::{
    BlockingClient, CreateTalkspace, Delivery, FailureKind, GetVersion, InvalidBaseUrl, Policy,
    TransportError, blocking_transport_fn,
};

fn builder() -> crate::ClientBuilder {
    BlockingClient::builder("https://a.example", "SENTINEL")
}

#[test]
fn a_default_greeting_is_carried() {
    let client = builder()
        .greeting_id("usual")
        .build_blocking(blocking_transport_fn(|request| {
            let body = request.body().read_to_bytes()?;
            assert!(body.ends_with(b"&greetingid=usual"));
            let created = r#"{"ConferenceResponse":{"status":201,"conferenceId":"63c9"}}"#;
            Ok(http::Response::new(created.into()))
        }))
        .unwrap();
    assert!(client.send(CreateTalkspace::new("eta")).is_ok());
}

#[test]
fn clones_draw_on_one_budget() {
    let exchanges = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&exchanges);
    let client = builder()
        .policy(Policy::default().max_retries(100))
        .build_blocking(blocking_transport_fn(move |_request| {
            counted.fetch_add(1, Ordering::Relaxed);
            Err(TransportError::new(FailureKind::Connect, Delivery::NotSent))
        }))
        .unwrap();
    for _ in 0..5 {
        assert!(client.clone().send(GetVersion::new()).is_err());
    }
    // Five first attempts, and the reserve of ten once.
    assert_eq!(exchanges.load(Ordering::Relaxed), 15);
}

#[test]
fn a_base_url_that_could_leak_the_key_builds_no_client() {
    let transport = blocking_transport_fn(|_request| Ok(http::Response::default()));
    let error = BlockingClient::builder("http://a.example", "key")
        .build_blocking(transport)
        .unwrap_err();
    assert_eq!(error, InvalidBaseUrl::PlainHttp);
}

#[test]
fn debug_hides_the_key() {
    let transport = blocking_transport_fn(|_request| Ok(http::Response::default()));
    let builder = builder();
    assert!(!format!("{builder:?}").contains("SENTINEL"));
    let client = builder.build_blocking(transport).unwrap();
    assert!(!format!("{client:?}").contains("SENTINEL"));
}
