//! A response with what came around it.

use std::fmt;

use http::HeaderMap;

/// A response, and how it came.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response<R> {
    /// What the response says.
    pub body: R,
    /// The header fields of the last response.
    pub headers: HeaderMap,
    /// How many exchanges it took, retries included.
    pub attempts: u32,
}

impl<R: fmt::Debug> fmt::Debug for Response<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A server may repeat anything in a header field.
        f.debug_struct("Response")
            .field("body", &self.body)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
