//! For how long a peer keeps an idle connection, if it says so (RFC 2068 §19.7.1.1).

use std::time::Duration;

use http::{HeaderMap, HeaderName};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// A request and the peer's close must not cross, so the time that the peer
/// gives is not used up.
const MARGIN: Duration = Duration::from_secs(1);

/// How long a connection may be idle, by what the head of a response says of it:
/// zero when it must not serve again, and [`Duration::MAX`] when nothing is said.
pub fn idle_limit(headers: &HeaderMap) -> Duration {
    // Of the few that a head has, comparing them all is cheaper than a look-up.
    headers
        .iter()
        .filter(|(name, _)| **name == KEEP_ALIVE)
        .flat_map(|(_, value)| value.as_bytes().split(|byte| matches!(byte, b',' | b';')))
        .map(limit_of)
        .min()
        .unwrap_or(Duration::MAX)
}

/// Whether the peer says outright that it keeps the connection.
///
/// HTTP/1.1 need not say so (RFC 9112 §9.3). A proxy that forwards must, to be
/// believed: tinyproxy keeps none and announces no close, so that the next request
/// would meet it and its fate be unknown.
#[must_use]
pub fn is_announced(headers: &HeaderMap) -> bool {
    let fields = headers
        .iter()
        .filter(|(name, _)| matches!(name.as_str(), "connection" | "proxy-connection"));
    fields
        .flat_map(|(_, value)| value.as_bytes().split(|byte| *byte == b','))
        .any(|option| option.trim_ascii().eq_ignore_ascii_case(b"keep-alive"))
}

/// What one parameter allows. What cannot be read allows everything, since the
/// time that was configured holds in any case.
fn limit_of(parameter: &[u8]) -> Duration {
    let mut sides = parameter.splitn(2, |byte| *byte == b'=');
    let name = sides.next().unwrap_or_default().trim_ascii();
    let number = sides.next().and_then(number);
    if name.eq_ignore_ascii_case(b"timeout") {
        number.map_or(Duration::MAX, |seconds| {
            Duration::from_secs(seconds).saturating_sub(MARGIN)
        })
    } else if name.eq_ignore_ascii_case(b"max") && number == Some(0) {
        Duration::ZERO
    } else {
        Duration::MAX
    }
}

/// The number that a value begins with, quoted or not. One that is too large is
/// the largest.
fn number(value: &[u8]) -> Option<u64> {
    let value = value.trim_ascii_start();
    let digits = value.strip_prefix(b"\"").unwrap_or(value);
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(None, |number: Option<u64>, digit| {
        let number = number.unwrap_or(0).saturating_mul(10);
        Some(number.saturating_add(u64::from(digit - b'0')))
    })
}

#[cfg(test)]
mod tests;
