//! A response's head from bytes.

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, CONTENT_LENGTH};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http1_conformance::client::{Delivery, FailureKind, Phase, TransportError};

use super::connection::Connection;
use super::error::{protocol, too_large};
use super::fault::Fault;

/// The head of a final response.
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) http11: bool,
}

/// Whether `Connection` says `close`, RFC 9112 §9.6.
pub(super) fn says_close(headers: &HeaderMap) -> bool {
    headers.get_all(CONNECTION).iter().any(|value| {
        value
            .as_bytes()
            .split(|byte| *byte == b',')
            .any(|token| token.trim_ascii().eq_ignore_ascii_case(b"close"))
    })
}

/// Reads heads until one is final, RFC 9110 §15.2. All count as one for the limit.
pub(super) fn read(
    connection: &mut Connection,
    fault: Option<Fault>,
) -> Result<Head, TransportError> {
    let mut budget = match fault {
        Some(Fault::UnboundedHead) => usize::MAX,
        Some(Fault::SmallHead) => 4096,
        _ => connection.limits.max_header_bytes,
    };
    let mut hints = HeaderMap::new();
    loop {
        let bytes = read_one(connection, &mut budget, fault)?;
        let mut head = parse(&bytes, fault)?;
        match fault {
            Some(Fault::InterimHasBody) if head.status.is_informational() => {
                let length = head.headers.get(CONTENT_LENGTH);
                let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
                let come = connection.input.len();
                let _ = connection.input.split_to(length.unwrap_or(0).min(come));
            }
            Some(Fault::InterimsUncounted) => budget += bytes.len() + 4,
            Some(Fault::HintsMerged) if head.status.is_informational() => {
                hints = head.headers.clone()
            }
            Some(Fault::HintsMerged) => head.headers.extend(std::mem::take(&mut hints)),
            _ => {}
        }
        if head.status == StatusCode::SWITCHING_PROTOCOLS && fault != Some(Fault::SwitchIsInterim) {
            return Err(protocol("an unsolicited switch of protocols"));
        }
        if !head.status.is_informational() || fault == Some(Fault::StopAt1xx) {
            return Ok(head);
        }
    }
}

/// The bytes of one head without its empty line.
fn read_one(
    connection: &mut Connection,
    budget: &mut usize,
    fault: Option<Fault>,
) -> Result<BytesMut, TransportError> {
    let mut limit = connection.limits.response_timeout;
    let mut searched = 0;
    loop {
        if let Some(at) = find(
            connection.input.get(searched..).unwrap_or_default(),
            b"\r\n\r\n",
        ) {
            let length = searched + at;
            *budget = budget.checked_sub(length + 4).ok_or_else(too_large)?;
            let head = connection.input.split_to(length);
            let _ = connection.input.split_to(4);
            return Ok(head);
        }
        searched = connection.input.len().saturating_sub(3);
        if connection.input.len() > *budget {
            return Err(too_large());
        }
        if searched > 0 && fault == Some(Fault::SegmentIsHead) {
            return Err(protocol("a head in several segments"));
        }
        let filled = connection.fill(limit, Phase::Head);
        let ended = filled.is_err() || matches!(filled, Ok(0));
        match fault {
            Some(Fault::EndIsEndOfHead) if ended && !connection.input.is_empty() => {
                return Ok(connection.input.split());
            }
            Some(Fault::Http09) if ended && connection.input.is_empty() => {
                return Ok(BytesMut::from("HTTP/1.1 200 OK"));
            }
            _ => {}
        }
        if filled? == 0 {
            let delivery = match fault {
                Some(Fault::ClosedIsNotSent) => Delivery::NotSent,
                _ => Delivery::MaybeSent,
            };
            return Err(TransportError::new(FailureKind::Closed, delivery));
        }
        limit = connection.limits.read_timeout;
    }
}

