//! A response before it is decoded, and the steps of decoding it.

use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::codec::json::{self, Document, Envelope};
use crate::codec::media_file::begins_like_mp3;
use crate::codec::redact::Redactor;
use crate::codec::text::Text;
use crate::value::Status;

#[cfg(test)]
mod tests;

/// Whether a response's body has a content coding (RFC 9110 §8.4). No request
/// accepts one and nothing here undoes any, so such a body is not even read: a
/// little of it can stand for a lot.
pub(crate) fn is_coded(status: StatusCode, headers: &HeaderMap) -> bool {
    status != StatusCode::NO_CONTENT
        // Of the few that a head has, comparing them all is cheaper than a look-up.
        && headers
            .iter()
            .any(|(name, value)| *name == CONTENT_ENCODING && has_coding(value))
}

fn has_coding(value: &HeaderValue) -> bool {
    value
        .as_bytes()
        .split(|byte| *byte == b',')
        .map(<[u8]>::trim_ascii)
        .any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"))
}

/// Whether a success carries the whole of a file. A 206 has a part, which no
/// request asks for, and a 204 has nothing (RFC 9110 §15.3).
pub(crate) const fn is_whole(status: StatusCode) -> bool {
    matches!(status.as_u16(), 200 | 203)
}

/// The response of one exchange, before an operation decodes it. Its `Debug`
/// shows nothing of the body.
#[derive(Clone, Copy)]
pub struct RawResponse<'a> {
    status: StatusCode,
    body: &'a [u8],
    accepted: &'a [u16],
    redactor: Option<&'a Redactor<'a>>,
}

impl fmt::Debug for RawResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl<'a> RawResponse<'a> {
    /// A response with this status code and body.
    #[must_use]
    pub const fn new(status: StatusCode, body: &'a [u8]) -> Self {
        Self {
            status,
            body,
            accepted: &[],
            redactor: None,
        }
    }

    /// Keeps secrets out of its texts.
    pub(crate) const fn redacted_by(mut self, redactor: &'a Redactor<'a>) -> Self {
        self.redactor = Some(redactor);
        self
    }

    /// Treats further status codes as success: those that mean "already so" when
    /// the request may have arrived before.
    #[must_use]
    pub const fn accepting(mut self, statuses: &'a [u16]) -> Self {
        self.accepted = statuses;
        self
    }

    /// The response inside the envelope that the operation expects. Statuses in
    /// `values` are what was asked for, even if they look like failures.
    ///
    /// The status in the envelope wins over that of the HTTP line, since the
    /// service is known to have put the true one there.
    pub(crate) fn envelope<T: Envelope>(
        &self,
        values: &[u16],
    ) -> Result<(Status, T), ResponseError> {
        let bare = self.status();
        let document = if self.body.is_empty() {
            // A true 204 has no body, and neither have some gateways' errors.
            if bare.code() == 204 || self.accepted.contains(&bare.code()) {
                return Ok((bare, T::default()));
            }
            Err("the body is empty".to_owned())
        } else {
            json::read(self.body).map_err(|error| describe(&error))
        };
        match document {
            Ok(Document::Expected(envelope)) => {
                let mut envelope: T = envelope;
                self.redact(&mut envelope);
                let status = Status::new(self.status.as_u16(), envelope.status());
                if self.accepts(status, values) {
                    Ok((status, envelope))
                } else {
                    Err(ResponseError::failed(status, envelope.message()))
                }
            }
            Ok(Document::Error(mut error)) => {
                if let Some(redactor) = self.redactor {
                    redactor.text(&mut error.message);
                }
                let status = Status::new(self.status.as_u16(), error.status.0);
                if status.is_success() {
                    let reason = "an error envelope with a status of success".to_owned();
                    Err(ResponseError::Decode { status, reason })
                } else {
                    Err(ResponseError::failed(status, error.message.as_str()))
                }
            }
            // Not this operation's envelope: only the HTTP line says anything.
            Ok(Document::Other) if bare.is_success() => Err(ResponseError::Decode {
                status: bare,
                reason: format!("the key `{}` is missing", T::NAME),
            }),
            Err(reason) if bare.is_success() => Err(ResponseError::Decode {
                status: bare,
                reason,
            }),
            // "Already so" may come as a page. A value that looks like a
            // failure may not: a gateway's 404 says nothing of a person.
            Ok(Document::Other) | Err(_) if self.accepted.contains(&bare.code()) => {
                Ok((bare, T::default()))
            }
            Ok(Document::Other) | Err(_) => Err(ResponseError::failed(bare, "")),
        }
    }

    /// Takes secrets out of the texts: those of the request, and those that the
    /// response itself has in a field of their own.
    fn redact<T: Envelope>(&self, envelope: &mut T) {
        let Some(redactor) = self.redactor else {
            return;
        };
        envelope.redact(redactor);
        let secrets = envelope.secrets();
        if !secrets.is_empty() {
            let own = Redactor::new(None, &secrets);
            envelope.redact(&own);
        }
    }

