//! From a request to a response: by the operation that it is for, or by none.

use bytes::Bytes;
use http::header::{ALLOW, HeaderValue};
use http::{Method, Response};

use crate::operation::ParameterLocation;
use crate::server::dispatch::is_at;
use crate::server::error::ServiceError;
use crate::server::operation::ServerOperation;
use crate::server::operations::{OperationVisitor, visit_operations};
use crate::server::parameters::{Parameters, segments};
use crate::server::writing::plain;
use crate::value::AppKey;

/// Decodes a request, has it handled, and encodes what came of it.
pub(crate) fn respond<O: ServerOperation>(
    parameters: &Parameters,
    handle: impl FnOnce(O) -> Result<O::Response, ServiceError>,
) -> Response<Bytes> {
    let outcome = O::from_parameters(parameters)
        .map_err(ServiceError::from)
        .and_then(handle);
    match outcome {
        Ok(response) => O::encode_response(&response),
        Err(error) => O::encode_error(&error),
    }
}

/// The same for an operation that takes the application key, which is read
/// before the request.
pub(crate) fn respond_with_key<O: ServerOperation>(
    parameters: &Parameters,
    place: ParameterLocation,
    name: &'static str,
    handle: impl FnOnce(&AppKey, O) -> Result<O::Response, ServiceError>,
) -> Response<Bytes> {
    match parameters.app_key(place, name) {
        Ok(app_key) => respond(parameters, |request| handle(&app_key, request)),
        Err(bad) => O::encode_error(&bad.into()),
    }
}

/// The response with an error to a request of which only the head was read: in
/// the envelope of the operation that it is for, or as plain text where there is none.
///
/// ```
/// use http::Method;
/// use talkspace_core::server::{ServiceError, error_response};
///
/// let error = ServiceError::new(503, "Too much at once");
/// let response = error_response(&Method::POST, "/api/rest/media", &error);
/// assert!(response.body().starts_with(b"{\"MediaResponse\":{\"message\":\"Too much at once\""));
/// assert_eq!(error_response(&Method::POST, "/forklift", &error).body(), "Too much at once\n");
/// ```
#[must_use]
pub fn error_response(method: &Method, path: &str, error: &ServiceError) -> Response<Bytes> {
    let mut search = Search {
        method,
        segments: segments(path),
        found: None,
    };
    visit_operations(&mut search);
    match search.found {
        Some((_, encode)) => encode(error),
        None => plain(error.status, format!("{}\n", error.message)),
    }
}

/// Searches for an operation with an envelope at a path, if possible with this method.
struct Search<'a> {
    method: &'a Method,
    segments: Vec<String>,
    /// Whether it has the method, and how it writes an error.
    found: Option<(bool, Encode)>,
}

type Encode = fn(&ServiceError) -> Response<Bytes>;

impl OperationVisitor for Search<'_> {
    fn visit<O: ServerOperation>(&mut self) {
        if O::INFO.envelope.is_none() || !is_at(O::INFO.path, &self.segments) {
            return;
        }
        let has_method = O::INFO.method == self.method;
        if self
            .found
            .is_none_or(|(had_method, _)| has_method && !had_method)
        {
            self.found = Some((has_method, O::encode_error));
        }
    }
}

/// The response at a path that the spec does not know.
#[must_use]
pub(crate) fn no_such_path() -> Response<Bytes> {
    plain(404, "There is nothing at this path.\n")
}

/// The response to a method that the spec does not know, at a path that takes these.
#[must_use]
pub(crate) fn method_not_allowed(allowed: &[Method]) -> Response<Bytes> {
    let mut response = plain(405, "This path does not take that method.\n");
    let order = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ];
    let allowed: Vec<&str> = order
        .iter()
        .filter(|method| allowed.contains(method))
        .map(Method::as_str)
        .collect();
    // The names of methods are text.
    if let Ok(value) = HeaderValue::from_str(&allowed.join(", ")) {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}
