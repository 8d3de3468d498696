//! URLs of proxies, and the environment.

mod dialogue;

use std::collections::HashMap;
use std::error::Error as StdError;
use std::ffi::OsString;

use super::no_proxy::NoProxy;
use super::{Proxies, Proxy};
use crate::origin::Origin;

fn origin(url: &str) -> Origin {
    Origin::of(&url.parse().unwrap()).unwrap()
}

fn chain(error: &(dyn StdError + 'static)) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

#[test]
fn a_url_is_read_as_curl_reads_it() {
    for (url, shown, address) in [
        ("http://proxy:3128", "http://proxy:3128", ("proxy", 3128)),
        (
            "http://Proxy.Example:3128/",
            "http://proxy.example:3128",
            ("proxy.example", 3128),
        ),
        ("proxy:3128", "http://proxy:3128", ("proxy", 3128)),
        ("proxy", "http://proxy:1080", ("proxy", 1080)),
        ("http://proxy", "http://proxy:1080", ("proxy", 1080)),
        (" http://[::1]:8080 ", "http://[::1]:8080", ("::1", 8080)),
        (
            "socks5://10.0.0.1",
            "socks5://10.0.0.1:1080",
            ("10.0.0.1", 1080),
        ),
        ("socks5h://u:p@proxy:9", "socks5h://proxy:9", ("proxy", 9)),
        ("u:p@proxy:9", "http://proxy:9", ("proxy", 9)),
        ("http://u@proxy:9", "http://proxy:9", ("proxy", 9)),
    ] {
        let proxy = Proxy::new(url).unwrap();
        assert_eq!(
            (proxy.to_string().as_str(), proxy.address()),
            (shown, address),
            "{url}"
        );
    }
}

#[test]
fn what_is_no_proxy_is_an_error_without_its_secret() {
    let long = format!("socks5://u:{}@proxy", "secret".repeat(43));
    for (url, reason) in [
        ("", "not given as a URL"),
        ("http://u:sec ret@proxy", "not given as a URL"),
        (
            "https://u:secret@proxy",
            "starts with http://, socks5h:// or socks5://",
        ),
        (
            "socks4://u:secret@proxy",
            "starts with http://, socks5h:// or socks5://",
        ),
        ("/secret", "ends with the host"),
        ("http://u:secret@", "not given as a URL"),
        ("http://u:secret@proxy:99999", "not a port"),
        (
            "http://u:secret@proxy:3128/path",
            "ends with the host and the port",
        ),
        (
            "http://u:secret@proxy:3128?query",
            "ends with the host and the port",
        ),
        ("http://a%3Ab:secret@proxy", "a user with a colon"),
        ("socks5://:secret@proxy", "1 to 255 bytes"),
        (&*long, "1 to 255 bytes"),
    ] {
        let error = Proxy::new(url).unwrap_err();
        let told = format!("{} {error:?}", chain(&error));
        assert!(told.contains(reason), "{url}: {told}");
        assert!(!told.contains("secret"), "{told}");
    }
}

#[test]
fn credentials_are_decoded_and_told_to_the_proxy_alone() {
    let proxy = Proxy::new("http://Aladdin:open%20sesame@proxy:1").unwrap();
    // RFC 7617 §2.
    let value = proxy.authorization().unwrap();
    assert_eq!(value, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert!(value.is_sensitive());
    for shown in [
        format!("{proxy}"),
        format!("{proxy:?}"),
        format!("{:?}", Proxies::all(proxy)),
    ] {
        assert!(
            !shown.contains("Aladdin") && !shown.contains("sesame"),
            "{shown}"
        );
    }
    assert_eq!(Proxy::new("http://proxy:1").unwrap().authorization(), None);
}

#[test]
fn the_environment_is_read_as_curl_reads_it() {
    let https = origin("https://api.example");
    let http = origin("http://api.example");
    type Variables = &'static [(&'static str, &'static str)];
    let cases: [(Variables, Option<&str>, Option<&str>); 10] = [
        (&[], None, None),
        (&[("HTTPS_PROXY", "http://a:1")], Some("http://a:1"), None),
        (&[("http_proxy", "b:2")], None, Some("http://b:2")),
        (&[("HTTP_PROXY", "b:2")], None, Some("http://b:2")),
        (
            &[("HTTP_PROXY", "b:2"), ("REQUEST_METHOD", "GET")],
            None,
            None,
        ),
        (
            &[
                ("https_proxy", "a:1"),
                ("http_proxy", "b:2"),
                ("REQUEST_METHOD", "GET"),
            ],
            Some("http://a:1"),
            Some("http://b:2"),
        ),
        (
            &[("ALL_PROXY", "socks5h://c:3")],
            Some("socks5h://c:3"),
            Some("socks5h://c:3"),
        ),
        (
            &[("all_proxy", "c:3"), ("HTTPS_PROXY", "a:1")],
            Some("http://a:1"),
            Some("http://c:3"),
        ),
        (
            &[("https_proxy", ""), ("HTTPS_PROXY", "a:1")],
            Some("http://a:1"),
            None,
        ),
        (
            &[("https_proxy", "a:1"), ("no_proxy", "example")],
            None,
            None,
        ),
    ];
    for (variables, for_https, for_http) in cases {
        let variables: HashMap<_, _> = variables.iter().copied().collect();
        let found =
            Proxies::from_variables(|name| variables.get(name).map(OsString::from)).unwrap();
        let shown = |origin| found.of(origin).map(ToString::to_string);
        assert_eq!(shown(&https).as_deref(), for_https, "{variables:?}");
        assert_eq!(shown(&http).as_deref(), for_http, "{variables:?}");
    }
}

#[test]
fn this_machine_is_reached_through_a_proxy_on_this_machine_alone() {
    let ours = ["http://127.0.0.2:3128", "socks5h://[::1]", "localhost:8080"];
    let elsewhere = [
        "http://192.0.2.2:3128",
        "socks5://192.0.2.2",
        "socks5h://localhost.example",
        "http://127.0.0.1.example:3128",
    ];
    for host in [
        "localhost",
        "LocalHost.",
        "sandbox.localhost",
        "127.0.0.1",
        "127.1.2.3",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ] {
        for scheme in ["http", "https"] {
            let origin = origin(&format!("{scheme}://{host}:8080"));
            for proxy in elsewhere {
                let named = Proxies::all(Proxy::new(proxy).unwrap());
                let read = |name: &str| (name == "ALL_PROXY").then(|| proxy.into());
                let read = Proxies::from_variables(read).unwrap();
                assert_eq!(named.of(&origin), None, "{host} by {proxy}");
                assert_eq!(read.of(&origin), None, "{host} by {proxy}");
            }
            for proxy in ours {
                let proxies = Proxies::all(Proxy::new(proxy).unwrap());
                assert!(proxies.of(&origin).is_some(), "{host} by {proxy}");
            }
        }
    }
    for host in ["localhost.example", "notlocalhost", "128.0.0.1", "[::2]"] {
        let origin = origin(&format!("http://{host}"));
        for proxy in elsewhere {
            let proxies = Proxies::all(Proxy::new(proxy).unwrap());
            assert!(proxies.of(&origin).is_some(), "{host} by {proxy}");
        }
    }
}

#[test]
fn a_variable_that_names_no_proxy_is_an_error_and_no_direct_connection() {
    let error =
        Proxies::from_variables(|name| (name == "ALL_PROXY").then(|| "ftp://u:secret@a".into()))
            .unwrap_err();
    assert_eq!(
        chain(&error),
        "the environment variable ALL_PROXY names no proxy: the URL of a proxy starts with \
         http://, socks5h:// or socks5://"
    );
}

#[test]
fn no_proxy_has_names_with_their_subdomains_addresses_and_networks() {
    for (list, hosts, others) in [
        ("", &[][..], &["a.example", "127.0.0.1"][..]),
        ("*", &["a.example", "10.0.0.1", "[::1]"], &[]),
        ("a,*", &["a"], &["b"]),
        (
            "example.com",
            &["example.com", "www.example.com", "EXAMPLE.com."],
            &["notexample.com", "com"],
        ),
        (
            ".example.com",
            &["example.com", "www.example.com"],
            &["notexample.com"],
        ),
        ("example.com.", &["example.com"], &[]),
        (
            " a.example  b.example,\tc.example,, ",
            &["a.example", "b.example", "c.example"],
            &["d.example"],
        ),
        ("10.1.2.3", &["10.1.2.3"], &["10.1.2.30", "3"]),
        (
            "10.1.2.3/8,192.168.0.0/30",
            &["10.9.9.9", "192.168.0.3"],
            &["11.0.0.1", "192.168.0.4"],
        ),
        ("::1", &["[::1]"], &["[::2]", "0.0.0.1"]),
        ("fd00::/8", &["[fd12::1]"], &["[fe00::1]"]),
        ("10.0.0.0/33", &[], &["10.0.0.1"]),
        ("2.3", &[], &["10.1.2.3"]),
        ("ü", &[], &["example.com"]),
    ] {
        let list = NoProxy::parse(list);
        for host in hosts {
            assert!(list.contains(host), "{host} in {list:?}");
        }
        for host in others {
            assert!(!list.contains(host), "{host} in {list:?}");
        }
    }
}
