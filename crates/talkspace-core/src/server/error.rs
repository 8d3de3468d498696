//! The error of a service.

/// Why a service does not apply a request: the status and the message of its
/// error response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceError {
    /// The status, on the HTTP line and in the envelope.
    pub status: u16,
    /// The message for people.
    pub message: String,
}

impl ServiceError {
    /// An error with this status and message.
    pub fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    /// The operation is in the spec, but this service does not have it.
    #[must_use]
    pub fn not_implemented() -> Self {
        Self::new(501, "Not implemented")
    }
}
