//! A response with its header fields and the number of attempts.

use std::fmt;

use http::HeaderMap;

/// A response with its header fields and the number of attempts.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response<R> {
    /// What the response's body says.
    pub body: R,
    /// The header fields of the last response.
    pub headers: HeaderMap,
    /// How often the request was sent, retries included.
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
