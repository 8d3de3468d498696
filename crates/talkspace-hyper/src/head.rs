//! The head of a request, as the engine is to write it, and what that of a
//! response must not say.

use http::header::{CONTENT_LENGTH, HOST, PROXY_AUTHORIZATION, TRANSFER_ENCODING};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderValue, Method, Request, StatusCode, Uri, response, uri};
use talkspace_core::transport::Body;
use talkspace_net::Proxy;

/// The request as it goes on the wire: target in origin-form (RFC 9112 §3.2.1),
/// or in absolute-form (§3.2.2) to a proxy that forwards it, one `Host`, which is
/// the first field (RFC 9110 §7.2), and framing that fits the body: the engine
/// itself says any length but zero.
pub(crate) fn prepare(
    request: &Request<Body>,
    host: &HeaderValue,
    forward: Option<&Proxy>,
) -> Request<()> {
    let mut prepared = Request::new(());
    let (given, headers) = (request.headers(), prepared.headers_mut());
    headers.reserve(given.len() + 2);
    let own_host = given.iter().find(|(name, _)| **name == HOST);
    headers.insert(HOST, own_host.map_or(host, |(_, host)| host).clone());
    for (name, value) in given {
        if !matches!(*name, HOST | CONTENT_LENGTH | TRANSFER_ENCODING) {
            headers.append(name, value.clone());
        }
    }
    // RFC 9110 §8.6: zero is said where the method gives a body a meaning.
    let method = request.method();
    if request.body().is_empty() && matches!(*method, Method::POST | Method::PUT | Method::PATCH) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
    }
    if let Some(credentials) = forward.and_then(Proxy::authorization) {
        headers.insert(PROXY_AUTHORIZATION, credentials);
    }
    let target = request.uri().path_and_query().cloned();
    let target = target.unwrap_or_else(|| PathAndQuery::from_static("/"));
    *prepared.method_mut() = method.clone();
    *prepared.uri_mut() = match forward {
        None => target.into(),
        Some(_) => absolute(host, target),
    };
    prepared
}

/// A target that names its host as `Host` does, and so no user information.
fn absolute(host: &HeaderValue, target: PathAndQuery) -> Uri {
    let mut parts = uri::Parts::default();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Authority::try_from(host.as_bytes()).ok();
    parts.path_and_query = Some(target.clone());
    // The parts are those of a URL that was whole.
    Uri::from_parts(parts).unwrap_or_else(|_| target.into())
}

/// What is wrong with the framing of a response to `method` (RFC 9112 §6),
/// where the engine would put up with it.
///
/// Only `chunked` alone is understood, on one line and without parameters: the
/// engine would take the first of several codings off, or none, and deliver
/// something that is neither the content nor what was sent.
pub(crate) fn misframed(method: &Method, head: &response::Parts) -> Option<&'static str> {
    if *method == Method::HEAD
        || head.status.is_informational()
        || matches!(
            head.status,
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
        )
    {
        return None;
    }
    // Of the few that a head has, comparing them all is cheaper than a look-up.
    let mut codings = head
        .headers
        .iter()
        .filter_map(|(name, coding)| (*name == TRANSFER_ENCODING).then_some(coding));
    match (codings.next(), codings.next()) {
        (None, _) => None,
        // Framing said in two ways may be an attempt at smuggling.
        (Some(_), _) if head.headers.contains_key(CONTENT_LENGTH) => {
            Some("two framings of one body")
        }
        (Some(coding), None) if coding.as_bytes().eq_ignore_ascii_case(b"chunked") => None,
        _ => Some("a transfer coding other than chunked"),
    }
}

/// Whether there is no content to wait for, though the framing would have it
/// end with the connection (RFC 9110 §15.3.6).
pub(crate) fn has_no_content(head: &response::Parts) -> bool {
    head.status == StatusCode::RESET_CONTENT
        && !head.headers.contains_key(CONTENT_LENGTH)
        && !head.headers.contains_key(TRANSFER_ENCODING)
}
