//! The methods that every server has beside those of its operations: HEAD and OPTIONS
//! (RFC 9110 §9.3.2, §9.3.7).

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_LENGTH, HeaderValue};
use http::{Method, Response, StatusCode};
use talkspace_core::OPERATIONS;
use talkspace_core::server::{Parameters, Service, dispatch_parameters};

#[cfg(test)]
mod tests;

/// The method by which a request is applied: HEAD is GET without the content.
pub(crate) fn applied(method: &Method) -> &Method {
    match *method {
        Method::HEAD => &Method::GET,
        _ => method,
    }
}

/// The response to OPTIONS: what the path takes, and for `*` what the server takes.
pub(crate) fn options(path: &str) -> Response<Bytes> {
    let mut response = if path == "*" {
        let mut response = Response::new(Bytes::new());
        let all = [Method::GET, Method::POST, Method::DELETE];
        let is_there = |method: &&Method| OPERATIONS.iter().any(|info| info.method == **method);
        let all: Vec<&str> = all.iter().filter(is_there).map(Method::as_str).collect();
        if let Ok(all) = all.join(", ").parse::<HeaderValue>() {
            response.headers_mut().insert(ALLOW, all);
        }
        response
    } else {
        // No operation has this method, so the response says which ones there are.
        dispatch_parameters(&Nothing, &Method::OPTIONS, path, &mut Parameters::default())
    };
    if let Some(allowed) = response.headers_mut().remove(ALLOW) {
        response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().insert(ALLOW, allowed);
    }
    allow_all(&mut response);
    response
}

/// A service without any operation.
pub(crate) struct Nothing;

impl Service for Nothing {}

/// Makes a response one to this method.
pub(crate) fn finish(method: &Method, response: &mut Response<Bytes>) {
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        allow_all(response);
    }
    if *method == Method::HEAD {
        // As long as that of GET (RFC 9110 §8.6), where that has a length.
        let length = response.body().len() as u64;
        if response.status() != StatusCode::NO_CONTENT {
            response.headers_mut().insert(CONTENT_LENGTH, length.into());
        }
        response.body_mut().clear();
    }
}

/// Adds to the methods of the operations what every path takes.
fn allow_all(response: &mut Response<Bytes>) {
    let Some(allowed) = response.headers().get(ALLOW) else {
        return;
    };
    let allowed = String::from_utf8_lossy(allowed.as_bytes()).into_owned();
    if allowed.ends_with("OPTIONS") {
        return;
    }
    let all = allowed.replacen("GET", "GET, HEAD", 1) + ", OPTIONS";
    if let Ok(all) = all.parse::<HeaderValue>() {
        response.headers_mut().insert(ALLOW, all);
    }
}
