//! HEAD and OPTIONS at each path of the spec, over a socket.

use std::io::{Read, Write};
use std::net::TcpStream;

use http::Method;
use talkspace_core::{Effect, OPERATIONS};

use crate::{Sandbox, SandboxBuilder, Server};

/// A response, and how its head names a field.
struct Got {
    head: String,
    body: Vec<u8>,
}

impl Got {
    fn field(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines();
        lines.find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }

    fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }
}

fn send(server: &Server, method: &str, target: &str, more: &str) -> Got {
    let mut socket = TcpStream::connect(server.local_addr()).unwrap();
    let head = format!("Host: localhost\r\nConnection: close\r\n{more}\r\n");
    write!(socket, "{method} {target} HTTP/1.1\r\n{head}").unwrap();
    let mut all = Vec::new();
    socket.read_to_end(&mut all).unwrap();
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let body = all.split_off(end + 4);
    Got {
        head: String::from_utf8(all).unwrap(),
        body,
    }
}

fn paths() -> Vec<String> {
    let key = SandboxBuilder::EXAMPLE_APP_KEY;
    let paths = OPERATIONS.iter().map(|info| {
        let words = info.path.split('/');
        let filled = words.map(|word| if word.starts_with('{') { "eta" } else { word });
        format!("{}?appkey={key}", filled.collect::<Vec<_>>().join("/"))
    });
    paths.collect()
}

/// The header fields of a response but `date`, sorted.
fn fields(got: &Got) -> Vec<&str> {
    let mut fields: Vec<&str> = got
        .head
        .lines()
        .filter(|line| !line.starts_with("date"))
        .collect();
    fields.sort_unstable();
    fields
}

#[test]
fn head_is_get_without_the_content() {
    let server = Sandbox::builder().examples().start().unwrap();
    let media = paths()
        .into_iter()
        .chain(["/api/rest/version".into(), "/nowhere".into()]);
    for path in media {
        let (get, head) = (
            send(&server, "GET", &path, ""),
            send(&server, "HEAD", &path, ""),
        );
        assert_eq!(fields(&get), fields(&head), "{path}");
        assert!(head.body.is_empty(), "{path}");
        if let Some(length) = get.field("content-length") {
            assert_eq!(length, get.body.len().to_string(), "{path}");
        }
    }
    // Nothing is changed by it.
    let gets = OPERATIONS.iter().filter(|info| info.method == Method::GET);
    assert!(gets.clone().count() > 3);
    for info in gets {
        assert_eq!(info.effect, Effect::Reads, "{}", info.id);
    }
}

/// What is kept of the requests.
fn kept(server: &Server) -> Vec<String> {
    let log = server.sandbox().request_log(0).entries;
    let shown = log.iter().map(|it| {
        let method = it.method().map_or("-", Method::as_str);
        let operation = it.operation().map_or("-", |info| info.id);
        format!("{method} {} {operation} {}", it.path(), it.http_status())
    });
    shown.collect()
}

#[test]
fn a_request_is_logged_with_the_method_that_it_came_with() {
    let server = Sandbox::builder().examples().start().unwrap();
    for (method, path) in [
        ("GET", "/api/rest/version"),
        ("HEAD", "/api/rest/version"),
        ("HEAD", "/api/rest/conference/1"),
        ("HEAD", "/forklift"),
        ("OPTIONS", "/api/rest/conference/1/eta"),
        ("OPTIONS", "*"),
        ("OPTIONS", "/nowhere"),
    ] {
        send(&server, method, path, "");
    }
    let expected = [
        "GET /api/rest/version getVersion 200",
        "HEAD /api/rest/version getVersion 200",
        "HEAD /api/rest/conference/{conferenceid} getTalkspace 400",
        "HEAD /forklift - 405",
        "OPTIONS /api/rest/conference/{conferenceid}/{networkid} - 204",
        "OPTIONS * - 204",
        "OPTIONS /… - 404",
    ];
    assert_eq!(kept(&server), expected);
    let log = server.sandbox().request_log(0).entries;
    let hint = log[3].hint().map(ToString::to_string);
    assert_eq!(hint.as_deref(), Some("method: expected POST, got HEAD"));
    assert_eq!(log[4].to_json()["method"], "OPTIONS");
}

#[test]
fn options_says_what_a_path_takes() {
    let server = Sandbox::builder().examples().start().unwrap();
    for (path, allowed) in [
        ("*", "GET, HEAD, POST, DELETE, OPTIONS"),
        ("/api/rest/version", "GET, HEAD, OPTIONS"),
        (
            "/api/rest/registrant/eta",
            "GET, HEAD, POST, DELETE, OPTIONS",
        ),
        ("/forklift/", "POST, OPTIONS"),
    ] {
        let got = send(&server, "OPTIONS", path, "");
        assert_eq!(
            (got.status(), got.field("allow")),
            ("204", Some(allowed)),
            "{path}"
        );
        assert!(
            got.field("content-length").is_none() && got.body.is_empty(),
            "{path}"
        );
        assert!(got.field("access-control-allow-origin").is_none(), "{path}");
    }
    assert_eq!(send(&server, "OPTIONS", "/nowhere", "").status(), "404");
    for path in paths() {
        let (put, options) = (
            send(&server, "PUT", &path, ""),
            send(&server, "OPTIONS", &path, ""),
        );
        assert_eq!((put.status(), options.status()), ("405", "204"), "{path}");
        assert_eq!(put.field("allow"), options.field("allow"), "{path}");
    }
    // One with a body is responded to as well, and the connection goes on.
    let got = send(
        &server,
        "OPTIONS",
        "/api/rest/media",
        "Content-Length: 0\r\n",
    );
    assert_eq!(got.status(), "204");
}

#[test]
fn a_page_of_a_named_site_gets_what_its_browser_needs() {
    let builder = Sandbox::builder().examples();
    let server = builder
        .allow_origin("http://localhost:3000")
        .start()
        .unwrap();
    let asks = "Access-Control-Request-Method: DELETE\r\n\
                Access-Control-Request-Headers: x-request-id\r\n";
    let page = "Origin: http://localhost:3000\r\nSec-Fetch-Site: cross-site\r\n";
    let path = "/api/rest/registrant/eta";
    let preflight = send(&server, "OPTIONS", path, &format!("{page}{asks}"));
    for (name, value) in [
        ("access-control-allow-origin", "http://localhost:3000"),
        (
            "access-control-allow-methods",
            "GET, HEAD, POST, DELETE, OPTIONS",
        ),
        ("access-control-allow-headers", "x-request-id"),
        ("vary", "origin"),
    ] {
        assert_eq!(preflight.field(name), Some(value), "{}", preflight.head);
    }
    // The page sees errors too.
    for (method, status) in [("GET", "400"), ("DELETE", "400"), ("PUT", "405")] {
        let got = send(&server, method, path, page);
        assert_eq!(got.status(), status, "{}", got.head);
        let shown = got.field("access-control-allow-origin");
        assert_eq!(shown, Some("http://localhost:3000"), "{}", got.head);
        assert!(
            got.field("access-control-allow-methods").is_none(),
            "{}",
            got.head
        );
    }
    let other = "Origin: http://localhost:3001\r\nSec-Fetch-Site: cross-site\r\n";
    for method in ["OPTIONS", "GET", "DELETE"] {
        let got = send(&server, method, path, &format!("{other}{asks}"));
        assert_eq!(got.status(), "403", "{}", got.head);
        assert!(!got.head.contains("access-control"), "{}", got.head);
        assert_eq!(got.field("vary"), Some("origin"), "{}", got.head);
    }
}
