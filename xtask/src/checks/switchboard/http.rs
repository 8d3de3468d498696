//! Requests over HTTP/1.1, to the driver and to the sandbox.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// How long a response may take: nothing here is judged by it.
const TIMEOUT: Duration = Duration::from_secs(120);

pub(super) const FORM: &str = "application/x-www-form-urlencoded";
pub(super) const JSON: &str = "application/json";

static NOTHING: Value = Value::Null;

/// A member of an object; null if there is none.
pub(super) fn at<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or(&NOTHING)
}

/// A connection, which is kept from one request to the next.
pub(super) struct Connection {
    address: String,
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub(super) fn open(address: &str) -> Result<Self, String> {
        let open = || {
            let stream = TcpStream::connect(address)?;
            stream.set_read_timeout(Some(TIMEOUT))?;
            stream.set_nodelay(true)?;
            Ok(BufReader::new(stream))
        };
        let stream = open().map_err(|error: Error| format!("{address}: {error}"))?;
        let address = address.to_owned();
        Ok(Self { address, stream })
    }

    /// Sends a request with a body of this type, or with none, and returns the status and
    /// the body of the response.
    pub(super) fn send(
        &mut self,
        method: &str,
        path: &str,
        (kind, body): (&str, &str),
    ) -> Result<(u16, String), String> {
        let (address, length) = (&self.address, body.len());
        let kind = match kind {
            "" => String::new(),
            kind => format!("Content-Type: {kind}\r\n"),
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{kind}Content-Length: {length}\r\n\r\n\
             {body}"
        );
        let mut exchange = || {
            self.stream.get_mut().write_all(request.as_bytes())?;
            response(&mut self.stream)
        };
        let exchanged: std::io::Result<_> = exchange();
        exchanged.map_err(|error| format!("{address}: {method} {path}: {error}"))
    }
}

/// Sends one request on a connection of its own, with JSON or nothing, and returns the status
/// and the JSON of the response.
pub(super) fn json(
    address: &str,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> Result<(u16, Value), String> {
    let body = body.map(Value::to_string);
    let body = body.as_ref().map_or(("", ""), |body| (JSON, body));
    let (status, text) = Connection::open(address)?.send(method, path, body)?;
    let value = serde_json::from_str(&text)
        .map_err(|error| format!("{method} {path}: {status}, {error}: {text}"))?;
    Ok((status, value))
}

fn response(stream: &mut BufReader<TcpStream>) -> std::io::Result<(u16, String)> {
    let mut first = String::new();
    stream.read_line(&mut first)?;
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.ok_or(Error::from(ErrorKind::UnexpectedEof))?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().unwrap_or_default();
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}
