//! Answers and refusals, written as the service wrote them.

use super::{BadParameter, Parameters, ServerOperation, segments};
use crate::app_key::AppKey;
use crate::generated::{OperationVisitor, visit_operations};
use crate::operation::Place;
use crate::wire::Envelope;
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const MP3: HeaderValue = HeaderValue::from_static("audio/mpeg");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Why a service does not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status, on the HTTP line and in the envelope.
    pub status: u16,
    /// The message for people.
    pub message: String,
}

impl Refusal {
    /// A refusal with this status and message.
    pub fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    /// The operation is in the spec, but this service does not have it.
    #[must_use]
    pub fn not_implemented() -> Self {
        Self::new(501, "Not implemented")
    }
}

impl From<BadParameter> for Refusal {
    fn from(bad: BadParameter) -> Self {
        Self::new(400, bad.to_string())
    }
}

/// Decodes a request, has it handled, and encodes what came of it.
pub(crate) fn answer<O: ServerOperation>(
    parameters: &Parameters,
    handle: impl FnOnce(O) -> Result<O::Response, Refusal>,
) -> Response<Bytes> {
    let outcome = O::from_parameters(parameters)
        .map_err(Refusal::from)
        .and_then(handle);
    match outcome {
        Ok(response) => O::encode_response(&response),
        Err(refusal) => O::encode_refusal(&refusal),
    }
}

/// The same for an operation that takes the application key. Who asks is
/// looked at before what is asked.
pub(crate) fn answer_with_key<O: ServerOperation>(
    parameters: &Parameters,
    place: Place,
    name: &'static str,
    handle: impl FnOnce(&AppKey, O) -> Result<O::Response, Refusal>,
) -> Response<Bytes> {
    match parameters.app_key(place, name) {
        Ok(app_key) => answer(parameters, |request| handle(&app_key, request)),
        Err(bad) => O::encode_refusal(&bad.into()),
    }
}

/// An answer in its envelope.
pub(crate) fn enveloped<T: Envelope>(status: u16, fields: &T) -> Response<Bytes> {
    if status == StatusCode::NO_CONTENT.as_u16() {
        return bare(status);
    }
    // The fields are text, numbers and lists of them: writing those cannot fail.
    let fields = serde_json::to_string(fields).unwrap_or_default();
    let json = format!("{{\"{}\":{fields}}}", T::NAME);
    // The service escaped every slash. In JSON a slash stands only in text.
    respond(status, JSON, json.replace('/', "\\/"))
}

/// A refusal in an operation's own envelope: what is absent is empty.
pub(crate) fn refused<T: Envelope>(refusal: &Refusal) -> Response<Bytes> {
    let mut fields = T::default();
    fields.set_head(refusal.status, refusal.message.clone());
    enveloped(refusal.status, &fields)
}

/// An answer of plain text.
pub(crate) fn plain(status: u16, text: impl Into<String>) -> Response<Bytes> {
    respond(status, TEXT, text.into())
}

/// An answer that is a sound.
pub(crate) fn mp3(status: u16, content: Bytes) -> Response<Bytes> {
    respond(status, MP3, content)
}

/// An answer without content.
pub(crate) fn bare(status: u16) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status_code(status);
    response
}

/// Refuses a request of which only the head was looked at: in the envelope of
/// the operation that it is for, or as plain text where there is none.
///
/// ```
/// use http::Method;
/// use talkspace_core::server::{Refusal, refuse};
///
/// let refusal = Refusal::new(503, "Too much at once");
/// let response = refuse(&Method::POST, "/api/rest/media", &refusal);
/// assert!(response.body().starts_with(b"{\"MediaResponse\":{\"message\":\"Too much at once\""));
/// assert_eq!(refuse(&Method::POST, "/forklift", &refusal).body(), "Too much at once\n");
/// ```
#[must_use]
pub fn refuse(method: &Method, path: &str, refusal: &Refusal) -> Response<Bytes> {
    let mut search = Search {
        method,
        segments: segments(path),
        found: None,
    };
    visit_operations(&mut search);
    match search.found {
        Some((_, encode)) => encode(refusal),
        None => plain(refusal.status, format!("{}\n", refusal.message)),
    }
}

/// Looks for an operation with an envelope at a path, if possible with this method.
struct Search<'a> {
    method: &'a Method,
    segments: Vec<String>,
    /// Whether it has the method, and how it refuses.
    found: Option<(bool, Encode)>,
}

type Encode = fn(&Refusal) -> Response<Bytes>;

impl OperationVisitor for Search<'_> {
    fn visit<O: ServerOperation>(&mut self) {
        let template = O::INFO.path.split('/').filter(|word| !word.is_empty());
        let is_here = template.clone().count() == self.segments.len()
            && template
                .zip(&self.segments)
                .all(|(word, segment)| word.starts_with('{') || word == segment);
        if O::INFO.envelope.is_none() || !is_here {
            return;
        }
        let has_method = O::INFO.method == self.method;
        if self
            .found
            .is_none_or(|(had_method, _)| has_method && !had_method)
        {
            self.found = Some((has_method, O::encode_refusal));
        }
    }
}

/// What a path that the spec does not know is answered.
#[must_use]
pub fn no_such_path() -> Response<Bytes> {
    plain(404, "There is nothing at this path.\n")
}

/// What a method that the spec does not know is answered.
#[must_use]
pub fn method_not_allowed(allowed: &'static str) -> Response<Bytes> {
    let mut response = plain(405, "This path does not take that method.\n");
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

fn respond(status: u16, content_type: HeaderValue, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status_code(status);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// A service that refuses with no known status has broken.
fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
