//! What the targets share: messages as they stand in `spec/examples`, which
//! are therefore seeds, and a plain request of every operation.
//!
//! `cargo xtask fuzz` runs the targets. Beside the examples each begins with
//! what is in its folder of `corpus/`: a choice of what long runs have found.
//! An input that broke a target is left in `target/fuzz/artifacts`; it is added
//! to the corpus along with a test beside the code that is mended.

use bytes::Bytes;
use http::{Method, Request, StatusCode, Uri};
use talkspace_core::operation::{ParameterKind, ParameterLocation};
use talkspace_core::server::{Parameters, ServerOperation};

/// The application key of the examples.
pub const KEY: &str = "11111111-2222-3333-4444-555555555555";

const MAX_HEADERS: usize = 16;

/// A response, if the bytes are one: its status and its body.
#[must_use]
pub fn response(bytes: &[u8]) -> Option<(StatusCode, &[u8])> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = head.parse(bytes).ok()? else {
        return None;
    };
    let status = StatusCode::from_u16(head.code?).ok()?;
    Some((status, bytes.get(length..)?))
}

/// A request, if the bytes are one.
#[must_use]
pub fn request(bytes: &[u8]) -> Option<Request<Bytes>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = head.parse(bytes).ok()? else {
        return None;
    };
    let mut request = Request::builder()
        .method(head.method?.parse::<Method>().ok()?)
        .uri(head.path?.parse::<Uri>().ok()?);
    let mut multipart = false;
    for header in head.headers.iter() {
        multipart |= header.value.starts_with(b"multipart/");
        request = request.header(header.name, header.value);
    }
    request.body(body(bytes.get(length..)?, multipart)).ok()
}

/// A body as examples spell it: with one LF after it, and, in one of several
/// parts, LF for CRLF.
fn body(bytes: &[u8], multipart: bool) -> Bytes {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    if multipart && !bytes.contains(&b'\r') {
        let lines: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
        return lines.join(&b"\r\n"[..]).into();
    }
    Bytes::copy_from_slice(bytes)
}

/// A plain request of an operation.
///
/// # Panics
///
/// When the operation takes a parameter of a kind that is new here.
#[must_use]
pub fn sample<O: ServerOperation>() -> O {
    let form = "--b\r\nContent-Disposition: form-data; name=\"mediafile\"; \
                filename=\"a.mp3\"\r\n\r\nID3\r\n--b--\r\n";
    let mut parameters = match O::INFO.parameters.iter().any(is_file) {
        true => {
            Parameters::of(&multipart("b", Bytes::from_static(form.as_bytes()))).expect("a form")
        }
        false => Parameters::default(),
    };
    for parameter in O::INFO.parameters {
        let value = match parameter.kind {
            ParameterKind::File => continue,
            ParameterKind::AppKey => KEY,
            ParameterKind::Integer => "7",
            ParameterKind::Flag => "true",
            ParameterKind::Phone => "14151239876",
            ParameterKind::Choice([first, ..]) => first,
            ParameterKind::Url => "http://127.0.0.1/audio/1.mp3",
            _ => "eta",
        };
        parameters.push(parameter.location, parameter.name, value);
    }
    match O::from_parameters(&parameters) {
        Ok(operation) => operation,
        Err(bad) => panic!("{}: {bad}", O::INFO.id),
    }
}

fn is_file(parameter: &talkspace_core::operation::ParameterInfo) -> bool {
    parameter.kind == ParameterKind::File && parameter.location == ParameterLocation::Form
}

/// A request with a form of several parts.
///
/// # Panics
///
/// When the boundary cannot stand in a header field.
#[must_use]
pub fn multipart(boundary: &str, body: Bytes) -> Request<Bytes> {
    let content_type = format!("multipart/form-data; boundary={boundary}");
    let request = Request::post("/forklift/").header("content-type", content_type);
    match request.body(body) {
        Ok(request) => request,
        Err(error) => panic!("{boundary:?}: {error}"),
    }
}