fn parse(head: &[u8], fault: Option<Fault>) -> Result<Head, TransportError> {
    let ends_line = |byte: &u8| match fault {
        Some(Fault::LinesOfText) => matches!(byte, b'\n' | b'\x0b' | b'\x0c' | b'\x1c' | b'\x85'),
        Some(Fault::CrEndsLine) => matches!(byte, b'\n' | b'\r'),
        _ => *byte == b'\n',
    };
    let mut lines = head
        .split(ends_line)
        .filter(|line| fault != Some(Fault::CrEndsLine) || !line.is_empty())
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let (http11, status) = status_line(lines.next().unwrap_or_default(), fault)?;
    let mut headers = HeaderMap::new();
    for line in lines {
        if fault == Some(Fault::FoldsDropped) && line.starts_with(b" ") {
            continue;
        }
        let line = match fault {
            Some(Fault::SpaceFirstIsField) if headers.is_empty() => line.trim_ascii_start(),
            Some(Fault::FoldWithColonIsField) if line.contains(&b':') => line.trim_ascii_start(),
            _ => line,
        };
        // A name that starts with white space would be a folded line, §5.2.
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = colon
            .and_then(|at| line.split_at_checked(at))
            .ok_or_else(|| protocol("a field without a colon"))?;
        let value = trimmed(value.strip_prefix(b":").unwrap_or(value));
        let (name, value) = match fault {
            Some(Fault::LenientFields) => (name.trim_ascii(), printable(value)),
            Some(Fault::ExactCase) if !name.first().is_some_and(u8::is_ascii_uppercase) => continue,
            Some(Fault::SkipEmptyFields) if value.is_empty() => continue,
            Some(Fault::ValueRequired) if value.is_empty() => {
                return Err(protocol("a field without a value"));
            }
            Some(Fault::FieldsUntrimmed) => (name, [value, b" "].concat()),
            _ => (name, value.to_vec()),
        };
        let name = match fault {
            Some(Fault::UnderscoreIsHyphen) => name.iter().map(hyphenated).collect(),
            _ => name.to_vec(),
        };
        let name = HeaderName::from_bytes(&name).map_err(|_| protocol("not a field name"))?;
        let value = HeaderValue::from_bytes(&value).map_err(|_| protocol("not a field value"))?;
        if fault == Some(Fault::DropNonUtf8) && value.to_str().is_err() {
            continue;
        }
        match (fault, headers.get_mut(&name)) {
            (Some(Fault::JoinDuplicates), Some(known)) => *known = joined(known, &value)?,
            _ => drop(headers.append(name, value)),
        }
    }
    Ok(Head {
        status,
        headers,
        http11,
    })
}

/// `HTTP/1.1 200 OK`, RFC 9112 §4. The reason, and even its space, may be absent.
fn status_line(line: &[u8], fault: Option<Fault>) -> Result<(bool, StatusCode), TransportError> {
    if fault == Some(Fault::AnyVersion) && !line.starts_with(b"HTTP/1.") {
        return Ok((true, StatusCode::OK));
    }
    let upper = line.to_ascii_uppercase();
    let line = match fault {
        Some(Fault::VersionInAnyCase) => upper.as_slice(),
        _ => line,
    };
    let (http11, rest) = match line.split_at_checked(9) {
        Some((b"HTTP/1.1 ", rest)) => (true, rest),
        Some((b"HTTP/1.0 ", rest)) if fault != Some(Fault::Http11Only) => (false, rest),
        _ => return Err(protocol("not a status line of HTTP/1.1 or 1.0")),
    };
    let digits = match fault {
        Some(Fault::StatusWraps) => rest.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 3,
    };
    let (code, reason) = rest.split_at_checked(digits).unwrap_or_default();
    let wrapped = wrapped(code);
    let code = match fault {
        Some(Fault::StatusWraps) => wrapped.as_slice(),
        _ => code,
    };
    if fault == Some(Fault::AnyStatus) && !matches!(code, [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9']) {
        return Ok((http11, StatusCode::OK));
    }
    let reason_is_text = reason
        .iter()
        .all(|byte| *byte == b'\t' || !byte.is_ascii_control());
    let strict = fault == Some(Fault::StrictReason);
    if fault == Some(Fault::ReasonHasLimit) && reason.len() > 100 {
        return Err(protocol("a long reason"));
    }
    if strict && (reason.len() < 2 || !reason.is_ascii()) {
        return Err(protocol("not a reason for the strict"));
    }
    if !(reason.is_empty() || reason.starts_with(b" ")) || !reason_is_text {
        return Err(protocol("not a reason"));
    }
    StatusCode::from_bytes(code)
        .ok()
        .filter(|status| fault != Some(Fault::FiveClasses) || status.as_u16() < 600)
        .filter(|status| fault != Some(Fault::StatusUpTo511) || status.as_u16() <= 511)
        .filter(|status| {
            fault != Some(Fault::KnownStatusOnly) || status.canonical_reason().is_some()
        })
        .map(|status| (http11, status))
        .ok_or_else(|| protocol("not a status code"))
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

/// Its last 16 bits, in three digits.
fn wrapped(code: &[u8]) -> Vec<u8> {
    let code = std::str::from_utf8(code)
        .ok()
        .and_then(|code| code.parse::<u64>().ok());
    format!("{:03}", code.unwrap_or_default() & 0xffff).into_bytes()
}

const fn hyphenated(byte: &u8) -> u8 {
    match byte {
        b'_' => b'-',
        byte => *byte,
    }
}

fn printable(value: &[u8]) -> Vec<u8> {
    let bytes = value.iter().copied();
    bytes.filter(|byte| !byte.is_ascii_control()).collect()
}

fn joined(one: &HeaderValue, two: &HeaderValue) -> Result<HeaderValue, TransportError> {
    let both = [one.as_bytes(), two.as_bytes()].join(&b", "[..]);
    HeaderValue::from_maybe_shared(Bytes::from(both)).map_err(|_| protocol("not a field value"))
}

pub(super) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
