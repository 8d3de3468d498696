//! The two status codes of a response.

use std::fmt;

use http::StatusCode;
use http::status::InvalidStatusCode;

/// The status codes of a response: the one of HTTP, and the one inside the
/// envelope, which wins when there is one.
///
/// `Display` shows the [code](Self::code) that counts, which is also what a
/// comparison with a number looks at.
///
/// ```
/// use talkspace_core::Status;
///
/// let status = Status::new(200, Some(201));
/// assert_eq!(status.code(), 201);
/// assert_eq!(status.http(), 200);
/// assert!(status.is_mismatch());
///
/// assert!(status == 201);
/// assert_eq!(status.to_string(), "201");
/// assert_eq!(http::StatusCode::try_from(status)?, http::StatusCode::CREATED);
/// # Ok::<(), http::status::InvalidStatusCode>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Status {
    http: u16,
    envelope: Option<u16>,
}

impl Status {
    /// A status from both places.
    #[must_use]
    pub const fn new(http: u16, envelope: Option<u16>) -> Self {
        Self { http, envelope }
    }

    /// The status that counts: the envelope's, or else that of the HTTP line.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self.envelope {
            Some(code) => code,
            None => self.http,
        }
    }

    /// The status of the HTTP line.
    #[must_use]
    pub const fn http(self) -> u16 {
        self.http
    }

    /// The status inside the envelope, if the response has one.
    #[must_use]
    pub const fn envelope(self) -> Option<u16> {
        self.envelope
    }

    /// Whether the two differ.
    #[must_use]
    pub const fn is_mismatch(self) -> bool {
        self.code() != self.http
    }

    /// Whether the status that counts is a 2xx, known or not.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self.code(), 200..=299)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code().fmt(f)
    }
}

/// Looks at the code that counts. There is no other direction: two that differ
/// on the HTTP line would then be equal to one number, and not to each other.
impl PartialEq<u16> for Status {
    fn eq(&self, code: &u16) -> bool {
        self.code() == *code
    }
}

/// The status of a response without an envelope.
impl From<StatusCode> for Status {
    fn from(code: StatusCode) -> Self {
        Self::new(code.as_u16(), None)
    }
}

/// The code that counts. It is none when an envelope holds a number that HTTP
/// does not have, such as 0.
impl TryFrom<Status> for StatusCode {
    type Error = InvalidStatusCode;

    fn try_from(status: Status) -> Result<Self, Self::Error> {
        Self::from_u16(status.code())
    }
}
