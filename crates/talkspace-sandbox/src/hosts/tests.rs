//! Which requests are for this server.

use std::net::SocketAddr;

use http::{Method, Request, Version, header};

use super::{Host, Hosts, Origin, Reached, base_url};

const PATH: &str = "/api/rest/version";

fn of(address: SocketAddr, public: Option<&str>, names: &[&str], sites: &[&str]) -> Hosts {
    let owned = |texts: &[&str]| -> Vec<String> { texts.iter().map(ToString::to_string).collect() };
    Hosts::new(address, public, &owned(names), &owned(sites)).unwrap()
}

/// A server of this machine.
fn hosts(public: Option<&str>, names: &[&str]) -> Hosts {
    of(([127, 0, 0, 1], 80).into(), public, names, &[])
}

/// A server for others too.
fn open() -> Hosts {
    of(([0, 0, 0, 0], 80).into(), None, &[], &[])
}

/// How a request is taken that names these hosts.
fn status(hosts: &Hosts, url: &str, version: Version, named: &[&str]) -> u16 {
    let mut request = Request::get(url).version(version);
    for host in named {
        request = request.header(header::HOST, *host);
    }
    let (head, ()) = request.body(()).unwrap().into_parts();
    hosts.take(&head).map_or_else(|error| error.status, |_| 200)
}

fn take(hosts: &Hosts, host: &str) -> u16 {
    status(hosts, PATH, Version::HTTP_11, &[host])
}

#[test]
fn a_server_of_this_machine_is_no_other_host() {
    let public = Some("https://talkspace.example:8443/prefix");
    let hosts = hosts(public, &["Sandbox.Internal"]);
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
    let hosts = open();
    assert_eq!(take(&hosts, "192.0.2.1:80"), 200);
    assert_eq!(take(&hosts, "evil.example"), 421);
}

#[test]
fn a_request_names_one_host() {
    let hosts = hosts(None, &[]);
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
    let hosts = hosts(None, &[]);
    let foreign = "http://evil.example/";
    let named = ["localhost"];
    assert_eq!(status(&hosts, foreign, Version::HTTP_11, &named), 421);
    let own = "http://localhost:80/";
    let named = ["evil.example"];
    assert_eq!(status(&hosts, own, Version::HTTP_11, &named), 200);
}

fn methods() -> [Method; 6] {
    [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
    ]
}

/// How a request with these headers is taken.
fn from(hosts: &Hosts, method: &Method, headers: &[(&str, &str)]) -> u16 {
    let mut request = Request::builder().method(method).uri(PATH);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (head, ()) = request.body(()).unwrap().into_parts();
    let taken = hosts.take(&head);
    taken.map_or_else(|error| error.status, |_| 200)
}

#[test]
fn a_page_of_another_site_is_known_by_its_origin() {
    let public = Some("https://Talkspace.example/prefix");
    let hosts = hosts(public, &[]);
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
    let hosts = hosts(None, &[]);
    let own = ("origin", "http://localhost");
    for (site, status) in [
        ("same-origin", 200),
        ("none", 200),
        ("same-site", 403),
        ("cross-site", 403),
        ("Same-Origin", 403),
        ("", 403),
    ] {
        for method in methods() {
            let head = [("host", "localhost"), own, ("sec-fetch-site", site)];
            assert_eq!(from(&hosts, &method, &head), status, "{method} {site}");
            // Most GETs of a page have no origin.
            let head = [("host", "localhost"), ("sec-fetch-site", site)];
            assert_eq!(from(&hosts, &method, &head), status, "{method} {site}");
            let link = [head[0], head[1], ("sec-fetch-mode", "navigate")];
            assert_eq!(from(&hosts, &method, &link), status, "{method} {site}");
        }
    }
    for method in methods() {
        let named = [("host", "localhost")];
        assert_eq!(from(&hosts, &method, &named), 200, "no browser");
        let other = [("host", "localhost"), ("origin", "http://evil.example")];
        assert_eq!(from(&hosts, &method, &other), 403, "{method}");
    }
}

