//! What a case sends.

use std::borrow::Cow;

use crate::client::{Body, Exchange, Limits};
use bytes::Bytes;
use http::{HeaderValue, Method, Request};

use super::pace::Pace;

/// A request for a peer whose port is not known yet.
#[derive(Clone)]
pub(crate) struct Outgoing {
    method: Bytes,
    target: Cow<'static, str>,
    headers: Vec<(String, Bytes)>,
    body: Body,
    limits: fn(&mut Limits, Pace),
    scheme: &'static str,
}

pub(crate) fn get(target: &'static str) -> Outgoing {
    Outgoing::new("GET", target)
}

pub(crate) fn post(target: &'static str, body: impl Into<Body>) -> Outgoing {
    Outgoing::new("POST", target).body(body)
}

impl Outgoing {
    pub(crate) fn new(method: &'static str, target: &'static str) -> Self {
        Self {
            method: Bytes::from_static(method.as_bytes()),
            target: Cow::Borrowed(target),
            headers: Vec::new(),
            body: Body::empty(),
            limits: |_, _| {},
            scheme: "http",
        }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<Bytes>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Times are stretched by the pace; sizes are not.
    pub(crate) fn limits(mut self, change: fn(&mut Limits, Pace)) -> Self {
        self.limits = change;
        self
    }

    /// Over TLS.
    #[cfg(feature = "tls")]
    pub(crate) const fn over_tls(mut self) -> Self {
        self.scheme = "https";
        self
    }

    /// Whether it has no body.
    pub(crate) fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    /// The request as a person would say it.
    pub(crate) fn summary(&self) -> String {
        let method = String::from_utf8_lossy(&self.method);
        match self.body.len() {
            0 => format!("{method} {}", self.target),
            length => format!("{method} {} with {length} bytes", self.target),
        }
    }

    /// The exchange with the peer at `authority`, under `limits`.
    pub(crate) fn exchange(
        &self,
        authority: &str,
        mut limits: Limits,
        pace: Pace,
    ) -> Result<Exchange, http::Error> {
        let mut request = Request::builder()
            .method(Method::from_bytes(&self.method)?)
            .uri(format!("{}://{authority}{}", self.scheme, self.target));
        for (name, value) in &self.headers {
            request = request.header(name, HeaderValue::from_bytes(value)?);
        }
        (self.limits)(&mut limits, pace);
        Ok(Exchange::new(request.body(self.body.clone())?, limits))
    }
}
