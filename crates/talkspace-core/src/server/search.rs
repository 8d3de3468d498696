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
    /// Of a request that has no route, all methods at its path are searched.
    method: Option<&'a Method>,
    segments: &'a [String],
    pub(crate) found: Option<Route<S>>,
    /// Those that the path takes, if all are searched.
    pub(crate) methods: Vec<Method>,
}

impl<'a, S: ?Sized> Search<'a, S> {
    pub(crate) const fn new(method: Option<&'a Method>, segments: &'a [String]) -> Self {
        Self {
            method,
            segments,
            found: None,
            methods: Vec::new(),
        }
    }

    /// Names a route; `{name}` in its path is a parameter.
    pub(crate) fn route(&mut self, method: Method, path: &'static str, handle: Handle<S>) {
        let is_searched = self.method.is_none_or(|searched| *searched == method);
        if !is_searched || !is_at(path, self.segments) {
            return;
        }
        let wins = |found: &Route<S>| shape(path).lt(shape(found.path));
        if self.found.as_ref().is_none_or(wins) {
            self.found = Some(Route { path, handle });
        }
        if self.method.is_none() && !self.methods.contains(&method) {
            self.methods.push(method);
        }
    }
}

/// Whether a request with these segments is at a path of the spec. Each request is compared
/// with most paths, which begin alike: so from the end, and nothing is split.
pub(crate) fn is_at(path: &str, segments: &[String]) -> bool {
    let mut rest = path.as_bytes();
    for segment in segments.iter().rev() {
        let Some(before) = before(rest, segment.as_bytes()) else {
            return false;
        };
        rest = before;
    }
    rest.is_empty()
}

/// What is before the last word of a path, if that takes the segment.
fn before<'a>(path: &'a [u8], segment: &[u8]) -> Option<&'a [u8]> {
    let before = match path {
        [word @ .., b'}'] => word.get(..=word.iter().rposition(|byte| *byte == b'/')?)?,
        _ => path.strip_suffix(segment)?,
    };
    before.strip_suffix(b"/")
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
