//! Media comes from where it may, and not from what looks like it.

use super::{MediaHost, MediaHosts};
use crate::{BaseUrl, InvalidRequestKind};

fn check(base: &str, named: &[&str], url: &str) -> Result<(), InvalidRequestKind> {
    let base = BaseUrl::parse(base).unwrap();
    let mut hosts = MediaHosts::default();
    for host in named {
        hosts.add(MediaHost::parse(host).unwrap());
    }
    hosts.check(
        &base,
        &url.parse().map_err(|_| InvalidRequestKind::NotHttp)?,
    )
}

const BASE: &str = "https://api.example/prefix";

#[test]
fn the_base_urls_own_origin_is_allowed_and_no_other_of_its_host() {
    for url in [
        "https://api.example/1.mp3",
        "https://API.example:443/elsewhere/1.mp3?x=1",
        "HTTPS://api.example/1.mp3",
    ] {
        assert_eq!(check(BASE, &[], url), Ok(()), "{url}");
    }
    for (url, problem) in [
        ("http://api.example/1.mp3", InvalidRequestKind::PlainHttp),
        (
            "http://api.example:443/1.mp3",
            InvalidRequestKind::PlainHttp,
        ),
        (
            "http://api.example:8080/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        ("http://api.example:22/", InvalidRequestKind::ForeignHost),
        (
            "https://api.example:8443/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "https://api.example.:443/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "https://evilapi.example/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "https://api.example.evil/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "https://x.api.example/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        ("https://example/1.mp3", InvalidRequestKind::ForeignHost),
        (
            "https://api.example@evil.example/1.mp3",
            InvalidRequestKind::NotHttp,
        ),
        (
            "https://evil.example@api.example/1.mp3",
            InvalidRequestKind::NotHttp,
        ),
        ("https://api.example:/1.mp3", InvalidRequestKind::NotHttp),
        (
            "https://api.example:99999/1.mp3",
            InvalidRequestKind::NotHttp,
        ),
        ("ftp://api.example/1.mp3", InvalidRequestKind::NotHttp),
        ("/1.mp3", InvalidRequestKind::NotHttp),
    ] {
        assert_eq!(check(BASE, &[], url), Err(problem), "{url}");
    }
}

#[test]
fn a_base_url_of_this_machine_has_a_port_too() {
    let base = "http://127.0.0.1:8080";
    assert_eq!(check(base, &[], "http://127.0.0.1:8080/1.mp3"), Ok(()));
    for url in [
        "http://127.0.0.1/1.mp3",
        "http://127.0.0.1:8081/1.mp3",
        "https://127.0.0.1:8080/1.mp3",
        "http://localhost:8080/1.mp3",
        "http://127.0.0.1.example:8080/1.mp3",
    ] {
        assert_eq!(
            check(base, &[], url),
            Err(InvalidRequestKind::ForeignHost),
            "{url}"
        );
    }
    let named = &["localhost:8080", "media.example"];
    for url in [
        "http://localhost:8080/1.mp3",
        "http://media.example/1.mp3",
        "https://media.example/1.mp3",
    ] {
        assert_eq!(check(base, named, url), Ok(()), "{url}");
    }
}

#[test]
fn a_host_that_was_named_is_that_host_alone() {
    let named = &["media.example", "[2001:db8::1]:8443"];
    for url in [
        "https://media.example/1.mp3",
        "https://MEDIA.example:443/1.mp3",
        "https://[2001:db8::1]:8443/1.mp3",
        "https://api.example/1.mp3",
    ] {
        assert_eq!(check(BASE, named, url), Ok(()), "{url}");
    }
    for (url, problem) in [
        (
            "https://evilmedia.example/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "https://media.example.evil/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "https://media.example.evil.example/",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "https://a.media.example/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "https://media.exampl/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "https://edia.example/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "https://media-example/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "https://media.example:8443/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "https://[2001:db8::1]/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "http://evilmedia.example/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "http://media.example:8080/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        ("http://media.example/1.mp3", InvalidRequestKind::PlainHttp),
    ] {
        assert_eq!(check(BASE, named, url), Err(problem), "{url}");
    }
}

#[test]
fn plain_http_is_allowed_where_it_was_said() {
    let named = &["http://media.example", "http://other.example:8080"];
    for url in [
        "http://media.example/1.mp3",
        "http://media.example:80/1.mp3",
        "http://other.example:8080/1.mp3",
    ] {
        assert_eq!(check(BASE, named, url), Ok(()), "{url}");
    }
    for url in [
        "https://media.example/1.mp3",
        "http://media.example:8080/1.mp3",
        "http://other.example/1.mp3",
        "http://evilmedia.example/1.mp3",
    ] {
        assert_eq!(
            check(BASE, named, url),
            Err(InvalidRequestKind::ForeignHost),
            "{url}"
        );
    }
    let both = &["http://media.example", "https://media.example"];
    assert_eq!(check(BASE, both, "https://media.example/1.mp3"), Ok(()));
}

#[test]
fn any_host_is_any_origin() {
    let base = BaseUrl::parse(BASE).unwrap();
    let mut hosts = MediaHosts::default();
    hosts.allow_any();
    let check = |url: &str| hosts.check(&base, &url.parse().unwrap());
    assert_eq!(check("http://b.example:81/1.mp3"), Ok(()));
    assert_eq!(
        check("ftp://b.example/1.mp3"),
        Err(InvalidRequestKind::NotHttp)
    );
}

#[test]
fn what_names_no_host_is_an_error() {
    for text in [
        "",
        "https://",
        "*.example",
        "media.example/",
        "media.example/audio",
        "https://media.example/audio",
        "ftp://media.example",
        "user@media.example",
        "media.example:",
        "media.example:port",
        "media.example:99999",
        "media example",
        ":8080",
    ] {
        assert!(MediaHost::parse(text).is_none(), "{text}");
    }
}
