//! The way from a request to the method of a service that it is for.

use bytes::Bytes;
use http::{Method, Request, Response};

use crate::operation::ParameterLocation;
use crate::server::error::ServiceError;
use crate::server::operation::ServerOperation;
use crate::server::operations::{OperationVisitor, visit_operations};
use crate::server::parameters::{Parameters, segments};
use crate::server::responding::{method_not_allowed, no_such_path};
use crate::server::routes::routes;
use crate::server::search::{Route, Search, is_at, parameter, words};
use crate::server::service::Service;
use crate::server::writing::plain;

/// Hands a request to the method that it is for, and writes what comes back.
///
/// The path is matched segment by segment, after each was decoded. A word of the
/// spec wins over a parameter, and empty segments count for nothing.
///
/// What cannot be handed on is responded to here: with 400 where a parameter or the
/// action is missing or unfit, with 404 where the path is unknown, and with 405
/// where the path is known and the method is not.
pub fn dispatch<S: Service + ?Sized>(service: &S, request: &Request<Bytes>) -> Response<Bytes> {
    let (method, path) = (request.method(), request.uri().path());
    match Parameters::of(request) {
        Ok(mut parameters) => dispatch_parameters(service, method, path, &mut parameters),
        Err(error) => error_response(method, path, &error),
    }
}

/// As [`dispatch`], for a request whose query and form were read already. Those of
/// its path are added.
pub fn dispatch_parameters<S: Service + ?Sized>(
    service: &S,
    method: &Method,
    path: &str,
    parameters: &mut Parameters,
) -> Response<Bytes> {
    let segments = segments(path);
    let mut search = Search::new(Some(method), &segments);
    routes(&mut search);
    match search.found {
        Some(Route { path, handle, .. }) => {
            // Few paths have a parameter, and the others need not be split.
            if path.contains('{') {
                for (name, value) in words(path).zip(&segments) {
                    // One of a URL has no name: it is no parameter of its own.
                    if let Some(name) = parameter(name).filter(|name| !name.is_empty()) {
                        parameters.push(ParameterLocation::Path, name, value);
                    }
                }
            }
            handle(service, &segments, parameters)
        }
        None => {
            let mut all = Search::<S>::new(None, &segments);
            routes(&mut all);
            match all.methods.is_empty() {
                true => no_such_path(),
                false => method_not_allowed(&all.methods),
            }
        }
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
    let mut search = Envelopes {
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

/// The search for an operation with an envelope at a path, if possible with this method.
struct Envelopes<'a> {
    method: &'a Method,
    segments: Vec<String>,
    /// Whether it has the method, and how it writes an error.
    found: Option<(bool, Encode)>,
}

type Encode = fn(&ServiceError) -> Response<Bytes>;

impl OperationVisitor for Envelopes<'_> {
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
