//! Responses for pages of sites that were named (Fetch Standard, section 3.2: the CORS
//! protocol). For all others there is none of these header fields.

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ALLOW,
    HeaderValue, VARY,
};
use http::request::Parts;
use http::{Method, Response};

use crate::hosts::Hosts;

/// How long a browser may remember what is allowed, in seconds. The next sandbox on this
/// port may be started with other origins.
const MAX_AGE: u32 = 60;

/// Lets the page that made the request have the response, if its site was named.
pub(crate) fn finish(hosts: &Hosts, head: &Parts, response: &mut Response<Bytes>) {
    if !hosts.has_sites() {
        return;
    }
    let allowed = response.headers().get(ALLOW).cloned();
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("origin"));
    let Some(site) = hosts.site(head) else {
        return;
    };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, site.clone());
    let asked = &head.headers;
    // A preflight: the browser asks before it sends what a form could not.
    if head.method == Method::OPTIONS && asked.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        if let Some(methods) = allowed {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
        }
        // The site was named, so it may send what it likes.
        for fields in asked.get_all(ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.append(ACCESS_CONTROL_ALLOW_HEADERS, fields.clone());
        }
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE.into());
    }
}
