//! Why a request is not sent.

use std::error::Error as StdError;
use std::fmt;

/// A request that cannot be sent safely. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidRequest {
    pub(crate) operation: &'static str,
    pub(crate) parameter: Option<&'static str>,
    pub(crate) problem: Problem,
}

/// What is wrong with a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
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
    pub const fn problem(&self) -> Problem {
        self.problem
    }
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parameter) = self.parameter {
            write!(f, "`{parameter}` ")?;
        }
        f.write_str(match self.problem {
            Problem::Empty => "must not be empty",
            Problem::ControlCharacter => "must not hold control characters",
            Problem::DotSegment => "must not be `.` or `..`, which a path cannot carry",
            Problem::TooLong => "the URL would be longer than 65,534 bytes",
            Problem::Separator => "must not hold the separator of the list that it is in",
            Problem::NotHttp => "must be an absolute http or https URL",
            Problem::ForeignHost => {
                "leads to another host or port; allow it with `media_host` if that is meant"
            }
            Problem::PlainHttp => {
                "would be fetched in clear, for anybody on the way to hear; allow it with \
                 `media_host` and `http://` before the host if that is meant"
            }
        })
    }
}

impl StdError for InvalidRequest {}
