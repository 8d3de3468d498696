//! A response that comes before the request was read leaves the connection good for the next
//! request, or says that it is closed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use super::server;

/// Method, path and header fields of what is known to be wrong before the body is read, or is
/// not read for another reason; and the status that it gets.
const EARLY: &[(&str, &str, &str, u16)] = &[
    (
        "POST",
        "/_sandbox/people",
        "content-type: application/json",
        405,
    ),
    (
        "PATCH",
        "/_sandbox/nothing",
        "content-type: application/json",
        404,
    ),
    ("PATCH", "/_sandbox/people", "content-type: text/plain", 415),
    (
        "PUT",
        "/_sandbox/outage",
        "origin: http://elsewhere.example",
        403,
    ),
    ("GET", "/_sandbox", "accept: */*", 308),
    (
        "POST",
        "/api/rest/media",
        "origin: http://elsewhere.example",
        403,
    ),
    ("POST", "/forklift/", "content-type: text/plain", 400),
    ("OPTIONS", "/api/rest/media", "accept: */*", 204),
];

struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(server: &talkspace_sandbox::Server) -> Self {
        Self(BufReader::new(
            TcpStream::connect(server.local_addr()).unwrap(),
        ))
    }

    fn send(&mut self, method: &str, path: &str, fields: &str, body: &[u8]) {
        let head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{fields}\r\n\r\n");
        let socket = self.0.get_mut();
        socket.write_all(head.as_bytes()).unwrap();
        socket.write_all(body).unwrap();
    }

    /// The status, and whether the connection is closed after this.
    fn receive(&mut self) -> (u16, bool) {
        let (mut head, mut length, mut is_closed) = (String::new(), 0, false);
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "closed: {head}");
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(said) = line.strip_prefix("content-length: ") {
                length = said.parse().unwrap();
            }
            is_closed |= line == "connection: close";
            head += &line;
            head += "\n";
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (head[9..12].parse().unwrap(), is_closed)
    }
}

#[test]
fn the_next_request_is_served_or_the_close_is_announced() {
    let server = server();
    for (method, path, field, status) in EARLY {
        for length in [10, 60_000, 3_000_000] {
            let body = vec![b'x'; length];
            let mut chunked = format!("{length:x}\r\n").into_bytes();
            chunked.extend_from_slice(&body);
            chunked.extend_from_slice(b"\r\n0\r\n\r\n");
            let framed = [
                (format!("content-length: {length}"), body),
                ("transfer-encoding: chunked".to_owned(), chunked),
            ];
            for (framing, body) in framed {
                let whose = format!("{method} {path} {framing}");
                let mut connection = Connection::open(&server);
                connection.send(method, path, &format!("{field}\r\n{framing}"), &body);
                assert_eq!(connection.receive(), (*status, false), "{whose}");
                connection.send("GET", "/api/rest/version", "accept: */*", b"");
                assert_eq!(connection.receive(), (200, false), "{whose}");
            }
        }
    }
}

#[test]
fn what_is_not_read_to_its_end_is_the_last_request() {
    let server = server();
    for (method, path, field, status) in EARLY {
        for framing in [
            "content-length: 60000\r\nexpect: 100-continue",
            "content-length: 200000000",
        ] {
            let mut connection = Connection::open(&server);
            connection.send(method, path, &format!("{field}\r\n{framing}"), b"");
            let whose = format!("{method} {path} {framing}");
            assert_eq!(connection.receive(), (*status, true), "{whose}");
        }
    }
}
