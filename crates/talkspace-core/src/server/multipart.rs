//! Reads `multipart/form-data` (RFC 7578, RFC 2046 §5.1) that is in memory.

use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;

/// One part of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) content: Bytes,
}

/// The parts of a request's form, in whatever order. `None` if the request
/// does not say that it has such a form; none at all if it is malformed.
pub(super) fn parts(request: &Request<Bytes>) -> Option<Vec<Part>> {
    let content_type = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameter(parameters, "boundary").unwrap_or_default();
    Some(split(request.body(), &boundary).unwrap_or_default())
}

fn split(body: &Bytes, boundary: &str) -> Option<Vec<Part>> {
    if boundary.is_empty() {
        return None;
    }
    let first = format!("--{boundary}");
    let next = format!("\r\n--{boundary}");
    // Whatever stands before the first boundary is to be ignored (RFC 2046 §5.1.1).
    let mut at = find(body, first.as_bytes(), 0)? + first.len();
    let mut parts = Vec::new();
    loop {
        match body.get(at..at + 2)? {
            b"--" => return Some(parts),
            b"\r\n" => {}
            _ => return None,
        }
        let end = find(body, next.as_bytes(), at)?;
        parts.push(part(&body.slice(at + 2..end.max(at + 2)))?);
        at = end + next.len();
    }
}

fn part(bytes: &Bytes) -> Option<Part> {
    let head_end = find(bytes, b"\r\n\r\n", 0)?;
    let head = std::str::from_utf8(bytes.get(..head_end)?).ok()?;
    let content = bytes.slice(head_end + 4..);
    let header = |name: &str| {
        head.split("\r\n")
            .filter_map(|line| line.split_once(':'))
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    };
    let (_, disposition) = header("content-disposition")?.split_once(';')?;
    Some(Part {
        name: parameter(disposition, "name")?,
        file_name: parameter(disposition, "filename"),
        content_type: header("content-type").map(str::to_owned),
        content,
    })
}

/// The value of a parameter, with its quotes taken off.
fn parameter(text: &str, name: &str) -> Option<String> {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([';', ' ', '\t']);
        let (key, after) = rest.split_once('=')?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => {
                let (value, after) = after.split_at(after.find(';').unwrap_or(after.len()));
                (value.trim(), after)
            }
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value.to_owned());
        }
        rest = after;
    }
}

fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let found = haystack
        .get(from..)?
        .windows(needle.len())
        .position(|window| window == needle)?;
    Some(from + found)
}
