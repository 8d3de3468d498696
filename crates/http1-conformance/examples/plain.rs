//! A whole HTTP/1.1 client over sockets alone, and the suite on it: what RFCs require of any client
//! takes some 250 lines, which read from the top down.
//!
//! ```sh
//! cargo run -p http1-conformance --example plain
//! ```
//!
//! It takes a connection for each exchange, and keeps none.

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::ExitCode;
use std::thread;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http1_conformance::blocking;
use http1_conformance::client::{
    Body, CancelToken, Client, Exchange, ResponseBody, TransportError,
};

pub(crate) fn main() -> ExitCode {
    blocking("plain example", "0.1.0", |_context| Plain).run_from_env()
}

type Failure = Box<dyn Error + Send + Sync>;

/// The most bytes of all heads of a response, and of a line.
const LONGEST: u64 = 64 * 1024;

struct Plain;

impl Client for Plain {
    fn exchange(
        &self,
        exchange: Exchange,
        _cancel: &CancelToken,
    ) -> Result<Response<ResponseBody>, TransportError> {
        let (request, limits) = exchange.into_parts();
        let body = request.body().read_to_bytes()?;
        let socket = connect(&request).map_err(TransportError::other)?;
        socket
            .set_read_timeout(Some(limits.response_timeout))
            .map_err(TransportError::other)?;
        let head = head_of(&request, body.len());
        thread::scope(|scope| {
            // The response may come before the request has gone (RFC 9112 §9.5).
            let sending = scope.spawn(|| {
                let mut socket = &socket;
                socket
                    .write_all(&head)
                    .and_then(|()| socket.write_all(&body))
            });
            let response = receive(&mut BufReader::new(&socket), request.method());
            let accepts = |response: &Response<Vec<u8>>| response.status().is_success();
            if !response.as_ref().is_ok_and(accepts) {
                // Nobody wants the rest, and whoever writes it is to end.
                let _ = socket.shutdown(Shutdown::Both);
            }
            let sent = sending.join();
            let response = response.map(|response| response.map(|body| Bytes::from(body).into()));
            response.map_err(|failure| match sent {
                Ok(Err(error)) => TransportError::other(error),
                _ => TransportError::other(failure),
            })
        })
    }
}

fn connect(request: &Request<Body>) -> Result<TcpStream, Failure> {
    let uri = request.uri();
    let host = uri.host().ok_or("no host")?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Ok(TcpStream::connect((host, uri.port_u16().unwrap_or(80)))?)
}

/// The head of a request (RFC 9112 §3).
fn head_of(request: &Request<Body>, length: usize) -> Vec<u8> {
    let (uri, fields) = (request.uri(), request.headers());
    let query = uri
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    let path = match uri.path() {
        "" => "/",
        path => path,
    };
    let mut head = format!("{} {path}{query} HTTP/1.1\r\n", request.method()).into_bytes();
    let mut field = |name: &HeaderName, value: &[u8]| {
        head.extend([name.as_str().as_bytes(), b": ", value, b"\r\n"].concat());
    };
    if !fields.contains_key(HOST) {
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let host = authority.rsplit('@').next().unwrap_or_default();
        field(&HOST, host.as_bytes());
    }
    // The framing is the client's own (RFC 9112 §6.1, §6.2), and so is the connection.
    let own = [CONNECTION, CONTENT_LENGTH, EXPECT, TRANSFER_ENCODING];
    for (name, value) in fields {
        if !own.contains(name) {
            field(name, value.as_bytes());
        }
    }
    field(&CONNECTION, b"close");
    // RFC 9110 §8.6: a method that usually has content says when there is none.
    if length > 0 || [Method::POST, Method::PUT, Method::PATCH].contains(request.method()) {
        field(&CONTENT_LENGTH, length.to_string().as_bytes());
    }
    head.extend(b"\r\n");
    head
}

fn receive(input: &mut impl BufRead, method: &Method) -> Result<Response<Vec<u8>>, Failure> {
    let mut heads = input.take(LONGEST);
    let response = loop {
        let response = read_head(&mut heads)?;
        // RFC 9110 §15.2: interim responses come before the final one.
        if !response.status().is_informational() {
            break response;
        }
    };
    let (head, ()) = response.into_parts();
    let body = match framing(method, head.status, &head.headers)? {
        Framing::Length(length) => read_exactly(input, length)?,
        Framing::Chunked => read_chunks(input)?,
        Framing::UntilClose => {
            let mut body = Vec::new();
            input.read_to_end(&mut body)?;
            body
        }
    };
    Ok(Response::from_parts(head, body))
}

