#![doc = include_str!("../README.md")]
//!
//! (The text above is the README: its examples are this package's documentation
//! tests. The last is compiled only, since `conformance_blocking.rs` runs it.
//! What follows is what the tests share.)

pub mod laws;
pub mod software;

/// The examples of the core's manual, which need the other crates to run.
#[cfg(doctest)]
#[doc = include_str!("../crates/talkspace-core/src/manual/howto.md")]
mod howto {}

/// The same of what is seen in production.
#[cfg(doctest)]
#[doc = include_str!("../crates/talkspace-core/src/manual/observing.md")]
mod observing {}

use std::env;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use http::{Request, Response};
use talkspace_core::operation::{OperationInfo, ParameterLocation};
use talkspace_core::server::{Parameters, ServiceError};

/// The checkout that the tests are run in, which need not be the one that they
/// were built in: the one that cargo names, or that of the current folder.
#[must_use]
pub fn root() -> PathBuf {
    let start = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let start = start
        .or_else(|| env::current_dir().ok())
        .unwrap_or_default();
    let mut folders = start.ancestors();
    let root = folders.find(|folder| folder.join("spec/examples").is_dir());
    root.map(Path::to_owned).unwrap_or(start)
}

/// The folder of an operation's examples.
#[must_use]
pub fn examples_of(operation: &OperationInfo) -> PathBuf {
    root().join("spec/examples").join(operation.id)
}

/// A message as it stands in an example: its first line, its headers, its body.
#[derive(Debug)]
pub struct Message {
    first: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Message {
    /// Reads an example: LF line ends, and one LF at the end that is not part
    /// of the body. `None` if it is not a message.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\n\n")?;
        let mut lines = head.lines();
        let first = lines.next()?.to_owned();
        let headers = lines
            .map(|line| line.split_once(": "))
            .map(|header| header.map(|(name, value)| (name.to_owned(), value.to_owned())))
            .collect::<Option<_>>()?;
        Some(Self {
            first,
            headers,
            body: body.strip_suffix('\n').unwrap_or(body).to_owned(),
        })
    }

    /// The message as a request. `None` if it is none.
    #[must_use]
    pub fn request(&self) -> Option<Request<Bytes>> {
        let mut words = self.first.split(' ');
        let mut request = Request::builder().method(words.next()?).uri(words.next()?);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(self.bytes()).ok()
    }

    /// The body; in one of several parts, LF stands for CRLF.
    fn bytes(&self) -> Bytes {
        let mut headers = self.headers.iter();
        if headers.any(|(_, value)| value.starts_with("multipart/")) {
            self.body.replace('\n', "\r\n").into()
        } else {
            self.body.clone().into()
        }
    }

    /// The message as a response. `None` if it is none.
    #[must_use]
    pub fn response(&self) -> Option<Response<Bytes>> {
        let mut response = Response::builder().status(self.first.split(' ').nth(1)?);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        response.body(self.bytes()).ok()
    }
}

/// The base URL of the examples.
pub const BASE_URL: &str = "http://127.0.0.1:8080";

/// The parameters of a request to `operation`, those in its path included; or
/// the whole URL, if the operation goes to one.
///
/// # Errors
///
/// The error response of the server to the request, if there is one.
pub fn parameters_of(
    operation: &OperationInfo,
    request: &Request<Bytes>,
) -> Result<Parameters, ServiceError> {
    let mut parameters = Parameters::of(request)?;
    let mut infos = operation.parameters.iter();
    if let Some(url) = infos.find(|info| info.location == ParameterLocation::Url) {
        let whole = format!("{BASE_URL}{}", request.uri().path());
        parameters.push(ParameterLocation::Url, url.name, whole);
        return Ok(parameters);
    }
    let template = operation.path.split('/');
    for (name, value) in template.zip(request.uri().path().split('/')) {
        let name = name
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'));
        if let Some(name) = name {
            let value = form_urlencoded_segment(value);
            parameters.push(ParameterLocation::Path, name, value);
        }
    }
    Ok(parameters)
}

/// Decodes a segment of a path with the decoder of forms. A `+` in a segment
/// means itself, so it is escaped first.
fn form_urlencoded_segment(segment: &str) -> String {
    let escaped = segment.replace('+', "%2B");
    form_urlencoded::parse(escaped.as_bytes())
        .map(|(name, _)| name.into_owned())
        .collect()
}
