//! What a sure request may take, and what it sends.

use std::sync::Arc;
use std::time::Duration;

use super::{RINGING, Slow, THERE, builder};
use crate::transport::{BlockingTransport, TransportError, blocking_transport_fn};
use crate::{
    AddToTalkspace, BlastMedia, Delivery, FailureKind, PollOptions, RequestOptions, Sure,
    SureOptions,
};

const TIMEOUT: Duration = Duration::from_secs(2);

/// Sends to a service that responds so. Gives the verdict, how long each exchange
/// could have taken, and how long all took.
fn add(responses: &[Option<&'static str>]) -> (Sure<AddToTalkspace>, Vec<Duration>, Duration) {
    let slow = Slow::new(responses);
    let began = slow.now();
    let options = RequestOptions::default().timeout(TIMEOUT).max_retries(0);
    let client = builder().options(options);
    let client = client.build_blocking(Arc::clone(&slow)).unwrap();
    let options = SureOptions::from(PollOptions::default().timeout(TIMEOUT / 2)).exclusive();
    let sure = client.send_surely(AddToTalkspace::new("63c9", "eta"), options);
    let allowed = slow.allowed.lock().unwrap().clone();
    (sure, allowed, slow.now() - began)
}

#[test]
fn a_look_before_it_that_times_out_leaves_it_unsent() {
    let (sure, allowed, took) = add(&[None]);
    let Sure::NotApplied(error) = sure else {
        panic!("{sure:?}")
    };
    assert_eq!(error.operation(), "getTalkspace");
    assert_eq!((allowed, took), (vec![TIMEOUT], TIMEOUT));
}

#[test]
fn a_look_after_it_has_the_time_of_polls() {
    let (sure, allowed, _) = add(&[Some(RINGING), None, Some(THERE)]);
    assert!(matches!(sure, Sure::Applied { seen: Some(_), .. }));
    assert_eq!(allowed, [TIMEOUT, TIMEOUT, TIMEOUT / 2]);
}

#[test]
fn silence_ends_it_in_doubt_and_within_both_times() {
    let (sure, allowed, took) = add(&[Some(RINGING), None]);
    let Sure::InDoubt {
        error, look_error, ..
    } = sure
    else {
        panic!("{sure:?}")
    };
    assert_eq!(error.operation(), "addToTalkspace");
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    assert_eq!(look_error.unwrap().operation(), "getTalkspace");
    assert_eq!(allowed.len(), 3);
    assert_eq!(took, TIMEOUT + TIMEOUT / 2);
}

/// Whether a request that gets this response counts as not applied, if it fails.
fn is_not_applied(status: u16, body: &'static str) -> bool {
    let transport = blocking_transport_fn(move |_request| {
        let response = http::Response::builder().status(status);
        Ok(response.body(body.into()).unwrap())
    });
    let client = builder().build_blocking(transport).unwrap();
    match client.send_surely(BlastMedia::new(["6e6a"], "eta"), PollOptions::default()) {
        Sure::NotApplied(_) => true,
        Sure::InDoubt { candidates, .. } => {
            assert!(candidates.is_empty(), "nothing shows it");
            false
        }
        sure @ Sure::Applied { .. } => panic!("{status}: {sure:?}"),
    }
}

#[test]
fn a_status_of_failure_says_what_was_not_done() {
    for status in [400, 401, 404, 413, 429, 431, 451, 501, 505] {
        assert!(is_not_applied(status, "<html>"), "{status}");
    }
    // What a gateway says may follow what was done; a redirect may, too.
    for status in [301, 303, 307, 408, 500, 502, 503, 504, 520, 524, 599] {
        assert!(!is_not_applied(status, "<html>"), "{status}");
    }
    assert!(!is_not_applied(200, "<html>Sign in</html>"));
}

#[test]
fn the_service_s_own_word_counts() {
    let unavailable = r#"{"MediaResponse":{"status":502,"message":"not now"}}"#;
    let broken = r#"{"MediaResponse":{"status":500,"message":"oh"}}"#;
    let unknown = r#"{"MediaResponse":{"status":404,"message":""}}"#;
    assert!(is_not_applied(502, unavailable));
    assert!(is_not_applied(200, unknown), "the envelope wins");
    assert!(!is_not_applied(500, broken));
}

#[test]
fn what_was_not_sent_was_not_applied() {
    let refused =
        blocking_transport_fn(|_request| Err(TransportError::not_sent(FailureKind::Connect)));
    let client = builder().build_blocking(refused).unwrap();
    let client = client.with_options(RequestOptions::default().max_retries(0));
    let sure = client.send_surely(BlastMedia::new(["6e6a"], "eta"), PollOptions::default());
    assert!(matches!(sure, Sure::NotApplied(_)), "{sure:?}");
}
