//! Response → wire → the client's decode.

use std::str;

use bytes::Bytes;
use http::{Response, StatusCode};
use proptest::collection::vec;
use proptest::prelude::{
    BoxedStrategy, Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof,
};
use proptest::sample::select;
use proptest::test_runner::{TestCaseError, TestCaseResult};
use talkspace_core::Status;
use talkspace_core::codec::{RawResponse, ResponseError};
use talkspace_core::server::{ServerOperation, ServiceError};

use super::documents::{Document, documents, has_body};
use super::requests::{typed, values};
use super::texts::{any_text, sendable, success};
use super::{holds, must};

/// A response that an operation may get.
#[derive(Clone, Debug)]
enum Case {
    Enveloped(Document),
    /// Text or a sound, as it is.
    Bare(u16, Vec<u8>),
    /// No content, and a status that says so.
    Empty(u16),
}

fn cases<O: ServerOperation>() -> BoxedStrategy<Case> {
    let info = O::INFO;
    if info.success == [204] {
        return Just(Case::Empty(204)).boxed();
    }
    let cases = match info.envelope {
        Some(envelope) => documents::<O>(envelope).prop_map(Case::Enveloped).boxed(),
        None => {
            let usual = match info.id {
                "uploadMedia" => "http://a\\.example/[a-z0-9/.]{0,40}"
                    .prop_map(String::into_bytes)
                    .boxed(),
                "downloadMedia" => vec(any::<u8>(), 0..64)
                    .prop_map(|rest| [b"ID3", &rest[..]].concat())
                    .boxed(),
                _ => sendable().prop_map(String::into_bytes).boxed(),
            };
            let content = prop_oneof![
                6 => usual,
                1 => any_text().prop_map(String::into_bytes),
                1 => vec(any::<u8>(), 0..64),
            ];
            let status = success(info.success).prop_filter("no body", |it| has_body(*it));
            (status, content)
                .prop_map(|(status, content)| Case::Bare(status, content))
                .boxed()
        }
    };
    prop_oneof![
        19 => cases,
        1 => Just(Case::Empty(204)),
    ]
    .boxed()
}

pub(super) fn law<O: ServerOperation>() -> Result<(), String> {
    holds((values(O::INFO), cases::<O>()), |(values, case)| {
        check::<O>(&typed(&values), &case)
    })
}

fn check<O: ServerOperation>(request: &O, case: &Case) -> TestCaseResult {
    let read = |line: u16, body: &[u8]| {
        let line = StatusCode::from_u16(line).unwrap();
        request.decode(&RawResponse::new(line, body).accepting(O::INFO.already))
    };
    let (line, body) = match case {
        Case::Enveloped(document) => (document.line, document.body.as_bytes()),
        Case::Bare(line, body) => (*line, &**body),
        Case::Empty(line) => (*line, &[][..]),
    };
    let response = match read(line, body) {
        // A part of a file, or nothing of it, is not the file.
        Err(ResponseError::Decode { reason, .. }) if reason == NOT_THE_FILE => {
            prop_assert!(![200, 203].contains(&line), "{line} carries a whole file");
            return Ok(());
        }
        read => read.map_err(no_response)?,
    };
    let written = O::encode_response(&response);
    prop_assert_eq!(written.status().as_u16(), line);
    let again = must("decode", read(line, written.body()))?;
    match case {
        Case::Enveloped(document) => {
            // Without a status inside there is nothing to keep: a server writes one.
            let whole = must("decode", read(line, document.whole.as_bytes()))?;
            prop_assert_eq!(&again, &whole);
            if document.body == document.whole {
                prop_assert_eq!(&again, &response);
            }
            assert_holds(&written, document)?;
        }
        Case::Bare(_, body) => {
            prop_assert_eq!(&again, &response);
            let text = str::from_utf8(body).map_or(&[][..], |text| text.trim().as_bytes());
            prop_assert!(*written.body() == body || *written.body() == text);
        }
        Case::Empty(_) => {
            prop_assert_eq!(&again, &response);
            prop_assert!(written.body().is_empty());
        }
    }
    let twice = O::encode_response(&again);
    prop_assert_eq!(twice.status(), written.status());
    prop_assert_eq!(twice.body(), written.body());
    Ok(())
}

/// Both sides could agree to lose something.
fn assert_holds(written: &Response<Bytes>, document: &Document) -> TestCaseResult {
    let body = must("body", str::from_utf8(written.body()))?;
    for field in &document.written {
        let is_there = field.iter().any(|one| body.contains(one));
        prop_assert!(is_there, "{:?} is not in {}", field, body);
    }
    Ok(())
}

/// There is no response without an id that the request does not know, nor one
/// of text that is no value, or of a file that is no MP3. Nothing else may be in the way.
/// The error for a success whose status speaks of a part, or of nothing.
const NOT_THE_FILE: &str = "this status does not stand for a whole file";

fn no_response(rejection: ResponseError) -> TestCaseError {
    match &rejection {
        ResponseError::Decode { reason, .. }
            if reason.ends_with("is missing or empty")
                || [
                    "the body is not UTF-8",
                    "the body is empty",
                    "the body is a page or a document, not a value",
                    "the body is not a URL",
                    "the body is not an MP3 file",
                ]
                .contains(&reason.as_str()) =>
        {
            TestCaseError::reject("no response")
        }
        _ => TestCaseError::fail(format!("{rejection:?}")),
    }
}

/// An error comes with its status and, in an envelope, with its message.
pub(super) fn errors<O: ServerOperation>() -> Result<(), String> {
    let info = O::INFO;
    let is_error = move |status: &u16| !info.outcomes.contains(status) && has_body(*status);
    let documented: Vec<_> = info.errors.iter().copied().filter(is_error).collect();
    let other = (300..=599_u16).prop_filter("no error", is_error);
    let statuses = if documented.is_empty() {
        other.boxed()
    } else {
        prop_oneof![select(documented), other].boxed()
    };
    let values = (values(info), statuses, any_text());
    holds(values, |(values, status, message)| {
        let written = O::encode_error(&ServiceError::new(status, &*message));
        prop_assert_eq!(written.status().as_u16(), status);
        let response = RawResponse::new(written.status(), written.body());
        let (inside, expected) = match info.envelope {
            Some(_) => (Some(status), message),
            None => (None, String::new()),
        };
        match typed::<O>(&values).decode(&response) {
            Err(ResponseError::Status {
                status: both,
                message,
                ..
            }) => {
                prop_assert_eq!(both, Status::new(status, inside));
                prop_assert_eq!(message, expected);
                Ok(())
            }
            other => Err(TestCaseError::fail(format!("{other:?}"))),
        }
    })
}