#[test]
fn a_name_is_understood_as_people_write_it() {
    for (written, name) in [
        ("sandbox", "sandbox"),
        (" Sandbox.Internal. ", "sandbox.internal"),
        ("SANDBOX:8080", "sandbox"),
        ("http://sandbox", "sandbox"),
        ("HTTPS://sandbox:8443/", "sandbox"),
        ("my_host-1", "my_host-1"),
        ("10.0.0.7", "10.0.0.7"),
        ("10.0.0.7:8080", "10.0.0.7"),
        ("[2001:DB8::1]:8080", "[2001:db8::1]"),
        ("2001:db8:0::1", "[2001:db8::1]"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
    ] {
        let host = Host::parse(written).unwrap();
        assert_eq!(host.to_string(), name, "{written}");
        let hosts = hosts(None, &[written]);
        assert_eq!(take(&hosts, &format!("{name}:1")), 200, "{written}");
        assert_eq!(take(&hosts, "other"), 421, "{written}");
    }
    for written in [
        "",
        " ",
        "*",
        "*.internal",
        "a b",
        "me@sandbox",
        "http://",
        "ftp://sandbox",
        "sandbox:port",
        "sandbox/x",
        ":8080",
        "a,b",
        "a..b",
        ".a",
        "[sandbox]",
        "127.1",
        "999.9.9.9",
        "b\u{fc}cher",
        "http://sandbox?x",
    ] {
        let why = Host::parse(written).unwrap_err();
        assert!(why.contains("such as sandbox"), "{written}: {why}");
    }
}

#[test]
fn an_address_that_was_named_is_this_server_too() {
    // A proxy before it listens there.
    let hosts = hosts(Some("http://192.0.2.7:8080"), &["2001:db8::1", "10.0.0.7"]);
    for own in ["192.0.2.7:8080", "[2001:db8:0:0::1]", "10.0.0.7"] {
        assert_eq!(take(&hosts, own), 200, "{own}");
    }
    assert_eq!(take(&hosts, "10.0.0.8"), 421);
}

#[test]
fn a_base_url_and_an_origin_are_whole() {
    for written in [
        "http://sandbox:8080",
        "https://sandbox.example/prefix",
        " http://a/ ",
    ] {
        assert!(base_url(written).is_ok(), "{written}");
    }
    for written in [
        "",
        "sandbox",
        "sandbox:8080",
        "ftp://a",
        "http://",
        "http://a/?b",
        "http://a#b",
        "http://*",
    ] {
        assert!(base_url(written).is_err(), "{written}");
        assert!(Origin::parse(written).is_err(), "{written}");
    }
    assert_eq!(Origin::parse("HTTP://A/"), Origin::parse("http://a:80"));
    for written in ["*", "null", "http://a/b", "https://*.a"] {
        assert!(Origin::parse(written).is_err(), "{written}");
    }
}

#[test]
fn who_asks_for_another_host_is_told_what_would_be_right() {
    let hosts = hosts(None, &["sandbox"]);
    let request = Request::get(PATH).header(header::HOST, "Other.Internal:8080");
    let (head, ()) = request.body(()).unwrap().into_parts();
    let message = hosts.take(&head).err().unwrap().message;
    assert_eq!(
        message,
        "This sandbox is not other.internal. It is 127.0.0.1:80, localhost, sandbox; for it to \
         be other.internal too, start it with --host other.internal."
    );
}

#[test]
fn it_knows_by_which_url_it_was_reached() {
    let reached = |hosts: &Hosts, host: &str| {
        let (head, ()) = Request::get(PATH)
            .header(header::HOST, host)
            .body(())
            .unwrap()
            .into_parts();
        let Reached(base) = hosts.take(&head).ok().unwrap();
        base
    };
    let hosts = hosts(None, &["sandbox"]);
    for (host, base) in [
        ("127.0.0.1", None),
        ("127.0.0.1:80", None),
        ("sandbox", Some("http://sandbox")),
        ("sandbox:8080", Some("http://sandbox:8080")),
        // A port of the machine that leads to the container's.
        ("localhost:18080", Some("http://localhost:18080")),
    ] {
        assert_eq!(reached(&hosts, host).as_deref(), base, "{host}");
    }
    let public = Hosts::new(([127, 0, 0, 1], 80).into(), Some("http://a"), &[], &[]);
    assert_eq!(
        reached(&public.unwrap(), "localhost:18080"),
        None,
        "it was said"
    );
}

#[test]
fn pages_of_a_site_that_was_named_may_change_something() {
    let sites = ["http://LOCALHOST:3000/", "https://app.example"];
    let hosts = of(([127, 0, 0, 1], 80).into(), None, &[], &sites);
    let cross = ("sec-fetch-site", "cross-site");
    for (site, status) in [
        ("http://localhost:3000", 200),
        ("https://app.example:443", 200),
        ("http://localhost:3001", 403),
        ("https://localhost:3000", 403),
        ("http://app.example", 403),
        ("http://localhost:3000.evil.example", 403),
        ("null", 403),
    ] {
        let head = [("host", "localhost"), ("origin", site), cross];
        for method in methods() {
            assert_eq!(from(&hosts, &method, &head), status, "{method} {site}");
        }
    }
    let two = [
        ("host", "localhost"),
        ("origin", "https://app.example"),
        ("origin", "null"),
    ];
    assert_eq!(from(&hosts, &Method::POST, &two), 403, "one of two");
}
