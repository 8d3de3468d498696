//! A request's head as bytes.

use std::borrow::Cow;

use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HOST, TRANSFER_ENCODING, USER_AGENT};
use http::uri::Scheme;
use http::{Method, Request, Uri};
use http1_conformance::client::Body;

use super::fault::Fault;
use super::proxy::Proxy;

/// The head that goes to the origin, or to the proxy that forwards it.
pub(super) fn head(
    request: &Request<Body>,
    length: u64,
    proxy: Option<&Proxy>,
    fault: Option<Fault>,
) -> Vec<u8> {
    let is_plain = request.uri().scheme() == Some(&Scheme::HTTP);
    let forward = proxy.filter(|_| is_plain);
    let mut head = Vec::new();
    head.extend_from_slice(request.method().as_str().as_bytes());
    head.push(b' ');
    match forward.filter(|_| fault != Some(Fault::OriginFormToProxy)) {
        Some(proxy) => {
            let target = request.uri().path_and_query();
            let target = target.map_or("/", |target| target.as_str());
            head.extend(
                proxy
                    .target(host(request.uri(), fault), target, fault)
                    .into_bytes(),
            );
        }
        None => head.extend(target(request.uri(), fault)),
    }
    head.extend_from_slice(b" HTTP/1.1\r\n");

    let headers = request.headers();
    let own_host = matches!(fault, Some(Fault::HostTwice | Fault::HostFromUri));
    if !headers.contains_key(HOST) || own_host {
        field(&mut head, "Host", host(request.uri(), fault).as_bytes());
    }
    let most = match fault {
        Some(Fault::FewFields) => 64,
        _ => usize::MAX,
    };
    for name in headers.keys().take(most) {
        // Framing is the transport's own: the body's length is always known.
        let is_framing = *name == CONTENT_LENGTH || *name == TRANSFER_ENCODING;
        if is_framing && fault != Some(Fault::FramingOfTheCaller) {
            continue;
        }
        let replaced = match fault {
            Some(Fault::HostFromUri) => *name == HOST,
            Some(Fault::OwnUserAgent) => *name == USER_AGENT,
            _ => false,
        };
        if replaced {
            continue;
        }
        for value in headers.get_all(name) {
            let Some(value) = sent_value(value.as_bytes(), fault) else {
                continue;
            };
            field(&mut head, name.as_str(), &value);
            if fault == Some(Fault::FirstValueOnly) {
                break;
            }
        }
    }
    let told = match fault {
        Some(Fault::ProxyCredentialsToOrigin) => proxy,
        _ => forward,
    };
    if let Some(credentials) = told.and_then(Proxy::credentials) {
        field(&mut head, "Proxy-Authorization", credentials.as_bytes());
    }
    match fault {
        Some(Fault::AcceptEncoding) => field(&mut head, ACCEPT_ENCODING.as_str(), b"gzip"),
        Some(Fault::UserAgentTwice | Fault::OwnUserAgent) => {
            field(&mut head, "User-Agent", b"plain/1.0")
        }
        Some(Fault::ExpectContinue) if !request.body().is_empty() => {
            field(&mut head, "Expect", b"100-continue");
        }
        _ => {}
    }
    let says_zero = fault != Some(Fault::ContentLengthZeroLost)
        && [Method::POST, Method::PUT, Method::PATCH].contains(request.method());
    // RFC 9110 §8.6: a zero is sent where a body would be expected.
    if fault == Some(Fault::ChunksUploads) && length > 0 {
        field(&mut head, "Transfer-Encoding", b"chunked");
    } else if length > 0 || says_zero || fault == Some(Fault::GetSaysZero) {
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
    // Only a path begins with a slash, and it may be missing.
    let slash = match fault {
        Some(Fault::EmptyPathLost) => "",
        _ if target.starts_with('/') || target == "*" => "",
        _ => "/",
    };
    let target = &*format!("{slash}{target}");
    match fault {
        Some(Fault::AbsoluteForm) => uri.to_string().into_bytes(),
        Some(Fault::DecodePath) => target.replace("%2F", "/").replace("%20", "+").into_bytes(),
        Some(Fault::ReencodeQuery) => reencoded(target).into_bytes(),
        Some(Fault::CacheBuster) => {
            let mark = if target.contains('?') { '&' } else { '?' };
            format!("{target}{mark}_=1").into_bytes()
        }
        Some(Fault::DecodeTarget) => target.replace("%0D%0A", "\r\n").into_bytes(),
        Some(Fault::NormalizePath) => target.replace("/./", "/").replace("//", "/").into_bytes(),
        _ => target.as_bytes().to_vec(),
    }
}

fn reencoded(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else {
        return target.to_owned();
    };
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(form_urlencoded::parse(query.as_bytes()));
    format!("{path}?{}", pairs.finish())
}

/// A field value as it is sent; `None` when it is left out.
fn sent_value(value: &[u8], fault: Option<Fault>) -> Option<Cow<'_, [u8]>> {
    match fault {
        Some(Fault::SkipEmptyFields) if value.is_empty() => None,
        Some(Fault::DropNonUtf8) if !value.is_ascii() => None,
        Some(Fault::CutValues) => Some(value.get(..4096).unwrap_or(value).into()),
        Some(Fault::TabsCollapsed) => {
            let spaced = value
                .iter()
                .map(|&byte| if byte == b'\t' { b' ' } else { byte });
            Some(spaced.collect())
        }
        _ => Some(value.into()),
    }
}

/// Host and port without any user, RFC 9110 §7.2.
fn host(uri: &Uri, fault: Option<Fault>) -> String {
    if let (Some(Fault::UserInHost), Some(authority)) = (fault, uri.authority()) {
        return authority.to_string();
    }
    let host = uri.host().unwrap_or_default();
    let host = match fault {
        Some(Fault::HostWithoutBrackets) => host.trim_matches(['[', ']']),
        _ => host,
    };
    match uri.port() {
        Some(port) if fault != Some(Fault::HostWithoutPort) => format!("{host}:{port}"),
        _ => host.to_owned(),
    }
}
