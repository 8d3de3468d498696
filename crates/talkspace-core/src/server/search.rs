//! The search for what a request is for, among the routes of the spec.

use bytes::Bytes;
use http::{Method, Response};

use crate::server::parameters::Parameters;

#[cfg(test)]
mod tests;

/// What a request at a path is handed to, with the segments of the path.
pub(crate) type Handle<S> = fn(&S, &[String], &mut Parameters) -> Response<Bytes>;

/// A method at a path.
pub(crate) struct Route<S: ?Sized> {
    pub(crate) path: &'static str,
    pub(crate) handle: Handle<S>,
}

/// The search for the route of a request, to which all are named one after the other: a
/// `match` on them would take a compiler ever longer.
pub(crate) struct Search<'a, S: ?Sized> {
    method: &'a Method,
    segments: &'a [String],
    pub(crate) found: Option<Route<S>>,
    /// Those that the path takes.
    pub(crate) methods: Vec<Method>,
}

impl<'a, S: ?Sized> Search<'a, S> {
    pub(crate) const fn new(method: &'a Method, segments: &'a [String]) -> Self {
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

/// Whether a request with these segments is at a path of the spec. Each request is compared
/// with every path, so nothing is split that differs early.
pub(crate) fn is_at(path: &str, segments: &[String]) -> bool {
    let mut rest = Some(path);
    for segment in segments {
        rest = rest.and_then(|rest| behind(rest.strip_prefix('/')?, segment));
    }
    rest == Some("")
}

/// What is behind the first word of a path, if that takes the segment.
fn behind<'a>(path: &'a str, segment: &str) -> Option<&'a str> {
    if path.starts_with('{') {
        return Some(path.find('/').map_or("", |end| path.split_at(end).1));
    }
    let rest = path.strip_prefix(segment)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// Of each word, whether it is a parameter: of two shapes, the lesser wins.
fn shape(path: &str) -> impl Iterator<Item = bool> {
    words(path).map(|word| parameter(word).is_some())
}

pub(crate) fn words(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|word| !word.is_empty())
}

/// The name of a parameter, in braces.
pub(crate) fn parameter(word: &str) -> Option<&str> {
    word.strip_prefix('{')?.strip_suffix('}')
}
