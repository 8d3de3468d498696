//! What is told of a request once it is responded to.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use http::{HeaderMap, Method};
use talkspace_core::OPERATIONS;
use talkspace_core::observe::RequestId;
use talkspace_core::server::segments;

use crate::methods;
use crate::requests::{Secrets, fits, known_path};

#[cfg(test)]
mod tests;

/// The header field in which a request says its id.
const REQUEST_ID: &str = "x-request-id";

/// Is told of each request.
pub(crate) type Log = Arc<dyn Fn(&Served) + Send + Sync>;

/// A request that a [`Server`](crate::Server) has responded to, as a log may have
/// it: no id of a person, no phone number and no key can be in it. Its `Display`
/// is one line.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Served {
    /// The method that came, or `-` if no operation has this path and method. Every
    /// path has OPTIONS.
    pub method: &'static str,
    /// The path as the spec has it, with parameters in braces, or `-`.
    pub path: &'static str,
    /// The status code of the response's HTTP line.
    pub status: u16,
    /// How long it took, from its head to its response.
    pub took: Duration,
    /// The id in its `x-request-id`, if it is one that a client of
    /// `talkspace-core` makes.
    pub request_id: Option<RequestId>,
}

impl Served {
    pub(crate) fn new(head: &Parts, status: u16, took: Duration, secrets: &Secrets) -> Self {
        let (method, path) = shown(head).unwrap_or(("-", "-"));
        Self {
            method,
            path,
            status,
            took,
            request_id: request_id(&head.headers).and_then(|id| secrets.other(id)),
        }
    }
}

/// The method and the path, if there is an operation that has them.
fn shown(head: &Parts) -> Option<(&'static str, &'static str)> {
    if head.method == Method::OPTIONS {
        return Some(("OPTIONS", known_path(head.uri.path())?));
    }
    let path = segments(head.uri.path());
    let method = methods::applied(&head.method);
    let mut operations = OPERATIONS.iter();
    let found = operations.find(|info| info.method == *method && fits(info.path, &path))?;
    let shown = match head.method {
        Method::HEAD => "HEAD",
        _ => found.method.as_str(),
    };
    Some((shown, found.path))
}

pub(crate) fn request_id(headers: &HeaderMap) -> Option<RequestId> {
    headers.get(REQUEST_ID)?.to_str().ok()?.parse().ok()
}

impl fmt::Display for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            method,
            path,
            status,
            took,
            request_id,
        } = self;
        write!(f, "{method} {path} {status} in {took:.1?}")?;
        match request_id {
            Some(id) => write!(f, ", request id {id}"),
            None => Ok(()),
        }
    }
}
