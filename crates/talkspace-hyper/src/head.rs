//! The head of a request, as the engine is to write it.

use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request};
use talkspace_core::Body;

/// The request as it goes on the wire: target in origin-form (RFC 9112 §3.2.1),
/// one `Host`, which is the first field (RFC 9110 §7.2), and framing that fits
/// the body: the engine itself says any length but zero.
pub(crate) fn prepare(request: &Request<Body>, host: &HeaderValue) -> Request<()> {
    let given = request.headers();
    let mut headers = HeaderMap::with_capacity(given.len() + 2);
    headers.insert(HOST, given.get(HOST).unwrap_or(host).clone());
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
    let target = request.uri().path_and_query().cloned();
    let mut prepared = Request::new(());
    *prepared.method_mut() = method.clone();
    *prepared.uri_mut() = target
        .unwrap_or_else(|| PathAndQuery::from_static("/"))
        .into();
    *prepared.headers_mut() = headers;
    prepared
}
