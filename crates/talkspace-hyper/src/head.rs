//! The head of a request, as the engine is to write it.

use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::uri::PathAndQuery;
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Uri, Version};
use talkspace_core::{Body, FailureKind, TransportError};

use crate::error::not_sent;

/// The request as it goes on the wire: target in origin-form (RFC 9112 §3.2.1),
/// one `Host`, and framing that fits `body`.
pub(crate) fn prepare(request: Request<()>, body: &Body) -> Result<Request<()>, TransportError> {
    let (mut parts, ()) = request.into_parts();
    let host = match parts.headers.get(HOST) {
        Some(host) => host.clone(),
        None => host_of(&parts.uri)?,
    };
    let mut headers = HeaderMap::with_capacity(parts.headers.len() + 2);
    headers.insert(HOST, host.clone());
    headers.extend(parts.headers);
    headers.insert(HOST, host);
    headers.remove(TRANSFER_ENCODING);
    headers.remove(CONTENT_LENGTH);
    // RFC 9110 §8.6: zero is said where the method gives a body a meaning.
    let says_zero = matches!(parts.method, Method::POST | Method::PUT | Method::PATCH);
    if says_zero || !body.is_empty() {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    parts.headers = headers;
    parts.uri = parts
        .uri
        .into_parts()
        .path_and_query
        .unwrap_or_else(|| PathAndQuery::from_static("/"))
        .into();
    parts.version = Version::HTTP_11;
    parts.extensions = Extensions::new();
    Ok(Request::from_parts(parts, ()))
}

/// Host and port without user information; the scheme's own port stays unsaid.
fn host_of(uri: &Uri) -> Result<HeaderValue, TransportError> {
    let host = uri.host().unwrap_or_default();
    let value = match (uri.port_u16(), uri.scheme_str()) {
        (None, _) | (Some(80), Some("http")) | (Some(443), Some("https")) => {
            HeaderValue::from_str(host)
        }
        (Some(port), _) => HeaderValue::from_str(&format!("{host}:{port}")),
    };
    value.map_err(|error| not_sent(FailureKind::Other, error))
}
