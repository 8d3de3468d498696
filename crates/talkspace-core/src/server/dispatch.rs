//! The way from a request to the method of a service that it is for.

use bytes::Bytes;
use http::{Method, Request, Response};

use crate::operation::ParameterLocation;
use crate::server::operations::routes;
use crate::server::parameters::{Parameters, segments};
use crate::server::responding::{error_response, method_not_allowed, no_such_path};
use crate::server::service::Service;

#[cfg(test)]
mod tests;

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
    let mut search = Search::new(method, &segments);
    routes(&mut search);
    let Search { found, methods, .. } = search;
    match found {
        Some(Route { path, handle, .. }) => {
            for (name, value) in words(path).zip(&segments) {
                // One of a URL has no name: it is no parameter of its own.
                if let Some(name) = parameter(name).filter(|name| !name.is_empty()) {
                    parameters.push(ParameterLocation::Path, name, value);
                }
            }
            handle(service, &segments, parameters)
        }
        None if methods.is_empty() => no_such_path(),
        None => method_not_allowed(&methods),
    }
}

/// What a request at a path is handed to, with the segments of the path.
type Handle<S> = fn(&S, &[String], &mut Parameters) -> Response<Bytes>;

/// A method at a path.
struct Route<S: ?Sized> {
    path: &'static str,
    handle: Handle<S>,
}

/// The search for the route of a request, to which all are named one after the other: a
/// `match` on them would take a compiler ever longer.
pub(crate) struct Search<'a, S: ?Sized> {
    method: &'a Method,
    segments: &'a [String],
    found: Option<Route<S>>,
    /// Those that the path takes.
    methods: Vec<Method>,
}

impl<'a, S: ?Sized> Search<'a, S> {
    const fn new(method: &'a Method, segments: &'a [String]) -> Self {
        Self {
            method,
            segments,
            found: None,
            methods: Vec::new(),
        }
    }

    /// Names a route; `{name}` in its path is a parameter.
    pub(crate) fn route(&mut self, method: Method, path: &'static str, handle: Handle<S>) {
        if !is_at(path, self.segments) {
            return;
        }
        let wins = |found: &Route<S>| shape(path).lt(shape(found.path));
        if method == *self.method && self.found.as_ref().is_none_or(wins) {
            self.found = Some(Route { path, handle });
        }
        if !self.methods.contains(&method) {
            self.methods.push(method);
        }
    }
}

/// Whether a request with these segments is at a path of the spec.
pub(crate) fn is_at(path: &str, segments: &[String]) -> bool {
    words(path).count() == segments.len()
        && words(path)
            .zip(segments)
            .all(|(word, segment)| parameter(word).is_some() || word == segment)
}

/// Of each word, whether it is a parameter: of two shapes, the lesser wins.
fn shape(path: &str) -> impl Iterator<Item = bool> {
    words(path).map(|word| parameter(word).is_some())
}

fn words(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|word| !word.is_empty())
}

/// The name of a parameter, in braces.
fn parameter(word: &str) -> Option<&str> {
    word.strip_prefix('{')?.strip_suffix('}')
}
