//! What is an origin, and what it says of itself.

use std::error::Error as _;

use super::*;

fn origin(url: &str) -> Origin {
    Origin::of(&url.parse().unwrap()).unwrap()
}

#[test]
fn the_default_port_and_user_information_stay_unsaid() {
    for (url, host) in [
        ("http://name@a.example:80/", "a.example"),
        ("https://a.example:443/", "a.example"),
        ("https://a.example:80/", "a.example:80"),
        ("https://a.example/", "a.example"),
        ("http://[::1]:8080/", "[::1]:8080"),
    ] {
        assert_eq!(origin(url).host_field(), host);
    }
}

#[test]
fn an_address_has_a_host_without_brackets_and_a_port() {
    for (url, host, port) in [
        ("http://A.example/", "a.example", 80),
        ("https://a.example/", "a.example", 443),
        ("https://user@a.example:8443/", "a.example", 8443),
        ("http://a.example:/", "a.example", 80),
        ("http://[::1]/", "::1", 80),
    ] {
        assert_eq!(origin(url).address().unwrap(), (host.to_owned(), port));
    }
}

#[test]
fn case_makes_no_difference_and_all_else_does() {
    let here = origin("http://a.example:8080/");
    assert_eq!(here, origin("http://A.Example:8080/other?x=1"));
    for other in [
        "https://a.example:8080/",
        "http://b.example:8080/",
        "http://a.example:8081/",
    ] {
        assert_ne!(here, origin(other), "{other}");
    }
}

#[test]
fn a_relative_or_foreign_url_is_rejected() {
    for (url, reason) in [
        ("/relative", "the URL starts with neither http: nor https:"),
        (
            "ftp://a.example/",
            "the URL starts with neither http: nor https:",
        ),
        (
            "a.example:80",
            "the URL starts with neither http: nor https:",
        ),
        ("http://:80/", "the URL has no host"),
        ("http://a.example:99999/", "the URL's port is not a port"),
        ("http://[::1]:x/", "the URL's port is not a port"),
    ] {
        let origin = Origin::of(&url.parse().unwrap());
        let error = origin.and_then(|origin| origin.address()).unwrap_err();
        assert_eq!(error.kind(), FailureKind::Other);
        assert_eq!(error.delivery(), talkspace_core::Delivery::NotSent);
        assert_eq!(error.source().unwrap().to_string(), reason, "{url}");
    }
}
