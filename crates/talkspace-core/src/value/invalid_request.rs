//! Why a request is not sent.

use std::error::Error as StdError;
use std::fmt;

/// A request that cannot be sent safely. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidRequest {
    pub(crate) operation: &'static str,
    pub(crate) parameter: Option<&'static str>,
    pub(crate) kind: InvalidRequestKind,
}

/// What is wrong with a parameter.
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

    /// The parameter's name on the wire, if one alone is at fault.
    #[must_use]
    pub const fn parameter(&self) -> Option<&'static str> {
        self.parameter
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn kind(&self) -> InvalidRequestKind {
        self.kind
    }
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parameter) = self.parameter {
            write!(f, "`{parameter}` ")?;
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
        })
    }
}

impl StdError for InvalidRequest {}
