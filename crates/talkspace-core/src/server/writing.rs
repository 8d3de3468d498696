//! Responses and errors, written as the service wrote them.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

use crate::codec::Envelope;
use crate::server::error::ServiceError;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const MP3: HeaderValue = HeaderValue::from_static("audio/mpeg");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// A response in its envelope.
pub(crate) fn enveloped<T: Envelope>(status: u16, fields: &T) -> Response<Bytes> {
    if status == StatusCode::NO_CONTENT.as_u16() {
        return bare(status);
    }
    // The fields are text, numbers and lists of them: writing those cannot fail.
    let fields = serde_json::to_string(fields).unwrap_or_default();
    let json = format!("{{\"{}\":{fields}}}", T::NAME);
    // The service escaped every slash. In JSON a slash stands only in text.
    with_body(status, JSON, json.replace('/', "\\/"))
}

/// An error in an operation's own envelope: what is absent is empty.
pub(crate) fn failed<T: Envelope>(error: &ServiceError) -> Response<Bytes> {
    let mut fields = T::default();
    fields.set_head(error.status, error.message.clone());
    enveloped(error.status, &fields)
}

/// A response of plain text.
pub(crate) fn plain(status: u16, text: impl Into<String>) -> Response<Bytes> {
    with_body(status, TEXT, text.into())
}

/// A response that is a sound.
pub(crate) fn mp3(status: u16, content: Bytes) -> Response<Bytes> {
    with_body(status, MP3, content)
}

/// A response without content.
pub(crate) fn bare(status: u16) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status_code(status);
    response
}

fn with_body(status: u16, content_type: HeaderValue, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status_code(status);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// A service that gives no known status has broken.
fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
