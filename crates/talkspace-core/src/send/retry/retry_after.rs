//! `Retry-After` (RFC 9110 §10.2.3), as seconds or as a date.

use std::time::Duration;

use http::HeaderMap;
use http::header::{DATE, HeaderName, RETRY_AFTER};

use crate::value::digits;

/// How long the service wants the client to wait.
///
/// A date is measured from the response's own `Date`: this clock may be wrong,
/// and the two of one host agree. Without one the time is not known, which is
/// not the same as no time at all: then it is the longest there is.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| Some(headers.get(name)?.to_str().ok()?.trim());
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    let value = text(RETRY_AFTER)?;
    if let Some(seconds) = digits(value) {
        return Some(Duration::from_secs(seconds));
    }
    let at = date(value)?;
    Some(match text(DATE).and_then(date) {
        Some(now) => at.duration_since(now).unwrap_or_default(),
        None => Duration::MAX,
    })
}
