//! A tunnel through an HTTP proxy (RFC 9110 §9.3.6).

use http::StatusCode;

use super::error::Reason;
use super::step::Step;
use super::{Destination, Proxy, named};

/// The most that a proxy may say before it has opened the tunnel.
const MOST: usize = 16 * 1024;
/// The most header fields in one head of it.
const MOST_FIELDS: usize = 100;

pub(super) struct HttpConnect {
    request: Option<Vec<u8>>,
    /// What of a head has come so far.
    input: Vec<u8>,
    /// How many bytes came before, in interim (1xx) responses.
    passed: usize,
    is_open: bool,
}

impl HttpConnect {
    pub(super) fn new(proxy: &Proxy, destination: &Destination) -> Self {
        let target = match destination {
            Destination::Name(host, port) => named(host, *port),
            Destination::Address(address) => address.to_string(),
        };
        let mut request = format!("CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n").into_bytes();
        if let Some(credentials) = proxy.authorization() {
            request.extend_from_slice(b"proxy-authorization: ");
            request.extend_from_slice(credentials.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        Self {
            request: Some(request),
            input: Vec::new(),
            passed: 0,
            is_open: false,
        }
    }

    pub(super) fn next(&mut self) -> Step {
        match self.request.take() {
            Some(request) => Step::Send(request),
            None if self.is_open => Step::Done,
            None => Step::Receive,
        }
    }

    pub(super) fn received(&mut self, bytes: &[u8]) -> Result<(), Reason> {
        self.input.extend_from_slice(bytes);
        while let Some((status, length)) = head(&self.input)? {
            self.passed += length;
            self.input.drain(..length);
            // Whatever it says of a body, a 2xx has none (RFC 9110 §9.3.6).
            if status.is_success() {
                return self.opened();
            }
            // 101 was not asked for.
            if !status.is_informational() || status == StatusCode::SWITCHING_PROTOCOLS {
                return Err(Reason::Status(status));
            }
        }
        match self.passed + self.input.len() > MOST {
            true => Err(Reason::Protocol("says too much before it connects")),
            false => Ok(()),
        }
    }

    fn opened(&mut self) -> Result<(), Reason> {
        self.is_open = true;
        match self.input.is_empty() {
            true => Ok(()),
            // A client speaks first in TLS and in HTTP.
            false => Err(Reason::Protocol(
                "sent something unasked after it had connected",
            )),
        }
    }
}

/// The status of the head that `input` begins with, once it is whole, and its
/// length.
fn head(input: &[u8]) -> Result<Option<(StatusCode, usize)>, Reason> {
    const NOT_HTTP: Reason = Reason::Protocol("does not speak HTTP/1.1");
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut head = httparse::Response::new(&mut fields);
    match head.parse(input) {
        Ok(httparse::Status::Partial) => Ok(None),
        Ok(httparse::Status::Complete(length)) => {
            let status = StatusCode::from_u16(head.code.unwrap_or_default());
            Ok(Some((status.map_err(|_| NOT_HTTP)?, length)))
        }
        Err(httparse::Error::TooManyHeaders) => {
            Err(Reason::Protocol("says too much before it connects"))
        }
        Err(_) => Err(NOT_HTTP),
    }
}
