//! Which requests are for this server.

use http::{HeaderMap, HeaderValue, Uri, header};

use super::Hosts;

fn take(hosts: &Hosts, host: &str) -> bool {
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
    hosts.take(&Uri::from_static("/api/rest/version"), &headers)
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
        assert!(take(&hosts, own), "{own}");
    }
    for other in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.0.2.1",
        "[2001:db8::1]",
        "sandbox.internal.evil.example",
        "a b",
        "",
    ] {
        assert!(!take(&hosts, other), "{other}");
    }
}

#[test]
fn a_server_for_others_is_any_address_and_no_name() {
    let hosts = Hosts::new(([0, 0, 0, 0], 80).into(), None, &[]);
    assert!(take(&hosts, "192.0.2.1:80"));
    assert!(!take(&hosts, "evil.example"));
}

#[test]
fn a_whole_url_wins_and_nothing_is_taken_for_nobody() {
    let hosts = Hosts::new(([127, 0, 0, 1], 80).into(), None, &[]);
    let mut headers = HeaderMap::new();
    let path = Uri::from_static("/api/rest/version");
    assert!(hosts.take(&path, &headers), "HTTP/1.0");
    headers.append(header::HOST, HeaderValue::from_static("localhost"));
    let foreign = Uri::from_static("http://evil.example/");
    assert!(!hosts.take(&foreign, &headers));
    headers.append(header::HOST, HeaderValue::from_static("localhost"));
    assert!(!hosts.take(&path, &headers), "two of them");
}
