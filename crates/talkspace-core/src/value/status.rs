//! The two status codes of a response.

/// The status codes of a response: the one of HTTP, and the one inside the
/// envelope, which wins when there is one.
///
/// ```
/// use talkspace_core::Status;
///
/// let status = Status::new(200, Some(201));
/// assert_eq!(status.code(), 201);
/// assert_eq!(status.http(), 200);
/// assert!(status.is_mismatch());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
