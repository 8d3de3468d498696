//! The lines of a recording.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;
use std::io;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::codec::{KEY, SECRET};
use crate::transport::{Delivery, FailureKind, Phase, TransportError};

/// What the first line says.
pub(super) const FORMAT: &str = "talkspace-exchanges/1";

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct First {
    pub(super) format: String,
}

/// One exchange.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    /// Counted from one, in the order in which they began.
    pub(super) number: u64,
    pub(super) attempt: u32,
    /// What the paths of its client begin with.
    pub(super) base: String,
    pub(super) request: RecordedRequest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) response: Option<RecordedResponse>,
    /// How the exchange failed: in place of the response, or in the midst of its body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<RecordedError>,
}

/// A request as a recording has it: without the key, grants and phone numbers, in whose
/// place a word in brackets stands.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The id of the operation in the spec, such as `createTalkspace`. Empty for a
    /// request of none.
    pub operation: String,
    /// The method.
    pub method: String,
    /// The path after the base URL.
    pub path: String,
    /// The parameters by their names, those in the path too. Of a file it is the length.
    pub parameters: BTreeMap<String, String>,
}

impl RecordedRequest {
    /// Whether another may be the same. What is secret is not known, and so no
    /// difference.
    pub(super) fn fits(&self, other: &Self) -> bool {
        let is_hidden = |value: &str| value.contains(KEY) || value.contains(SECRET);
        let same = |(name, value): (&String, &String)| {
            let other = other.parameters.get(name);
            other.is_some_and(|other| value == other || is_hidden(value) || is_hidden(other))
        };
        self.operation == other.operation
            && self.method == other.method
            && self.parameters.len() == other.parameters.len()
            && self.parameters.iter().all(same)
    }
}

/// In short: the operation and its parameters.
impl fmt::Display for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.operation.as_str() {
            "" => write!(f, "{} {}", self.method, self.path)?,
            operation => f.write_str(operation)?,
        }
        let shown = self.parameters.iter().filter(|(_, value)| *value != KEY);
        shown
            .into_iter()
            .try_for_each(|(name, value)| write!(f, " {name}={value:?}"))
    }
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedResponse {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    body: String,
    /// What is no text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    base64: String,
}

impl RecordedResponse {
    pub(super) const fn new(status: u16, headers: BTreeMap<String, String>) -> Self {
        Self {
            status,
            headers,
            body: String::new(),
            base64: String::new(),
        }
    }

    pub(super) fn set_body(&mut self, body: Vec<u8>) {
        match String::from_utf8(body) {
            Ok(text) => self.body = text,
            Err(other) => self.base64 = BASE64_STANDARD.encode(other.as_bytes()),
        }
    }

    pub(super) fn body(&self) -> Option<Bytes> {
        match self.base64.is_empty() {
            true => Some(self.body.clone().into()),
            false => BASE64_STANDARD.decode(&self.base64).ok().map(Bytes::from),
        }
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedError {
    kind: FailureKind,
    delivery: Delivery,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phase: Option<Phase>,
}

impl RecordedError {
    pub(super) const fn of(error: &TransportError) -> Self {
        Self {
            kind: error.kind(),
            delivery: error.delivery(),
            phase: error.phase(),
        }
    }

    pub(super) fn error(&self) -> TransportError {
        match self.phase {
            Some(phase) => TransportError::timeout(phase).with_delivery(self.delivery),
            None => TransportError::new(self.kind, self.delivery),
        }
    }
}

/// Why a recording cannot be read.
#[derive(Debug)]
pub struct InvalidRecording {
    line: u64,
    why: String,
    source: Option<io::Error>,
}

impl InvalidRecording {
    pub(super) fn new(line: usize, why: impl Into<String>) -> Self {
        let (line, why) = (line as u64 + 1, why.into());
        Self {
            line,
            why,
            source: None,
        }
    }

    /// The line that is wrong, counted from one.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.line
    }
}

impl From<io::Error> for InvalidRecording {
    fn from(error: io::Error) -> Self {
        Self {
            source: Some(error),
            ..Self::new(0, "it cannot be read")
        }
    }
}

impl fmt::Display for InvalidRecording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the recording: {}", self.line, self.why)
    }
}

impl StdError for InvalidRecording {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
