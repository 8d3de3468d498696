//! The key must not travel in the clear, or to a host that was not named.

use super::{BaseUrl, Given, InvalidBaseUrl, PlainHttpHost};

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
fn what_could_leak_or_mislead_is_an_error() {
    for (given, why) in [
        ("", InvalidBaseUrl::Malformed),
        ("a.example", InvalidBaseUrl::Malformed),
        ("/api", InvalidBaseUrl::Malformed),
        ("https://a.example:99999", InvalidBaseUrl::Port),
        ("https://a.example:", InvalidBaseUrl::Port),
        ("https://a.example:8x", InvalidBaseUrl::Port),
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

/// Each looks like this machine to some parsers, and may be another.
#[test]
fn plain_http_goes_to_this_machine_and_to_nothing_that_looks_like_it() {
    for host in [
        "localhost",
        "LocalHost:8080",
        "127.0.0.1",
        "127.255.255.254:1",
        "[::1]",
        "[0:0:0:0:0:0:0:1]:8080",
    ] {
        assert!(BaseUrl::parse(&format!("http://{host}")).is_ok(), "{host}");
        assert!(
            BaseUrl::parse(&format!("HTTP://{host}/x")).is_ok(),
            "{host}"
        );
    }
    for host in [
        "localhost.evil.com",
        "localhost.",
        "localhost.localdomain",
        "evil-localhost",
        "localhost%2eevil.com",
        "127.0.0.1.evil",
        "127.0.0.1.",
        "127.1",
        "127.0.0.01",
        "2130706433",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "128.0.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "[::]",
        "[::2]",
        "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[::127.0.0.1]",
        "[::1%25lo]",
        "[[::1]]",
        "[::1].evil.com",
        "::1",
        "user@127.0.0.1",
        "user:word@localhost",
        "localhost@evil.com",
        "127.0.0.1@evil.com",
        "[::1]@evil.com",
        "localhost:80@evil.com",
        "localhost\\@evil.com",
        "localhost#@evil.com",
        "localhost?@evil.com",
        "ⓛocalhost",
        "１２７.0.0.1",
        " localhost",
        "",
        ":80",
    ] {
        let url = format!("http://{host}");
        assert!(BaseUrl::parse(&url).is_err(), "{host}");
        assert!(BaseUrl::parse(&format!("{url}/")).is_err(), "{host}");
    }
}

#[test]
fn plain_http_is_taken_to_a_host_that_was_named_and_to_no_other() {
    let taken = |url: &str, host: &str| {
        let hosts = [PlainHttpHost::parse(host).unwrap()];
        Given::parse(url).unwrap().allowed(&hosts).is_ok()
    };
    for (url, host) in [
        ("http://sandbox:8080", "sandbox"),
        ("http://SANDBOX.:8080/x", " sandbox"),
        ("http://sandbox:8080", "Sandbox:8080"),
        ("http://sandbox", "http://sandbox:80/"),
        ("http://10.0.0.7:1", "10.0.0.7"),
        ("http://[2001:db8::1]:1", "[2001:DB8::1]"),
        ("https://other", "sandbox"),
    ] {
        assert!(taken(url, host), "{url} {host}");
    }
    for (url, host) in [
        ("http://sandbox.evil.example:8080", "sandbox"),
        ("http://evil-sandbox", "sandbox"),
        ("http://sandbox:8081", "sandbox:8080"),
        ("http://sandbox", "sandbox:8080"),
        ("http://10.0.0.70", "10.0.0.7"),
    ] {
        assert!(!taken(url, host), "{url} {host}");
    }
    for none in [
        "",
        "*",
        "*.internal",
        "https://sandbox",
        "me@sandbox",
        "sandbox:x",
        "a b",
        "a/b",
    ] {
        assert!(PlainHttpHost::parse(none).is_none(), "{none}");
    }
}

#[test]
fn plain_http_to_another_machine_is_taken_when_it_is_meant_and_nothing_else_is() {
    for url in [
        "http://sandbox:8080",
        "http://10.0.0.7",
        "http://x.localhost",
    ] {
        assert_eq!(BaseUrl::parse(url), Err(InvalidBaseUrl::PlainHttp), "{url}");
        let base = BaseUrl::parse_allowing_plain_http(url).unwrap();
        assert_eq!(base.as_str(), url);
    }
    for (url, why) in [
        ("ftp://sandbox", InvalidBaseUrl::Scheme),
        ("http://me@sandbox", InvalidBaseUrl::UserName),
        ("http://sandbox/?x", InvalidBaseUrl::Query),
        ("sandbox", InvalidBaseUrl::Malformed),
    ] {
        assert_eq!(BaseUrl::parse_allowing_plain_http(url), Err(why), "{url}");
    }
}
