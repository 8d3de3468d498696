//! The client libraries of the time, as what they sent: each of their
//! operations that could work against a correct server works against the
//! sandbox, and the others get the error response that they had coming.

mod ios;
mod java;
mod php;
mod python;
mod ruby;

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use talkspace_sandbox::{Clock, Sandbox, SandboxBuilder, Server};

const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;
const OTHER_KEY: &str = "99999999-2222-3333-4444-555555555555";
/// A media id that has content from the beginning.
const GREETING: &str = "6e6a151be31b467f87225b18b0f36f00";

/// What one library sent, request by request, and the responses it must get.
///
/// `{key}`, `{other-key}` and `{greeting}` stand for those, and every other
/// name in braces for what an earlier response had in the field that was [kept](Self::keep).
struct Story {
    server: Server,
    kept: HashMap<String, String>,
    headers: &'static str,
    body: String,
}

impl Story {
    fn new() -> Self {
        let server = Sandbox::builder()
            .app_key(OTHER_KEY)
            .examples()
            .clock(Clock::frozen())
            .start()
            .unwrap();
        let kept = HashMap::from([
            ("key".to_owned(), KEY.to_owned()),
            ("other-key".to_owned(), OTHER_KEY.to_owned()),
            ("greeting".to_owned(), GREETING.to_owned()),
        ]);
        Self {
            server,
            kept,
            headers: "",
            body: String::new(),
        }
    }

    /// Headers that the library sent with a request without a body.
    fn with_headers(mut self, headers: &'static str) -> Self {
        self.headers = headers;
        self
    }

    /// Sends a request without a body.
    fn bare(&mut self, line: &str, status: u16) -> &mut Self {
        let head = format!("{}{}", self.fill(line), " HTTP/1.1\r\n") + self.headers;
        self.exchange(head.into_bytes(), &[], status)
    }

    /// Sends a form.
    fn form(&mut self, line: &str, form: &str, status: u16) -> &mut Self {
        let form = self.fill(form);
        let head = format!(
            "{} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n",
            self.fill(line),
            form.len()
        );
        self.exchange(head.into_bytes(), form.as_bytes(), status)
    }

    /// Sends a multipart form with these parts, each of them with its head.
    fn multipart(&mut self, line: &str, parts: [&str; 2], status: u16) -> &mut Self {
        let boundary = "----------ThIs_Is_tHe_bouNdaRY_$";
        let mut body = String::new();
        for part in parts {
            body += &format!("--{boundary}\r\n{}\r\n", self.fill(part));
        }
        body += &format!("--{boundary}--\r\n");
        let head = format!(
            "{} HTTP/1.1\r\nContent-Type: multipart/form-data; boundary={boundary}\r\n\
             Content-Length: {}\r\n",
            self.fill(line),
            body.len()
        );
        self.exchange(head.into_bytes(), body.as_bytes(), status)
    }

    /// Keeps a text field of the last response under a name.
    fn keep(&mut self, name: &str, field: &str) -> &mut Self {
        let start = format!("\"{field}\":\"");
        let (_, rest) = self.body.split_once(&start).unwrap();
        let (value, _) = rest.split_once('"').unwrap();
        self.kept.insert(name.to_owned(), value.replace("\\/", "/"));
        self
    }

    /// Expects this in the body of the last response.
    fn says(&mut self, expected: &str) -> &mut Self {
        let expected = self.fill(expected);
        assert!(self.body.contains(&expected), "{expected}: {}", self.body);
        self
    }

    /// Expects that somebody is muted in a TalkSpace, or not. No response says so.
    fn is_muted(&mut self, talkspace: &str, person: &str, expected: bool) -> &mut Self {
        let talkspace = self.fill(talkspace).into();
        let is_muted = self.server.sandbox().is_muted(&talkspace, person);
        assert_eq!(is_muted, expected, "{person}");
        self
    }

    /// Lets time pass until whoever is called has answered and spoken.
    fn wait(&mut self) -> &mut Self {
        self.server.sandbox().advance(Duration::from_secs(2));
        self
    }

    fn fill(&self, text: &str) -> String {
        self.kept
            .iter()
            .fold(text.to_owned(), |text, (name, value)| {
                text.replace(&format!("{{{name}}}"), value)
            })
    }

    fn exchange(&mut self, mut request: Vec<u8>, body: &[u8], status: u16) -> &mut Self {
        let shown = String::from_utf8_lossy(&request).into_owned();
        request.extend_from_slice(b"Host: localhost\r\nConnection: close\r\n\r\n");
        request.extend_from_slice(body);
        let mut stream = TcpStream::connect(self.server.local_addr()).unwrap();
        stream.write_all(&request).unwrap();
        let mut response = Vec::new();
        stream.read_to_end(&mut response).unwrap();
        let response = String::from_utf8_lossy(&response);
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        let got: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
        assert_eq!(got, status, "{shown}{body}");
        self.body = body.to_owned();
        self
    }
}