/// One head (RFC 9112 §4, §5).
fn read_head(input: &mut impl BufRead) -> Result<Response<()>, Failure> {
    let line = read_line(input)?;
    let rest = [&b"HTTP/1.1 "[..], b"HTTP/1.0 "]
        .into_iter()
        .find_map(|version| line.strip_prefix(version))
        .ok_or("not a response of HTTP/1.1")?;
    let (code, reason) = rest.split_at_checked(3).ok_or("no status code")?;
    let is_known = matches!(code, [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9']);
    if !is_known || !matches!(reason.first(), None | Some(b' ')) {
        return Err("the status code is none".into());
    }
    let mut response = Response::builder()
        .status(StatusCode::from_bytes(code)?)
        .body(())?;
    let mut last: Option<(HeaderName, Vec<u8>)> = None;
    loop {
        let line = read_line(input)?;
        // RFC 9112 §5.2: a folded line goes on with the value before it.
        if let (Some((_, value)), Some(b' ' | b'\t')) = (&mut last, line.first()) {
            value.push(b' ');
            value.extend(trimmed(&line));
            continue;
        }
        if let Some((name, value)) = last.take() {
            // What is not allowed in a value, a CR or NUL (RFC 9110 §5.5), is an error here.
            let value = HeaderValue::from_bytes(&value)?;
            response.headers_mut().append(name, value);
        }
        if line.is_empty() {
            return Ok(response);
        }
        let colon = line
            .iter()
            .position(|byte| *byte == b':')
            .ok_or("no colon")?;
        let (name, value) = line.split_at(colon);
        let value = trimmed(value.get(1..).unwrap_or_default());
        last = Some((HeaderName::from_bytes(name)?, value.to_vec()));
    }
}

/// Without the white space around it, which is SP and HTAB alone, RFC 9110 §5.6.3.
fn trimmed(value: &[u8]) -> &[u8] {
    let is_part = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let begin = value.iter().position(is_part).unwrap_or(value.len());
    let end = value
        .iter()
        .rposition(is_part)
        .map_or(begin, |last| last + 1);
    value.get(begin..end).unwrap_or_default()
}

/// How the end of a body is known.
enum Framing {
    Length(u64),
    Chunked,
    UntilClose,
}

/// RFC 9112 §6.3, in its order.
fn framing(method: &Method, status: StatusCode, fields: &HeaderMap) -> Result<Framing, Failure> {
    let without_body = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED];
    if *method == Method::HEAD || without_body.contains(&status) {
        return Ok(Framing::Length(0));
    }
    let mut codings = fields.get_all(TRANSFER_ENCODING).iter();
    if let Some(coding) = codings.next() {
        let is_chunked = coding.as_bytes().eq_ignore_ascii_case(b"chunked");
        return match is_chunked && codings.next().is_none() {
            true => Ok(Framing::Chunked),
            false => Err("a transfer coding other than chunked".into()),
        };
    }
    let mut lengths = Vec::new();
    for value in fields.get_all(CONTENT_LENGTH) {
        for member in value.as_bytes().split(|byte| *byte == b',') {
            lengths.push(number(member.trim_ascii(), 10).ok_or("not a length")?);
        }
    }
    lengths.dedup();
    match lengths.as_slice() {
        [] => Ok(Framing::UntilClose),
        [length] => Ok(Framing::Length(*length)),
        _ => Err("lengths that differ".into()),
    }
}

/// RFC 9112 §7.1.
fn read_chunks(input: &mut impl BufRead) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    loop {
        let line = read_line(input)?;
        let size = line.split(|byte| *byte == b';').next().unwrap_or_default();
        let size = number(size.trim_ascii_end(), 16).ok_or("not the size of a chunk")?;
        if size == 0 {
            break;
        }
        body.extend(read_exactly(input, size)?);
        if !read_line(input)?.is_empty() {
            return Err("a chunk is longer than its size".into());
        }
    }
    // Trailer fields say nothing that is needed here.
    while !read_line(input)?.is_empty() {}
    Ok(body)
}

fn read_exactly(input: &mut impl BufRead, length: u64) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let count = input.take(length).read_to_end(&mut body)?;
    match count as u64 == length {
        true => Ok(body),
        false => Err("the connection ended within the body".into()),
    }
}

/// A line without its end, which is CRLF.
fn read_line(input: &mut impl BufRead) -> Result<Vec<u8>, Failure> {
    let mut line = Vec::new();
    input.take(LONGEST).read_until(b'\n', &mut line)?;
    let line = line.strip_suffix(b"\r\n").ok_or("a line does not end")?;
    Ok(line.to_vec())
}

/// Digits and nothing else: no sign, no white space.
fn number(digits: &[u8], radix: u32) -> Option<u64> {
    let is_digit = |byte: &u8| char::from(*byte).is_digit(radix);
    if digits.is_empty() || !digits.iter().all(is_digit) {
        return None;
    }
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}
