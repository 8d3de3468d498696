//! Hints are heeded with a margin, and only where they shorten.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};

use super::idle_limit;
use super::is_announced;

fn said(values: &[&str]) -> Duration {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append("keep-alive", HeaderValue::from_str(value).unwrap());
    }
    idle_limit(&headers)
}

#[test]
fn a_timeout_is_heeded_with_a_margin() {
    for (value, seconds) in [
        ("timeout=5", 4),
        ("timeout=5, max=100", 4),
        ("max=100,timeout=5", 4),
        ("Timeout = 5", 4),
        ("timeout=\"5\"", 4),
        ("timeout=5;max=2", 4),
        ("timeout=5.9", 4),
        ("timeout=5s", 4),
        ("timeout=2", 1),
        ("timeout=1", 0),
        ("timeout=0", 0),
        ("timeout=60, max=0", 0),
        ("timeout=7, timeout=3", 2),
    ] {
        assert_eq!(said(&[value]), Duration::from_secs(seconds), "{value}");
    }
    let two = said(&["timeout=9", "max=3, timeout=4"]);
    assert_eq!(two, Duration::from_secs(3));
}

#[test]
fn what_says_nothing_allows_everything() {
    assert_eq!(said(&[]), Duration::MAX);
    for value in [
        "",
        "timeout",
        "timeout=",
        "timeout=-1",
        "timeout=soon",
        "max=1",
        "max=",
        "x=0",
    ] {
        assert_eq!(said(&[value]), Duration::MAX, "{value}");
    }
    // More than can be counted is much, and not little.
    let endless = said(&["timeout=99999999999999999999999"]);
    assert!(endless > Duration::from_secs(1 << 60));
}

#[test]
fn a_connection_is_kept_outright_by_either_field() {
    for (name, value, expected) in [
        ("connection", "keep-alive", true),
        ("connection", "TE, Keep-Alive", true),
        ("proxy-connection", "keep-alive", true),
        ("connection", "close", false),
        ("keep-alive", "timeout=5", false),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        assert_eq!(is_announced(&headers), expected, "{name}: {value}");
    }
}
