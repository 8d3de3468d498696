//! The key must not travel in the clear, or to a host that was not named.

use super::{BaseUrl, InvalidBaseUrl};

#[test]
fn a_trailing_slash_and_a_prefix_are_understood() {
    for (given, kept) in [
        ("https://a.example", "https://a.example"),
        ("https://a.example/", "https://a.example"),
        ("https://a.example:444/v1/", "https://a.example:444/v1"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("http://LOCALHOST:1", "http://LOCALHOST:1"),
        ("http://127.8.9.1", "http://127.8.9.1"),
    ] {
        assert_eq!(BaseUrl::parse(given).unwrap().as_str(), kept);
    }
}

#[test]
fn what_could_leak_or_mislead_is_refused() {
    for (given, why) in [
        ("", InvalidBaseUrl::Malformed),
        ("a.example", InvalidBaseUrl::Malformed),
        ("/api", InvalidBaseUrl::Malformed),
        ("https://a.example:99999", InvalidBaseUrl::Malformed),
        ("https://a.example:", InvalidBaseUrl::Malformed),
        ("https://a.example:8x", InvalidBaseUrl::Malformed),
        ("ftp://a.example", InvalidBaseUrl::Scheme),
        ("http://a.example", InvalidBaseUrl::PlainHttp),
        ("http://localhost.example", InvalidBaseUrl::PlainHttp),
        ("http://127.0.0.1.example", InvalidBaseUrl::PlainHttp),
        ("http://0.0.0.0", InvalidBaseUrl::PlainHttp),
        ("https://user@a.example", InvalidBaseUrl::UserName),
        ("https://127.0.0.1@a.example", InvalidBaseUrl::UserName),
        ("https://a.example/?x=1", InvalidBaseUrl::Query),
        ("https://a.example/#x", InvalidBaseUrl::Query),
    ] {
        assert_eq!(BaseUrl::parse(given), Err(why), "{given}");
    }
}
