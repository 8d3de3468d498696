//! A response with what came around it.

use http::HeaderMap;

/// A response, and how it came.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply<R> {
    /// What the service answered.
    pub response: R,
    /// The headers of the answer.
    pub headers: HeaderMap,
    /// How many exchanges it took, retries included.
    pub attempts: u32,
}
