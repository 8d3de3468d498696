//! Why a service does not do what was asked.

/// Why a service does not do what was asked, as its response says it.
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
