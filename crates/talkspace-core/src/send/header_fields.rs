//! Header fields that go out with every request of a client.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Request};

use crate::codec::Target;
use crate::transport::Body;
use crate::value::{InvalidRequest, InvalidRequestKind};

#[cfg(test)]
mod tests;

/// What the client and the transport write themselves, or what decides how a
/// message or a connection is read (RFC 9110 §7.6.1, §8).
const RESERVED: &[&str] = &[
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// From so many bytes on, a part of a credential is searched for in responses.
const CREDENTIAL_LENGTH: usize = 4;

/// Header fields for the requests to the service, and to nobody else.
#[derive(Clone, Default)]
pub(crate) struct HeaderFields(Option<Arc<Fields>>);

#[derive(Clone, Default)]
struct Fields {
    map: HeaderMap,
    /// What is wrong with the first that cannot be sent, and its name.
    invalid: Option<(Option<Cow<'static, str>>, InvalidRequestKind)>,
}

impl HeaderFields {
    /// Whether the client or the transport writes it itself.
    pub(crate) fn is_reserved(name: &HeaderName) -> bool {
        RESERVED.contains(&name.as_str())
    }

    /// The same with one more, or with another value of one.
    pub(crate) fn with(
        &self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) -> Self {
        let mut fields = self.0.as_deref().cloned().unwrap_or_default();
        if let Err(invalid) = fields.set(name.try_into().ok(), value.try_into().ok()) {
            fields.invalid.get_or_insert(invalid);
        }
        Self(Some(Arc::new(fields)))
    }

    /// Whether they can be sent.
    // Most programs have none, and that is to cost nothing.
    #[inline]
    pub(crate) fn check(&self, operation: &'static str) -> Result<(), InvalidRequest> {
        match &self.0 {
            None => Ok(()),
            Some(fields) => fields.check(operation),
        }
    }

    /// Adds them to a request, unless it goes to another origin: media may be
    /// fetched from hosts that must not learn what is meant for the service.
    pub(crate) fn add_to(&self, request: &mut Request<Body>, target: &Target) {
        if let Some(fields) = self.0.as_deref().filter(|_| target.is_own(request.uri())) {
            let fields = fields.map.iter();
            let fields = fields.map(|(name, value)| (name.clone(), value.clone()));
            request.headers_mut().extend(fields);
        }
    }

    /// Adds what of them a response must not bring into an error: parts of values
    /// that are marked as sensitive.
    pub(crate) fn add_secrets<'f>(&'f self, secrets: &mut Vec<&'f str>) {
        if let Some(fields) = self.0.as_deref() {
            let sensitive = fields.map.values().filter(|value| value.is_sensitive());
            let texts = sensitive.filter_map(|value| std::str::from_utf8(value.as_bytes()).ok());
            secrets.extend(texts.flat_map(credentials));
        }
    }
}

impl Fields {
    fn check(&self, operation: &'static str) -> Result<(), InvalidRequest> {
        match &self.invalid {
            None => Ok(()),
            Some((parameter, kind)) => Err(InvalidRequest {
                operation,
                parameter: parameter.clone(),
                kind: *kind,
                host: None,
            }),
        }
    }

    fn set(
        &mut self,
        name: Option<HeaderName>,
        value: Option<HeaderValue>,
    ) -> Result<(), (Option<Cow<'static, str>>, InvalidRequestKind)> {
        // What is no name is not repeated: it may be the value, given first.
        let name = name.ok_or((None, InvalidRequestKind::HeaderName))?;
        if let Some(reserved) = RESERVED.iter().find(|reserved| name == **reserved) {
            let name = Cow::Borrowed(*reserved);
            return Err((Some(name), InvalidRequestKind::ReservedHeader));
        }
        let Some(mut value) = value.filter(is_exact) else {
            let name = Cow::Owned(name.as_str().to_owned());
            return Err((Some(name), InvalidRequestKind::HeaderValue));
        };
        if name == AUTHORIZATION || name == COOKIE {
            value.set_sensitive(true);
        }
        self.map.insert(name, value);
        Ok(())
    }
}

/// Whether what arrives is what was given: space around a value is no part of it
/// (RFC 9110 §5.5).
fn is_exact(value: &HeaderValue) -> bool {
    let value = value.as_bytes();
    value.trim_ascii().len() == value.len()
}

/// The secret parts of a value such as `Bearer 1f2e…`, `Basic …==` or `id=1f2e…`.
fn credentials(value: &str) -> impl Iterator<Item = &str> {
    let is_scheme = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let value = match value.split_once(' ') {
        Some((scheme, rest)) if is_scheme(scheme) => rest,
        _ => value,
    };
    let parts = value.split([' ', ',', ';']).map(|part| {
        let part = part.trim_end_matches('=');
        let value = part.split_once('=').map_or(part, |(_, value)| value);
        value.trim_matches('"')
    });
    parts.filter(|part| part.len() >= CREDENTIAL_LENGTH)
}

impl fmt::Debug for HeaderFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HeaderFields(..)")
    }
}
