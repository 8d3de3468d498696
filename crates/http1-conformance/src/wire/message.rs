//! Requests as the peer saw them, byte for byte.

use bytes::Bytes;

use std::time::Duration;

/// A request on the wire.
///
/// Names keep their case and header fields their order; nothing is decoded but the
/// chunked framing of the body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The connection that it came on, counted from zero.
    pub connection: usize,
    /// When its first byte came.
    pub at: Duration,
    /// The request line. Bytes that are not UTF-8 show as U+FFFD.
    pub line: String,
    /// The header fields in order, values without surrounding white space.
    pub headers: Vec<(String, Bytes)>,
    /// The body so far.
    pub body: Bytes,
    /// Whether head and body came whole.
    pub whole: bool,
}

impl Request {
    /// The values of a header field in order, whatever the case of its name.
    ///
    /// ```
    /// use http1_conformance::wire::Request;
    ///
    /// let mut request = Request::default();
    /// request.headers.push(("X-Id".to_owned(), "7".into()));
    /// assert_eq!(request.values("x-id"), ["7"]);
    /// ```
    #[must_use]
    pub fn values(&self, name: &str) -> Vec<Bytes> {
        self.headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// The length of the body that a head announces, unless it comes in chunks.
    pub(super) fn announced_length(head: &Bytes) -> Option<usize> {
        match Framing::of(&Self::parse(head).0) {
            Framing::Length(length) => Some(length),
            Framing::Chunked => None,
        }
    }

    /// The request at the start of `bytes`, and how many bytes it takes.
    pub(super) fn parse(bytes: &Bytes) -> (Self, usize) {
        let mut request = Self::default();
        let Some(head_length) = head_length(bytes) else {
            let line = bytes.split(|byte| *byte == b'\n').next();
            request.line = String::from_utf8_lossy(line.unwrap_or_default())
                .trim_end()
                .to_owned();
            return (request, bytes.len());
        };
        let head = bytes.slice(..head_length - 4);
        let mut lines = lines(&head).into_iter();
        request.line = lines
            .next()
            .map(|line| String::from_utf8_lossy(&line).into_owned())
            .unwrap_or_default();
        request.headers = lines.map(|line| field(&line)).collect();
        let rest = bytes.slice(head_length..);
        let (body, taken) = match Framing::of(&request) {
            Framing::Length(length) if length > rest.len() => (rest, None),
            Framing::Length(length) => (rest.slice(..length), Some(length)),
            Framing::Chunked => dechunk(&rest),
        };
        request.body = body;
        request.whole = taken.is_some();
        (
            request,
            taken.map_or(bytes.len(), |taken| head_length + taken),
        )
    }
}

/// How many bytes the head at the start of `bytes` takes, with its empty line.
pub(super) fn head_length(bytes: &[u8]) -> Option<usize> {
    find(bytes, b"\r\n\r\n").map(|at| at + 4)
}

/// Whether the head of a request says that its connection is to be closed (RFC 9112 §9.6).
pub(super) fn asks_to_close(head: &Bytes) -> bool {
    let connection = Request::parse(head).0.values("connection");
    connection
        .iter()
        .flat_map(|value| value.split(|byte| *byte == b','))
        .any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
}

/// Whether a final response is whole, as far as its framing tells without a close.
pub(super) fn is_whole_response(sent: &Bytes, to_head: bool) -> bool {
    let mut rest = sent.clone();
    while let Some(head_length) = head_length(&rest) {
        let message = Request::parse(&rest).0;
        let status = message.line.split(' ').nth(1).unwrap_or_default();
        if status.starts_with('1') {
            rest = rest.slice(head_length..);
            continue;
        }
        // RFC 9112 §6.3.
        let has_no_body = to_head || matches!(status, "204" | "304");
        let is_framed = ["content-length", "transfer-encoding"]
            .iter()
            .any(|name| !message.values(name).is_empty());
        return has_no_body || (is_framed && message.whole);
    }
    false
}

enum Framing {
    Length(usize),
    Chunked,
}

impl Framing {
    /// The length comes first here: a request with both framings is at fault,
    /// and the peer must not wait for chunks that never come to say so.
    fn of(request: &Request) -> Self {
        let mut lengths = request.values("content-length").into_iter();
        if let Some(length) = lengths.next() {
            let digits = std::str::from_utf8(&length).ok();
            return Self::Length(digits.and_then(|digits| digits.parse().ok()).unwrap_or(0));
        }
        let codings = request.values("transfer-encoding");
        let chunked = codings
            .iter()
            .any(|coding| coding.to_ascii_lowercase().ends_with(b"chunked"));
        if chunked {
            Self::Chunked
        } else {
            Self::Length(0)
        }
    }
}

/// The content of a chunked body and, when it is whole, how many bytes it takes.
fn dechunk(bytes: &Bytes) -> (Bytes, Option<usize>) {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(line_end) = find(rest, b"\r\n") else {
            return (body.into(), None);
        };
        let size = rest
            .get(..line_end)
            .and_then(|line| std::str::from_utf8(line).ok()?.split(';').next())
            .and_then(|digits| usize::from_str_radix(digits.trim(), 16).ok());
        let Some(size) = size else {
            return (body.into(), None);
        };
        let start = line_end + 2;
        let Some(chunk) = rest.get(start..start.saturating_add(size)) else {
            body.extend_from_slice(rest.get(start..).unwrap_or_default());
            return (body.into(), None);
        };
        body.extend_from_slice(chunk);
        at += start + size + 2;
        if size == 0 {
            let whole = at <= bytes.len();
            return (body.into(), whole.then_some(at));
        }
    }
}

fn lines(head: &Bytes) -> Vec<Bytes> {
    let mut lines = Vec::new();
    let mut rest = head.clone();
    while let Some(end) = find(&rest, b"\r\n") {
        lines.push(rest.split_to(end));
        rest = rest.slice(2..);
    }
    lines.push(rest);
    lines
}

fn field(line: &Bytes) -> (String, Bytes) {
    let colon = line.iter().position(|byte| *byte == b':');
    let colon = colon.unwrap_or(line.len());
    let name = String::from_utf8_lossy(&line.slice(..colon)).into_owned();
    let value = line.slice(line.len().min(colon + 1)..);
    let trimmed = value.trim_ascii();
    (name, value.slice_ref(trimmed))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
