//! Writes one request.
//!
//! Encoding is exact: whatever text a parameter holds, a decoder finds that
//! text, in one place, and nothing else. Text that no encoding makes safe is
//! an error.

use std::borrow::Cow;

use http::header::CONTENT_TYPE;
use http::{Request, Uri};

use crate::codec::form::{Form, push_escaped, push_pair};
use crate::codec::media_file::MediaFile;
use crate::codec::multipart::Multipart;
use crate::codec::target::Target;
use crate::operation::{OperationInfo, ParameterInfo, ParameterLocation};
use crate::transport::Body;
use crate::value::{InvalidRequest, InvalidRequestKind};

#[cfg(test)]
mod tests;

/// How long most values are, with the name before them.
const USUAL_LENGTH: usize = 48;

/// Writes one request, parameter by parameter, in the order of its methods'
/// calls. It has no `Debug`: it holds everything that must not be read.
pub(crate) struct RequestWriter<'t> {
    target: &'t Target,
    operation: &'static OperationInfo,
    /// The path and the query.
    path: String,
    has_query: bool,
    /// Where the request goes instead.
    url: Option<Uri>,
    form: Option<Form>,
    multipart: Option<Multipart>,
}

impl<'t> RequestWriter<'t> {
    pub(crate) fn new(target: &'t Target, operation: &'static OperationInfo) -> Self {
        let prefix = target.base_url().prefix();
        // Values get room at once. Without any the path is as long as it will be,
        // which spares the URI an allocation.
        let in_url = |parameter: &&ParameterInfo| {
            matches!(
                parameter.location,
                ParameterLocation::Path | ParameterLocation::Query
            )
        };
        let values = operation.parameters.iter().filter(in_url).count();
        let length = prefix.len() + operation.path.len() + values * USUAL_LENGTH;
        let mut path = String::with_capacity(length);
        path.push_str(prefix);
        Self {
            target,
            operation,
            path,
            has_query: false,
            url: None,
            form: None,
            multipart: None,
        }
    }

    /// A part of the path that the spec gives literally.
    pub(crate) fn literal(&mut self, text: &str) {
        self.path.push_str(text);
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
            return Err(self.invalid(name, InvalidRequestKind::DotSegment));
        }
        push_escaped(&mut self.path, value);
        Ok(())
    }

    /// A parameter that is a segment of the path, made of several values.
    pub(crate) fn joined_segment<'v>(
        &mut self,
        name: &'static str,
        values: impl IntoIterator<Item = &'v str>,
        separator: char,
    ) -> Result<(), InvalidRequest> {
        let mut joined = String::new();
        for value in values {
            self.check(name, value)?;
            if value.contains(separator) {
                return Err(self.invalid(name, InvalidRequestKind::Separator));
            }
            if !joined.is_empty() {
                joined.push(separator);
            }
            joined.push_str(value);
        }
        self.segment(name, &joined)
    }

    /// The whole URL, which the service gave: the base URL does not matter.
    pub(crate) fn url(&mut self, name: &'static str, url: &str) -> Result<(), InvalidRequest> {
        self.check(name, url)?;
        let uri: Uri = url
            .parse()
            .map_err(|_| self.invalid(name, InvalidRequestKind::NotHttp))?;
        if let Err(problem) = self.target.may_fetch(&uri) {
            let authority = uri.authority().map_or("", |authority| authority.as_str());
            let host = authority.rsplit('@').next().unwrap_or_default();
            let host = self.target.redactor(&[]).redact(host).into_owned();
            return Err(InvalidRequest {
                host: Some(host),
                ..self.invalid(name, problem)
            });
        }
        self.url = Some(uri);
        Ok(())
    }

    /// A field of a multipart form.
    pub(crate) fn part(&mut self, name: &'static str, value: &str) -> Result<(), InvalidRequest> {
        self.check(name, value)?;
        self.multipart().field(name, value);
        Ok(())
    }

    /// A file in a multipart form.
    pub(crate) fn file_part(&mut self, name: &'static str, content_type: &str, file: &MediaFile) {
        self.multipart().file(name, content_type, file);
    }

    fn multipart(&mut self) -> &mut Multipart {
        let boundary = self.target.boundary();
        self.multipart
            .get_or_insert_with(|| Multipart::new(boundary))
    }

    /// A parameter in the query string.
    pub(crate) fn query(&mut self, name: &'static str, value: &str) -> Result<(), InvalidRequest> {
        self.check(name, value)?;
        self.path.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        push_pair(&mut self.path, name, value);
        Ok(())
    }

    /// The application key in the query string.
    pub(crate) fn query_app_key(&mut self, name: &'static str) -> Result<(), InvalidRequest> {
        self.query(name, self.target.app_key().expose())
    }

    /// A parameter in the form.
    pub(crate) fn form(&mut self, name: &'static str, value: &str) -> Result<(), InvalidRequest> {
        self.check(name, value)?;
        self.form.get_or_insert_with(Form::new).push(name, value);
        Ok(())
    }

    /// The application key in the form.
    pub(crate) fn form_app_key(&mut self, name: &'static str) -> Result<(), InvalidRequest> {
        self.form(name, self.target.app_key().expose())
    }

    /// The finished request.
    pub(crate) fn finish(self) -> Result<Request<Body>, InvalidRequest> {
        let operation = self.operation;
        let url = self
            .url
            .or_else(|| self.target.base_url().with_path(self.path));
        let uri = url.ok_or(InvalidRequest {
            operation: operation.id,
            parameter: None,
            kind: InvalidRequestKind::TooLong,
            host: None,
        })?;
        let mut request = Request::new(Body::empty());
        *request.method_mut() = operation.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = self.target.headers(self.form.is_some());
        if let Some(form) = self.form {
            *request.body_mut() = form.into_text().into();
        } else if let Some(multipart) = self.multipart {
            let (content_type, body) = multipart.finish();
            if let Some(content_type) = content_type {
                request.headers_mut().insert(CONTENT_TYPE, content_type);
            }
            *request.body_mut() = body;
        }
        Ok(request)
    }

    fn check(&self, name: &'static str, value: &str) -> Result<(), InvalidRequest> {
        if value.is_empty() {
            return Err(self.invalid(name, InvalidRequestKind::Empty));
        }
        if holds_control(value) {
            return Err(self.invalid(name, InvalidRequestKind::ControlCharacter));
        }
        Ok(())
    }

    const fn invalid(&self, parameter: &'static str, kind: InvalidRequestKind) -> InvalidRequest {
        InvalidRequest {
            operation: self.operation.id,
            parameter: Some(Cow::Borrowed(parameter)),
            kind,
            host: None,
        }
    }
}

/// Nearly all values are printable ASCII. That is seen without an early end, so
/// that many bytes are looked at together.
fn holds_control(text: &str) -> bool {
    let printable = text
        .bytes()
        .fold(true, |all, byte| all & matches!(byte, b' '..=b'~'));
    !printable && text.chars().any(char::is_control)
}
