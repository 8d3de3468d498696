//! The head of a request, as the engine is to write it.

use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, request};
use talkspace_core::{Body, FailureKind, TransportError};

use crate::error::not_sent;

/// The request as it goes on the wire: target in origin-form (RFC 9112 §3.2.1),
/// one `Host`, which is the first field (RFC 9110 §7.2), and framing that fits `body`.
pub(crate) fn prepare(
    request: &request::Parts,
    body: &Body,
) -> Result<Request<()>, TransportError> {
    let host = match request.headers.get(HOST) {
        Some(host) => host.clone(),
        None => host_of(&request.uri)?,
    };
    let mut headers = HeaderMap::with_capacity(request.headers.len() + 2);
    headers.insert(HOST, host);
    for (name, value) in &request.headers {
        if !matches!(*name, HOST | CONTENT_LENGTH | TRANSFER_ENCODING) {
            headers.append(name, value.clone());
        }
    }
    // RFC 9110 §8.6: zero is said where the method gives a body a meaning.
    let says_zero = matches!(request.method, Method::POST | Method::PUT | Method::PATCH);
    if says_zero || !body.is_empty() {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    let target = request.uri.path_and_query().cloned();
    let mut prepared = Request::new(());
    *prepared.method_mut() = request.method.clone();
    *prepared.uri_mut() = target
        .unwrap_or_else(|| PathAndQuery::from_static("/"))
        .into();
    *prepared.headers_mut() = headers;
    Ok(prepared)
}

/// Host and port without user information; the scheme's own port stays unsaid.
fn host_of(uri: &Uri) -> Result<HeaderValue, TransportError> {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host = match (uri.port_u16(), uri.scheme_str()) {
        (None, _) | (Some(80), Some("http")) | (Some(443), Some("https")) => {
            uri.host().unwrap_or_default()
        }
        _ => authority
            .rsplit_once('@')
            .map_or(authority, |(_user, host)| host),
    };
    HeaderValue::from_str(host).map_err(|error| not_sent(FailureKind::Other, error))
}
