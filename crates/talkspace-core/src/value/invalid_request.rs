//! Why a request is not sent.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

/// A request that cannot be sent safely. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRequest {
    pub(crate) operation: &'static str,
    pub(crate) parameter: Option<Cow<'static, str>>,
    pub(crate) kind: InvalidRequestKind,
    /// Where a URL leads that was not allowed.
    pub(crate) host: Option<String>,
}

/// What is wrong with a parameter, or with a header field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidRequestKind {
    /// It is empty.
    Empty,
    /// It holds a control character.
    ControlCharacter,
    /// It is `.` or `..` and would be a segment of the path.
    DotSegment,
    /// The URL would be longer than 65,534 bytes.
    TooLong,
    /// It holds the character that separates it from its neighbours.
    Separator,
    /// It is not an absolute `http` or `https` URL.
    NotHttp,
    /// It leads to a host, or to a port of one, that the client was not allowed
    /// to fetch from.
    ForeignHost,
    /// It would be fetched in clear, from a host that is allowed over TLS alone.
    PlainHttp,
    /// The name of a [header field](crate::Client::with_header) is none.
    HeaderName,
    /// The value of a header field holds a control character, or begins or ends
    /// with a space (RFC 9110 §5.5).
    HeaderValue,
    /// The client or the transport writes this header field itself.
    ReservedHeader,
}

impl InvalidRequestKind {
    /// A stable name, such as `control_character`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::ControlCharacter => "control_character",
            Self::DotSegment => "dot_segment",
            Self::TooLong => "too_long",
            Self::Separator => "separator",
            Self::NotHttp => "not_http",
            Self::ForeignHost => "foreign_host",
            Self::PlainHttp => "plain_http",
            Self::HeaderName => "header_name",
            Self::HeaderValue => "header_value",
            Self::ReservedHeader => "reserved_header",
        }
    }
}

impl fmt::Display for InvalidRequestKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl InvalidRequest {
    /// The operation's name in the spec.
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        self.operation
    }

    /// The name on the wire of the parameter or of the header field, if one alone
    /// is at fault.
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        self.parameter.as_deref()
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn kind(&self) -> InvalidRequestKind {
        self.kind
    }
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parameter) = &self.parameter {
            write!(f, "`{parameter}` ")?;
        }
        if let (InvalidRequestKind::ForeignHost, Some(host)) = (self.kind, &self.host) {
            return write!(
                f,
                "leads to {host}, another host or port; allow it with `media_host` if that is meant"
            );
        }
        f.write_str(match self.kind {
            InvalidRequestKind::Empty => "must not be empty",
            InvalidRequestKind::ControlCharacter => "must not hold control characters",
            InvalidRequestKind::DotSegment => "must not be `.` or `..`, which a path cannot carry",
            InvalidRequestKind::TooLong => "the URL would be longer than 65,534 bytes",
            InvalidRequestKind::Separator => {
                "must not hold the separator of the list that it is in"
            }
            InvalidRequestKind::NotHttp => "must be an absolute http or https URL",
            InvalidRequestKind::ForeignHost => {
                "leads to another host or port; allow it with `media_host` if that is meant"
            }
            InvalidRequestKind::PlainHttp => {
                "would be fetched in clear, for anybody on the way to hear; allow it with \
                 `media_host` and `http://` before the host if that is meant"
            }
            InvalidRequestKind::HeaderName => {
                "the name of a header field must be letters, digits and hyphens, such as x-trace-id"
            }
            InvalidRequestKind::HeaderValue => {
                "must not hold control characters, nor begin or end with a space"
            }
            InvalidRequestKind::ReservedHeader => {
                "is a header field that the client or the transport writes itself; leave it out, \
                 and set `user-agent` when the client is built"
            }
        })
    }
}

impl StdError for InvalidRequest {}
