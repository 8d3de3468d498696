//! Who may: no page of another site, and elsewhere than on this machine nobody without
//! the token.

use serde_json::json;
use talkspace_sandbox::{Clock, Sandbox};

use super::http::Http;
use super::{KEY, server};

#[test]
fn no_page_of_another_site_reads_or_changes_anything() {
    let server = server();
    let http = Http::of(&server);
    let own = server.url();
    let other_port = format!("http://127.0.0.1:{}", server.local_addr().port() ^ 1);
    let foreign = [
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("origin", &other_port)],
        vec![("origin", &own), ("sec-fetch-site", "cross-site")],
    ];
    let asked = [
        ("GET", "/_sandbox/state"),
        ("GET", "/_sandbox/events"),
        ("HEAD", "/_sandbox/state"),
        ("GET", "/%5fsandbox/events"),
        ("GET", "//_sandbox/people"),
        ("GET", "/_sandbox/nothing"),
        ("OPTIONS", "/_sandbox/outage"),
        ("PUT", "/_sandbox/outage"),
        ("PUT", "/%5Fsandbo%78/outage"),
        ("POST", "/_sandbox/clock/advance"),
        ("PATCH", "/_sandbox/people"),
        ("GET", "/"),
        ("GET", "/api/rest/version"),
        ("HEAD", "/api/rest/version"),
        ("OPTIONS", "/api/rest/version"),
        ("GET", "/audio/6e6a151be31b467f87225b18b0f36f00.mp3"),
        ("DELETE", "/api/rest/registrant/eta"),
        ("PUT", "/nowhere"),
    ];
    for page in &foreign {
        for (method, path) in asked {
            let mut fields = page.clone();
            fields.push(("content-type", "application/json"));
            let said = http.send(method, path, &fields, br#"{"on":true}"#);
            assert_eq!(said.status, 403, "{method} {path} {page:?}");
            assert_eq!(said.header("access-control-allow-origin"), "");
        }
    }
    let moved = http.send("GET", "state", &[("host", "evil.example")], b"");
    assert_eq!((moved.status, moved.code().as_str()), (421, "wrong_host"));
    assert!(!server.sandbox().snapshot().outage);

    let own = [
        ("origin", own.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    let said = http.send("PUT", "outage", &own, br#"{"on":true}"#);
    assert_eq!(said.status, 200);
    assert_eq!(said.header("x-content-type-options"), "nosniff");
    assert_eq!(
        http.send("GET", "state", &[("sec-fetch-site", "none")], b"")
            .status,
        200
    );
    assert!(server.sandbox().snapshot().outage);
}

#[test]
fn a_site_that_was_named_does_not_steer_the_sandbox() {
    let builder = Sandbox::builder().examples().clock(Clock::frozen());
    let server = builder.allow_origin("http://app.example").start().unwrap();
    let fields = [
        ("origin", "http://app.example"),
        ("content-type", "application/json"),
    ];
    let said = Http::of(&server).send("PUT", "outage", &fields, br#"{"on":true}"#);
    assert_eq!((said.status, said.code().as_str()), (403, "foreign_page"));
    assert_eq!(said.header("access-control-allow-origin"), "");
}

#[test]
fn where_others_can_connect_a_token_is_wanted() {
    let builder = Sandbox::builder().app_key(KEY).clock(Clock::frozen());
    let server = builder.listen("0.0.0.0:0").unwrap();
    let http = Http::of(&server);
    let token = format!("Bearer {}", server.token().unwrap());
    let kind = ("content-type", "application/json");
    let mut almost = token.clone();
    let last = almost.pop().unwrap();
    almost.push(if last == '0' { '1' } else { '0' });
    for said in ["", "Bearer", &almost, &token[7..]] {
        for (method, path) in [("GET", "state"), ("GET", "events"), ("PUT", "outage")] {
            let fields = [("authorization", said), kind];
            let said = http.send(method, path, &fields, br#"{"on":true}"#);
            assert_eq!((said.status, said.code().as_str()), (401, "no_token"));
            assert_eq!(said.header("www-authenticate"), "Bearer");
        }
    }
    assert!(!server.sandbox().snapshot().outage);
    assert_eq!(
        http.get("health").status,
        200,
        "whoever waits for it has no token"
    );
    let said = http.send(
        "PUT",
        "outage",
        &[("authorization", &token), kind],
        br#"{"on":true}"#,
    );
    assert_eq!((said.status, said.body), (200, json!({"on": true})));
}
