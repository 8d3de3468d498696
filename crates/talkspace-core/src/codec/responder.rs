//! Who responded in the place of the service, as far as the head of a response tells.

use http::header::{CONTENT_TYPE, LOCATION};
use http::response::Parts;
use http::{HeaderMap, Uri};

use crate::codec::raw_response::ResponseError;

#[cfg(test)]
mod tests;

const PAGE: &str = "a page (text/html), not the service's response";

/// The same failure, with what the head tells where the body told nothing: a proxy,
/// a gateway or the network responded, and not the service.
pub(crate) fn explained(failure: ResponseError, head: &Parts) -> ResponseError {
    match failure {
        ResponseError::Status { status, message }
            if message.is_empty() && status.envelope().is_none() =>
        {
            let page = is_page(&head.headers).then(|| PAGE.to_owned());
            let told: Vec<_> = [of_status(head), page].into_iter().flatten().collect();
            let message = told.join("; ");
            ResponseError::Status { status, message }
        }
        ResponseError::Decode { status, .. }
            if status.envelope().is_none() && is_page(&head.headers) =>
        {
            let reason = PAGE.to_owned();
            ResponseError::Decode { status, reason }
        }
        failure => failure,
    }
}

/// What a status means that no service of this API has.
fn of_status(head: &Parts) -> Option<String> {
    let told = match head.status.as_u16() {
        300..=399 => match redirected_to(&head.headers) {
            Some(host) => return Some(format!("a redirect to {host}, which is not followed")),
            None => "a redirect, which is not followed",
        },
        // RFC 9110 §15.5.8.
        407 => "a proxy asks for credentials",
        // RFC 6585 §6.
        511 => "the network asks to sign in",
        _ => return None,
    };
    Some(told.to_owned())
}

/// The host alone: the rest of the URL may be anything.
fn redirected_to(headers: &HeaderMap) -> Option<String> {
    let location: Uri = headers.get(LOCATION)?.to_str().ok()?.parse().ok()?;
    let authority = location.authority()?.as_str();
    let named = authority.rsplit('@').next().unwrap_or_default();
    Some(named.to_owned())
}

fn is_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    let kind = kind.and_then(|kind| kind.split(|byte| *byte == b';').next());
    kind.map(<[u8]>::trim_ascii).is_some_and(|kind| {
        kind.eq_ignore_ascii_case(b"text/html")
            || kind.eq_ignore_ascii_case(b"application/xhtml+xml")
    })
}
