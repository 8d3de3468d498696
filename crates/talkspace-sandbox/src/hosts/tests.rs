//! Which requests are for this server.

use http::{Method, Request, Version, header};

use super::Hosts;

const PATH: &str = "/api/rest/version";

/// How a request is taken that names these hosts.
fn status(hosts: &Hosts, url: &str, version: Version, named: &[&str]) -> u16 {
    let mut request = Request::get(url).version(version);
    for host in named {
        request = request.header(header::HOST, *host);
    }
    let (head, ()) = request.body(()).unwrap().into_parts();
    hosts
        .take(&head)
        .map_or_else(|error| error.status, |()| 200)
}

fn take(hosts: &Hosts, host: &str) -> u16 {
    status(hosts, PATH, Version::HTTP_11, &[host])
}

#[test]
fn a_server_of_this_machine_is_no_other_host() {
    let names = ["Sandbox.Internal".to_owned()];
    let public = Some("https://talkspace.example:8443/prefix");
    let hosts = Hosts::new(([127, 0, 0, 1], 80).into(), public, &names);
    for own in [
        "localhost",
        "LOCALHOST:1",
        "localhost.:80",
        "a.localhost",
        "127.0.0.1:8080",
        "127.9.9.9",
        "[::1]:80",
        "sandbox.internal",
        "talkspace.example:1",
    ] {
        assert_eq!(take(&hosts, own), 200, "{own}");
    }
    for other in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.0.2.1",
        "[2001:db8::1]",
        "sandbox.internal.evil.example",
    ] {
        assert_eq!(take(&hosts, other), 421, "{other}");
    }
}

#[test]
fn a_server_for_others_is_any_address_and_no_name() {
    let hosts = Hosts::new(([0, 0, 0, 0], 80).into(), None, &[]);
    assert_eq!(take(&hosts, "192.0.2.1:80"), 200);
    assert_eq!(take(&hosts, "evil.example"), 421);
}

#[test]
fn a_request_names_one_host() {
    let hosts = Hosts::new(([127, 0, 0, 1], 80).into(), None, &[]);
    let one = |version, named: &[&str]| status(&hosts, PATH, version, named);
    assert_eq!(one(Version::HTTP_11, &["localhost"]), 200);
    assert_eq!(one(Version::HTTP_11, &[]), 400);
    assert_eq!(one(Version::HTTP_11, &["localhost", "localhost"]), 400);
    assert_eq!(one(Version::HTTP_11, &["a b"]), 400);
    assert_eq!(one(Version::HTTP_11, &[""]), 400);
    assert_eq!(one(Version::HTTP_10, &[]), 200, "old clients name none");
    assert_eq!(one(Version::HTTP_10, &["evil.example"]), 421);
}

#[test]
fn a_whole_url_wins() {
    let hosts = Hosts::new(([127, 0, 0, 1], 80).into(), None, &[]);
    let foreign = "http://evil.example/";
    let named = ["localhost"];
    assert_eq!(status(&hosts, foreign, Version::HTTP_11, &named), 421);
    let own = "http://localhost:80/";
    let named = ["evil.example"];
    assert_eq!(status(&hosts, own, Version::HTTP_11, &named), 200);
}

/// How a request with these headers is taken.
fn from(hosts: &Hosts, method: &Method, headers: &[(&str, &str)]) -> u16 {
    let mut request = Request::builder().method(method).uri(PATH);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (head, ()) = request.body(()).unwrap().into_parts();
    let taken = hosts.take(&head);
    taken.map_or_else(|error| error.status, |()| 200)
}

#[test]
fn a_page_of_another_site_changes_nothing() {
    let public = Some("https://Talkspace.example/prefix");
    let hosts = Hosts::new(([127, 0, 0, 1], 80).into(), public, &[]);
    let origins = |host: &str, origins: &[&str]| {
        let origins = origins.iter().map(|origin| ("origin", *origin));
        let headers: Vec<_> = [("host", host)].into_iter().chain(origins).collect();
        from(&hosts, &Method::POST, &headers)
    };
    for (host, own) in [
        ("localhost:8080", "http://localhost:8080"),
        ("localhost", "http://localhost"),
        ("localhost:80", "http://localhost"),
        ("LOCALHOST", "http://localhost:80"),
        ("[::1]:8080", "http://[::1]:8080"),
        // What is before it speaks TLS.
        ("talkspace.example", "https://talkspace.example"),
        ("localhost:8080", "https://talkspace.example:443"),
    ] {
        assert_eq!(origins(host, &[own]), 200, "{host} {own}");
    }
    for other in [
        "null",
        "",
        "http://",
        "localhost:8080",
        "http://evil.example",
        "http://localhost",
        "http://localhost:9090",
        "https://localhost:8080",
        "http://127.0.0.1:8080",
        "http://localhost:8080.evil.example",
        "http://evil.example/http://localhost:8080",
        "http://talkspace.example",
        "https://talkspace.example:8443",
        "\u{e9}",
    ] {
        assert_eq!(origins("localhost:8080", &[other]), 403, "{other}");
    }
    let two = ["http://localhost:8080", "null"];
    assert_eq!(origins("localhost:8080", &two), 403, "one of two");
}

#[test]
fn what_a_browser_says_of_the_site_counts() {
    let hosts = Hosts::new(([127, 0, 0, 1], 80).into(), None, &[]);
    let own = ("origin", "http://localhost");
    for (site, status) in [
        ("same-origin", 200),
        ("none", 200),
        ("same-site", 403),
        ("cross-site", 403),
        ("Same-Origin", 403),
        ("", 403),
    ] {
        for method in [Method::POST, Method::DELETE, Method::PUT, Method::OPTIONS] {
            let head = [("host", "localhost"), own, ("sec-fetch-site", site)];
            assert_eq!(from(&hosts, &method, &head), status, "{method} {site}");
        }
        // Nothing changes, and nothing is shown.
        for method in [Method::GET, Method::HEAD] {
            let head = [("host", "localhost"), ("sec-fetch-site", site)];
            assert_eq!(from(&hosts, &method, &head), 200, "{method} {site}");
        }
    }
    for method in [Method::POST, Method::DELETE] {
        assert_eq!(
            from(&hosts, &method, &[("host", "localhost")]),
            200,
            "no browser"
        );
    }
}
