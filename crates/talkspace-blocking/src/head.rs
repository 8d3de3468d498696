//! The heads of a request and of its response, as bytes.

use std::mem::MaybeUninit;

use bytes::{Buf, BytesMut};
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Response, StatusCode, Version, request};
use talkspace_net::Proxy;

use crate::error::Fault;

#[cfg(test)]
mod tests;

/// The most lines that a head may have.
const MAX_LINES: usize = 100;

/// Writes the head of a request whose body has `length` bytes: target in
/// origin-form (RFC 9112 §3.2.1), or in absolute-form (§3.2.2) to a proxy that
/// forwards it, one `Host`, and framing that fits the body. `host` is what that
/// says, unless the request has its own.
pub(crate) fn write(
    request: &request::Parts,
    host: &str,
    forward: Option<&Proxy>,
    length: u64,
) -> Vec<u8> {
    let mut head = Vec::with_capacity(1024);
    let mut put = |bytes: &[u8]| head.extend_from_slice(bytes);

    let target = request.uri.path_and_query().map_or("/", |all| all.as_str());
    put(request.method.as_str().as_bytes());
    put(b" ");
    if forward.is_some() {
        put(b"http://");
        put(host.as_bytes());
    }
    if !target.starts_with('/') {
        put(b"/");
    }
    put(target.as_bytes());
    put(b" HTTP/1.1\r\nhost: ");
    let own_host = request.headers.get(HOST);
    put(own_host.map_or(host.as_bytes(), HeaderValue::as_bytes));
    put(b"\r\n");
    for (name, value) in &request.headers {
        if !matches!(*name, HOST | CONTENT_LENGTH | TRANSFER_ENCODING) {
            put(name.as_str().as_bytes());
            put(b": ");
            put(value.as_bytes());
            put(b"\r\n");
        }
    }
    if let Some(credentials) = forward.and_then(Proxy::authorization) {
        put(b"proxy-authorization: ");
        put(credentials.as_bytes());
        put(b"\r\n");
    }
    // RFC 9110 §8.6: zero is said where the method gives a body a meaning.
    if length > 0 || matches!(request.method, Method::POST | Method::PUT | Method::PATCH) {
        put(b"content-length: ");
        put_decimal(&mut head, length);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// Writes a number, which `write!` does at four times the cost.
fn put_decimal(head: &mut Vec<u8>, number: u64) {
    let begin = head.len();
    let mut left = number;
    loop {
        head.push(b'0' + (left % 10) as u8);
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if let Some(digits) = head.get_mut(begin..) {
        digits.reverse();
    }
}

/// Whether a list of connection options holds `close` (RFC 9112 §9.6).
pub(crate) fn says_close(headers: &HeaderMap) -> bool {
    // Of the few that a head has, comparing them all is cheaper than a look-up.
    headers
        .iter()
        .filter(|(name, _)| **name == CONNECTION)
        .flat_map(|(_, value)| value.as_bytes().split(|byte| *byte == b','))
        .any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
}

/// Finds the head of the response in the bytes that arrive.
#[derive(Debug)]
pub(crate) struct HeadReader {
    /// No head ends before this place in the input.
    searched: usize,
    /// How many bytes of heads may still come, interim ones included.
    room: usize,
}

impl HeadReader {
    pub(crate) fn new(max_header_bytes: usize) -> Self {
        Self {
            searched: 0,
            room: max_header_bytes,
        }
    }

    /// Takes the head of the response from the start of `input` once all of it is
    /// there. Interim (1xx) responses are dropped (RFC 9110 §15.2); 101 ends the
    /// exchange, since what follows it is not HTTP.
    pub(crate) fn take(&mut self, input: &mut BytesMut) -> Result<Option<Response<()>>, Fault> {
        loop {
            self.pass_empty_lines(input)?;
            if !b"HTTP/1.".starts_with(input.get(..7).unwrap_or(input)) && input[..] != *b"\r" {
                return Err(Fault::Protocol("the response does not start with HTTP/1"));
            }
            let Some(end) = self.find_end(input) else {
                if input.len() > self.room {
                    return Err(HEAD_TOO_LARGE);
                }
                return Ok(None);
            };
            self.room = self.room.checked_sub(end).ok_or(HEAD_TOO_LARGE)?;
            self.searched = 0;
            let head = parse(input.split_to(end))?;
            let status = head.status();
            if !status.is_informational() || status == StatusCode::SWITCHING_PROTOCOLS {
                return Ok(Some(head));
            }
        }
    }

    /// Drops the empty lines before a head, as servers do (RFC 9112 §2.2).
    fn pass_empty_lines(&mut self, input: &mut BytesMut) -> Result<(), Fault> {
        loop {
            let length = match &input[..] {
                [b'\n', ..] => 1,
                [b'\r', b'\n', ..] => 2,
                _ => return Ok(()),
            };
            input.advance(length);
            self.searched = 0;
            self.room = self.room.checked_sub(length).ok_or(HEAD_TOO_LARGE)?;
        }
    }

    /// The end of the first empty line. Each byte is looked at once, however
    /// small the pieces are in which a head arrives.
    fn find_end(&mut self, input: &[u8]) -> Option<usize> {
        loop {
            let rest = input.get(self.searched..)?;
            let line = rest.iter().position(|byte| *byte == b'\n');
            let after = match line {
                Some(line) => self.searched + line + 1,
                None => {
                    self.searched = input.len();
                    return None;
                }
            };
            match input.get(after..).unwrap_or_default() {
                [b'\n', ..] => return Some(after + 1),
                [b'\r', b'\n', ..] => return Some(after + 2),
                // Undecided: this line end is looked at again.
                [] | [b'\r'] => return None,
                _ => self.searched = after,
            }
        }
    }
}

const HEAD_TOO_LARGE: Fault = Fault::TooLarge("the head is larger than the limit");

/// Parses a whole head. Values share its memory.
fn parse(head: BytesMut) -> Result<Response<()>, Fault> {
    const MALFORMED: Fault = Fault::Protocol("the head is malformed");
    let head = head.freeze();
    let mut lines = [const { MaybeUninit::uninit() }; MAX_LINES];
    let mut parsed = httparse::Response::new(&mut []);
    match httparse::ParserConfig::default().parse_response_with_uninit_headers(
        &mut parsed,
        &head,
        &mut lines,
    ) {
        Ok(httparse::Status::Complete(used)) if used == head.len() => {}
        Err(httparse::Error::TooManyHeaders) => return Err(HEAD_TOO_LARGE),
        _ => return Err(MALFORMED),
    }
    let mut response = Response::new(());
    *response.status_mut() =
        StatusCode::from_u16(parsed.code.unwrap_or_default()).map_err(|_| MALFORMED)?;
    if parsed.version == Some(0) {
        *response.version_mut() = Version::HTTP_10;
    }
    let headers = response.headers_mut();
    headers.reserve(parsed.headers.len());
    for line in parsed.headers.iter() {
        let name = HeaderName::from_bytes(line.name.as_bytes()).map_err(|_| MALFORMED)?;
        let value =
            HeaderValue::from_maybe_shared(head.slice_ref(line.value)).map_err(|_| MALFORMED)?;
        headers.append(name, value);
    }
    Ok(response)
}
