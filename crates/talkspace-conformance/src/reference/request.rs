//! A request's head as bytes.

use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{Method, Request, Uri};
use talkspace_core::Body;

use super::fault::Fault;

pub(super) fn head(request: &Request<Body>, fault: Option<Fault>) -> Vec<u8> {
    let mut head = Vec::new();
    head.extend_from_slice(request.method().as_str().as_bytes());
    head.push(b' ');
    head.extend(target(request.uri(), fault));
    head.extend_from_slice(b" HTTP/1.1\r\n");

    let headers = request.headers();
    if !headers.contains_key(HOST) || fault == Some(Fault::HostTwice) {
        field(&mut head, "Host", host(request.uri(), fault).as_bytes());
    }
    for name in headers.keys() {
        // Framing is the transport's own: the body's length is always known.
        if *name == CONTENT_LENGTH || *name == TRANSFER_ENCODING {
            continue;
        }
        for value in headers.get_all(name) {
            field(&mut head, name.as_str(), value.as_bytes());
            if fault == Some(Fault::FirstValueOnly) {
                break;
            }
        }
    }
    if fault == Some(Fault::AcceptEncoding) {
        field(&mut head, ACCEPT_ENCODING.as_str(), b"gzip");
    }
    let length = request.body().len();
    let says_zero = fault != Some(Fault::ContentLengthZeroLost)
        && [Method::POST, Method::PUT, Method::PATCH].contains(request.method());
    // RFC 9110 §8.6: zero is worth saying where a body would be expected.
    if length > 0 || says_zero {
        field(&mut head, "Content-Length", length.to_string().as_bytes());
        if fault == Some(Fault::DoubleFraming) {
            field(&mut head, "Transfer-Encoding", b"chunked");
        }
    }
    head.extend_from_slice(b"\r\n");
    head
}

fn field(head: &mut Vec<u8>, name: &str, value: &[u8]) {
    head.extend_from_slice(name.as_bytes());
    head.extend_from_slice(b": ");
    head.extend_from_slice(value);
    head.extend_from_slice(b"\r\n");
}

/// The origin form, RFC 9112 §3.2.1: path and query as they were given.
fn target(uri: &Uri, fault: Option<Fault>) -> Vec<u8> {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    match fault {
        Some(Fault::AbsoluteForm) => uri.to_string().into_bytes(),
        Some(Fault::DecodeTarget) => target.replace("%0D%0A", "\r\n").into_bytes(),
        Some(Fault::NormalizePath) => target.replace("/./", "/").replace("//", "/").into_bytes(),
        _ => target.as_bytes().to_vec(),
    }
}

/// Host and port without any user, RFC 9110 §7.2.
fn host(uri: &Uri, fault: Option<Fault>) -> String {
    let host = uri.host().unwrap_or_default();
    match uri.port() {
        Some(port) if fault != Some(Fault::HostWithoutPort) => format!("{host}:{port}"),
        _ => host.to_owned(),
    }
}