    /// The status of a success, whatever the body.
    pub(crate) fn success(&self) -> Result<Status, ResponseError> {
        let status = self.status();
        match self.accepts(status, &[]) {
            true => Ok(status),
            false => Err(ResponseError::failed(status, "")),
        }
    }

    /// The body as plain text.
    pub(crate) fn text(&self) -> Result<(Status, String), ResponseError> {
        let status = self.success()?;
        let reason = match std::str::from_utf8(self.body).map(str::trim) {
            Ok("") => "the body is empty",
            // A proxy that wants a login responds with 200 too. The type in the head
            // tells less: it is not known what the service put there.
            Ok(text) if text.starts_with(['<', '{', '[']) || text.contains(char::is_control) => {
                "the body is a page or a document, not a value"
            }
            Ok(text) => {
                let mut text = Text(text.to_owned());
                if let Some(redactor) = self.redactor {
                    redactor.id(&mut text);
                }
                return Ok((status, text.0));
            }
            Err(_) => "the body is not UTF-8",
        };
        let reason = reason.to_owned();
        Err(ResponseError::Decode { status, reason })
    }

    /// The body as plain text that is a whole URL of `http` or `https`.
    pub(crate) fn url(&self) -> Result<(Status, String), ResponseError> {
        let (status, text) = self.text()?;
        // As the service makes it up: what else is in it is for the request that it is of.
        let is_url = text.split_once("://").is_some_and(|(scheme, rest)| {
            let schemes = ["http", "https"];
            schemes.iter().any(|one| scheme.eq_ignore_ascii_case(one)) && !rest.is_empty()
        });
        match is_url && !text.contains(char::is_whitespace) {
            true => Ok((status, text)),
            false => Err(ResponseError::Decode {
                status,
                reason: "the body is not a URL".to_owned(),
            }),
        }
    }

    /// The body as it is: an MP3 file, which is all that the service stores.
    pub(crate) fn bytes(&self) -> Result<(Status, Bytes), ResponseError> {
        let status = self.status();
        let reason = match is_whole(self.status) {
            true if begins_like_mp3(self.body) => {
                return Ok((status, Bytes::copy_from_slice(self.body)));
            }
            true if self.body.is_empty() => "the body is empty",
            // The page of a proxy that wants a login comes with 200 too.
            true => "the body is not an MP3 file",
            false if status.is_success() => "this status does not stand for a whole file",
            false => return Err(ResponseError::failed(status, "")),
        };
        let reason = reason.to_owned();
        Err(ResponseError::Decode { status, reason })
    }

    /// The error of a success whose body is [coded](is_coded).
    pub(crate) fn coded(&self) -> ResponseError {
        ResponseError::Decode {
            status: self.status(),
            reason: "the body has a content coding".to_owned(),
        }
    }

    const fn status(&self) -> Status {
        Status::new(self.status.as_u16(), None)
    }

    fn accepts(&self, status: Status, values: &[u16]) -> bool {
        status.is_success()
            || values.contains(&status.code())
            || self.accepted.contains(&status.code())
    }

    /// An identifier that the response must have, or that the request knows.
    pub(crate) fn id<T: From<String> + Clone>(
        &self,
        field: &'static str,
        text: Text,
        known: Option<&T>,
    ) -> Result<T, ResponseError> {
        match known {
            _ if !text.0.is_empty() => Ok(T::from(text.0)),
            Some(known) => Ok(known.clone()),
            None => Err(ResponseError::Decode {
                status: self.status(),
                reason: format!("`{field}` is missing or empty"),
            }),
        }
    }
}

/// The place and the class of a JSON error, without the text around it.
fn describe(error: &serde_json::Error) -> String {
    format!(
        "not the expected JSON at line {}, column {}: {}",
        error.line(),
        error.column(),
        match error.classify() {
            serde_json::error::Category::Eof => "it ends too early",
            serde_json::error::Category::Syntax => "the syntax is wrong",
            serde_json::error::Category::Data => "a value has another shape",
            serde_json::error::Category::Io => "it could not be read",
        }
    )
}

/// Why a response is no success. Its `Debug` does not show the message, which
/// may repeat what was sent; an [`Error`](crate::Error) takes that out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseError {
    /// A status of failure, of the service or of a gateway before it.
    #[non_exhaustive]
    Status {
        /// Both statuses. The envelope's is there only if the service itself responded.
        status: Status,
        /// The service's message; for people, never to branch on.
        message: String,
    },
    /// A status of success, but the body could not be decoded.
    #[non_exhaustive]
    Decode {
        /// Both statuses.
        status: Status,
        /// What was wrong with the body; it repeats nothing of it.
        reason: String,
    },
}

impl fmt::Debug for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, status) = match self {
            Self::Status { status, .. } => ("Status", status),
            Self::Decode { status, .. } => ("Decode", status),
        };
        f.debug_struct(name)
            .field("status", status)
            .finish_non_exhaustive()
    }
}

impl ResponseError {
    fn failed(status: Status, message: &str) -> Self {
        Self::Status {
            status,
            message: message.to_owned(),
        }
    }

    /// Both statuses of the response.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::Status { status, .. } | Self::Decode { status, .. } => *status,
        }
    }
}
