//! The page for browsers.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use talkspace_sandbox::{Clock, Sandbox};

use super::http::{Http, Said};
use super::{KEY, server};

const BROWSER: (&str, &str) = (
    "accept",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
);

fn page(http: Http) -> Said {
    let said = http.send("GET", "", &[BROWSER], b"");
    assert_eq!(said.status, 200);
    assert_eq!(said.header("content-type"), "text/html; charset=utf-8");
    said
}

/// What the policy calls the text between these.
fn hash(html: &str, begin: &str, end: &str) -> String {
    let (_, rest) = html.split_once(begin).unwrap();
    let (text, _) = rest.split_once(end).unwrap();
    let hash = BASE64_STANDARD.encode(hmac_sha256::Hash::hash(text.as_bytes()));
    format!("'sha256-{hash}'")
}

#[test]
fn a_browser_gets_a_page_and_a_program_json() {
    let server = server();
    let http = Http::of(&server);
    let said = page(http);
    assert!(said.text().starts_with("<!doctype html>"));
    for other in ["*/*", "application/json", "text/html;q=0"] {
        let json = http.send("GET", "", &[("accept", other)], b"");
        assert_eq!(json.header("content-type"), "application/json", "{other}");
        assert_eq!(json.body["openapi"], "/_sandbox/openapi.json");
        assert_eq!(json.header("vary"), "accept");
    }
    let head = http.send("HEAD", "", &[BROWSER], b"");
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    for name in ["content-length", "etag", "content-security-policy", "vary"] {
        assert_eq!(head.header(name), said.header(name), "{name}");
    }
    // Without the slash, the page's addresses would lead elsewhere.
    for method in ["GET", "HEAD"] {
        let moved = http.send(method, "/_sandbox", &[BROWSER], b"");
        assert_eq!(
            (moved.status, moved.header("location")),
            (308, "/_sandbox/")
        );
    }
    assert_eq!(http.send("POST", "", &[BROWSER], b"").status, 405);
    assert_eq!(server.sandbox().request_log(0).total, 0);
}

#[test]
fn the_policy_permits_what_is_in_the_page_and_nothing_else() {
    let server = server();
    let said = page(Http::of(&server));
    let html = said.text();
    let style = hash(html, "<style>", "</style>");
    let script = hash(html, "<script type=\"module\">", "</script>");
    let policy = said.header("content-security-policy");
    let policy: Vec<&str> = policy.split("; ").collect();
    assert_eq!(
        policy,
        [
            "default-src 'none'",
            &format!("script-src {script}"),
            &format!("style-src {style}"),
            "connect-src 'self'",
            "img-src data:",
            "media-src blob:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("access-control-allow-origin", ""),
    ] {
        assert_eq!(said.header(name), value, "{name}");
    }
}

#[test]
fn a_browser_that_has_the_page_is_told_so() {
    let server = server();
    let http = Http::of(&server);
    let said = page(http);
    assert_eq!(said.header("cache-control"), "no-cache");
    let tag = said.header("etag").to_owned();
    for known in [&tag, &format!("\"other\", W/{tag}"), "*"] {
        let same = http.send("GET", "", &[BROWSER, ("if-none-match", known)], b"");
        assert_eq!((same.status, same.bytes.len()), (304, 0), "{known}");
        assert_eq!(
            (same.header("etag"), same.header("vary")),
            (&*tag, "accept")
        );
    }
    let other = http.send("GET", "", &[BROWSER, ("if-none-match", "\"other\"")], b"");
    assert_eq!(other.status, 200);
}

#[test]
fn the_page_needs_no_token_and_holds_none() {
    let builder = Sandbox::builder().app_key(KEY).clock(Clock::frozen());
    let server = builder.listen("0.0.0.0:0").unwrap();
    let http = Http::of(&server);
    let said = page(http);
    assert!(!said.text().contains(server.token().unwrap()));
    assert!(!said.text().contains(KEY));
    assert_eq!(http.get("").status, 401, "what is for programs needs it");
}

#[test]
fn a_link_of_another_site_is_told_off_in_words_and_its_script_in_json() {
    let server = server();
    let http = Http::of(&server);
    let site = ("sec-fetch-site", "cross-site");
    let link = http.send("GET", "", &[BROWSER, site], b"");
    assert_eq!(link.status, 403);
    assert_eq!(link.header("content-type"), "text/plain; charset=utf-8");
    assert!(link.text().contains("type the address"), "{}", link.text());
    let script = http.send("GET", "", &[("accept", "*/*"), site], b"");
    assert_eq!(script.status, 403);
    assert_eq!(script.body["error"], "foreign_page");
}

#[test]
fn without_the_page_all_else_is_there() {
    let server = Sandbox::builder().examples().page(false).start().unwrap();
    let http = Http::of(&server);
    let said = http.send("GET", "", &[BROWSER], b"");
    assert_eq!(said.header("content-type"), "application/json");
    assert_eq!(http.get("state").status, 200);
}
