//! From typed parameters to an HTTP request.
//!
//! Encoding is exact: whatever text a parameter holds, a decoder finds that
//! text, in one place, and nothing else. Text that no encoding makes safe is
//! refused.

use std::error::Error as StdError;
use std::fmt;

use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{Request, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::app_key::AppKey;
use crate::base_url::BaseUrl;
use crate::body::Body;
use crate::generated::MediaId;
use crate::operation::OperationInfo;

#[cfg(test)]
mod tests;

/// Everything but RFC 3986's unreserved characters is escaped. A space becomes
/// `%20`, which decoders of forms and of paths both understand.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The content type of a form.
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// What the answers look like; stated so that a gateway does not guess.
const ANSWERS: HeaderValue = HeaderValue::from_static("application/json, text/plain, */*;q=0.1");

/// Where requests go and on whose behalf: what every request of a client shares.
#[derive(Clone, Debug)]
pub struct Target {
    base_url: BaseUrl,
    app_key: AppKey,
    greeting_id: Option<MediaId>,
    user_agent: HeaderValue,
}

impl Target {
    /// A target at `base_url`, for the application with `app_key`.
    #[must_use]
    pub fn new(base_url: BaseUrl, app_key: AppKey) -> Self {
        Self {
            base_url,
            app_key,
            greeting_id: None,
            user_agent: HeaderValue::from_static(concat!("talkspace/", env!("CARGO_PKG_VERSION"))),
        }
    }

    /// The greeting for requests that could name one and do not.
    #[must_use]
    pub fn with_greeting_id(mut self, greeting_id: impl Into<MediaId>) -> Self {
        self.greeting_id = Some(greeting_id.into());
        self
    }

    /// What the requests call their sender.
    #[must_use]
    pub fn with_user_agent(mut self, user_agent: HeaderValue) -> Self {
        self.user_agent = user_agent;
        self
    }

    /// Where the service is.
    #[must_use]
    pub const fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    pub(crate) const fn app_key(&self) -> &AppKey {
        &self.app_key
    }

    pub(crate) const fn greeting_id(&self) -> Option<&MediaId> {
        self.greeting_id.as_ref()
    }

    /// Starts a request of `operation`.
    pub(crate) fn request(&self, operation: &'static OperationInfo) -> RequestWriter<'_> {
        let mut url = String::with_capacity(self.base_url.as_str().len() + 128);
        url.push_str(self.base_url.as_str());
        RequestWriter {
            target: self,
            operation,
            url,
            has_query: false,
            form: None,
        }
    }
}

/// Writes one request, parameter by parameter, in the order of the calls.
#[derive(Debug)]
pub(crate) struct RequestWriter<'t> {
    target: &'t Target,
    operation: &'static OperationInfo,
    url: String,
    has_query: bool,
    form: Option<String>,
}

impl RequestWriter<'_> {
    /// A part of the path that the spec gives literally.
    pub(crate) fn literal(&mut self, text: &str) {
        self.url.push_str(text);
    }

    /// A parameter that is a segment of the path.
    pub(crate) fn segment(
        &mut self,
        name: &'static str,
        value: &str,
    ) -> Result<(), InvalidRequest> {
        self.check(name, value)?;
        // Escaped or not, clients, proxies and servers fold dot segments (RFC 3986 §6.2.2.3).
        if matches!(value, "." | "..") {
            return Err(self.invalid(name, Problem::DotSegment));
        }
        self.url.extend(utf8_percent_encode(value, ESCAPED));
        Ok(())
    }

    /// A parameter in the query string.
    pub(crate) fn query(&mut self, name: &'static str, value: &str) -> Result<(), InvalidRequest> {
        self.check(name, value)?;
        self.url.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        push_pair(&mut self.url, name, value);
        Ok(())
    }

    /// The application key in the query string.
    pub(crate) fn query_app_key(&mut self, name: &'static str) -> Result<(), InvalidRequest> {
        self.query(name, self.target.app_key.expose())
    }

    /// A parameter in the form.
    pub(crate) fn form(&mut self, name: &'static str, value: &str) -> Result<(), InvalidRequest> {
        self.check(name, value)?;
        let form = self.form.get_or_insert_with(|| String::with_capacity(256));
        if !form.is_empty() {
            form.push('&');
        }
        push_pair(form, name, value);
        Ok(())
    }

    /// The application key in the form.
    pub(crate) fn form_app_key(&mut self, name: &'static str) -> Result<(), InvalidRequest> {
        self.form(name, self.target.app_key.expose())
    }

    /// The finished request.
    pub(crate) fn finish(self) -> Result<Request<Body>, InvalidRequest> {
        let operation = self.operation;
        let uri = Uri::try_from(self.url).map_err(|_| InvalidRequest {
            operation: operation.id,
            parameter: None,
            problem: Problem::TooLong,
        })?;
        let mut request = Request::new(Body::empty());
        *request.method_mut() = operation.method.clone();
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, self.target.user_agent.clone());
        headers.insert(ACCEPT, ANSWERS);
        if let Some(form) = self.form {
            headers.insert(CONTENT_TYPE, FORM);
            *request.body_mut() = form.into();
        }
        Ok(request)
    }

    fn check(&self, name: &'static str, value: &str) -> Result<(), InvalidRequest> {
        if value.is_empty() {
            return Err(self.invalid(name, Problem::Empty));
        }
        if value.chars().any(char::is_control) {
            return Err(self.invalid(name, Problem::ControlCharacter));
        }
        Ok(())
    }

    const fn invalid(&self, parameter: &'static str, problem: Problem) -> InvalidRequest {
        InvalidRequest {
            operation: self.operation.id,
            parameter: Some(parameter),
            problem,
        }
    }
}

fn push_pair(to: &mut String, name: &str, value: &str) {
    to.push_str(name);
    to.push('=');
    to.extend(utf8_percent_encode(value, ESCAPED));
}

/// A request that cannot be sent safely. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidRequest {
    operation: &'static str,
    parameter: Option<&'static str>,
    problem: Problem,
}

/// What is wrong with a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It is empty.
    Empty,
    /// It holds a control character.
    ControlCharacter,
    /// It is `.` or `..` and would be a segment of the path.
    DotSegment,
    /// The URL would be longer than 65,534 bytes.
    TooLong,
}

impl InvalidRequest {
    /// The operation's name in the spec.
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        self.operation
    }

    /// The parameter's name on the wire, if one alone is at fault.
    #[must_use]
    pub const fn parameter(&self) -> Option<&'static str> {
        self.parameter
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn problem(&self) -> Problem {
        self.problem
    }
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parameter) = self.parameter {
            write!(f, "`{parameter}` ")?;
        }
        f.write_str(match self.problem {
            Problem::Empty => "must not be empty",
            Problem::ControlCharacter => "must not hold control characters",
            Problem::DotSegment => "must not be `.` or `..`, which a path cannot carry",
            Problem::TooLong => "the URL would be longer than 65,534 bytes",
        })
    }
}

impl StdError for InvalidRequest {}
