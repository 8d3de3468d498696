//! A response with what came around it.

use std::fmt;

use http::HeaderMap;

/// A response, and how it came.
#[derive(Clone)]
#[non_exhaustive]
pub struct Reply<R> {
    /// What the service answered.
    pub response: R,
    /// The headers of the answer.
    pub headers: HeaderMap,
    /// How many exchanges it took, retries included.
    pub attempts: u32,
}

impl<R: fmt::Debug> fmt::Debug for Reply<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A server may repeat anything in a header.
        f.debug_struct("Reply")
            .field("response", &self.response)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
