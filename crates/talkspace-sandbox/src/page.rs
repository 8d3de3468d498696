//! The page at `/_sandbox/`, for browsers: one response that has its style and its
//! script in it.
//!
//! It holds no secret, so it is served without a token; what it shows, it gets from the
//! API as any client does. Its policy permits the one style and the one script by
//! their hashes, and no markup that a script makes from text.

use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    REFERRER_POLICY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

#[cfg(test)]
mod tests;

/// What the style and the script are put into.
const FRAME: &str = include_str!("page/index.html");

macro_rules! files {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("page/", $name)))),*]
    };
}

/// The parts, in the order in which they are joined.
const FILES: &[(&str, &str)] = files! {
    "base.css"
    "phones.css"
    "switchboard.css"
    "requests.css"
    "tools.css"
    "dom.js"
    "api.js"
    "stream.js"
    "store.js"
    "say.js"
    "keys.js"
    "sound.js"
    "phone.js"
    "phones.js"
    "people.js"
    "switchboard.js"
    "request.js"
    "requests.js"
    "faults.js"
    "tools.js"
    "main.js"
};

static PAGE: LazyLock<Page> = LazyLock::new(Page::join);

struct Page {
    html: String,
    policy: String,
    tag: String,
}

impl Page {
    fn join() -> Self {
        let joined = |end: &str| {
            let files = FILES.iter().filter(|(name, _)| name.ends_with(end));
            files.map(|(_, text)| *text).collect::<String>()
        };
        let (style, script) = (joined(".css"), joined(".js"));
        let html = FRAME
            .replace("{style}", &style)
            .replace("{script}", &script);
        let policy = format!(
            "default-src 'none'; script-src '{}'; style-src '{}'; connect-src 'self'; \
             img-src data:; media-src blob:; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
            hash(&script),
            hash(&style)
        );
        let tag = format!("\"{}\"", hash(&html));
        Self { html, policy, tag }
    }
}

/// As a content security policy names it (CSP Level 3, section 2.3.1).
fn hash(text: &str) -> String {
    let hash = hmac_sha256::Hash::hash(text.as_bytes());
    format!("sha256-{}", BASE64_STANDARD.encode(hash))
}

/// Whether a request is a browser's for a page: `text/html` is in its `Accept`. What
/// would take anything gets JSON.
pub(crate) fn is_wanted(headers: &HeaderMap) -> bool {
    let is_html = |range: &[u8]| {
        let mut parts = range.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let kind = parts.next().unwrap_or_default();
        // RFC 9110 §12.4.2: a weight of 0 means "not this".
        let is_refused = |part: &[u8]| {
            let weight = part.strip_prefix(b"q=").or(part.strip_prefix(b"Q="));
            let weight = weight.and_then(|weight| std::str::from_utf8(weight).ok());
            weight.is_some_and(|weight| weight.parse() == Ok(0.0))
        };
        kind.eq_ignore_ascii_case(b"text/html") && !parts.any(is_refused)
    };
    list(headers, &ACCEPT).any(is_html)
}

/// The page, or that it is the one that the browser has.
pub(crate) fn respond(headers: &HeaderMap) -> Response<Bytes> {
    let page: &'static Page = &PAGE;
    let is_tag = |tag: &[u8]| {
        let tag = tag.strip_prefix(b"W/").unwrap_or(tag);
        tag == page.tag.as_bytes() || tag == b"*"
    };
    let mut response = Response::new(Bytes::new());
    if list(headers, &IF_NONE_MATCH).any(is_tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *response.body_mut() = Bytes::from_static(page.html.as_bytes());
    }
    let all = [
        (CONTENT_SECURITY_POLICY, page.policy.as_str()),
        (ETAG, page.tag.as_str()),
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        // Another version is noticed at once.
        (CACHE_CONTROL, "no-cache"),
        (REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    let fields = all.map(|(name, value)| (name, HeaderValue::from_static(value)));
    response.headers_mut().extend(fields);
    response
}

/// The members of a field that is a list (RFC 9110 §5.6.1). No tag here has a comma.
fn list<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h [u8]> {
    let values = headers.get_all(name).into_iter();
    let members = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    members.map(<[u8]>::trim_ascii)
}
