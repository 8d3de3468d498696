//! From a request to a response, by the operation that it is for; and those without one.

use bytes::Bytes;
use http::header::{ALLOW, HeaderValue};
use http::{Method, Response};

use crate::operation::ParameterLocation;
use crate::server::error::ServiceError;
use crate::server::operation::ServerOperation;
use crate::server::parameters::Parameters;
use crate::server::writing::plain;
use crate::value::AppKey;

/// Decodes a request, has it handled, and encodes what came of it.
pub(crate) fn respond<O: ServerOperation>(
    parameters: &Parameters,
    handle: impl FnOnce(O) -> Result<O::Response, ServiceError>,
) -> Response<Bytes> {
    let within = |request| parameters.check_bounds(O::INFO).map(|()| request);
    let outcome = O::from_parameters(parameters)
        .and_then(within)
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
