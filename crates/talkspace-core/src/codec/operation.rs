//! An operation: a typed request, its encoding and the decoding of its response.

use std::fmt;

use http::Request;

use crate::codec::raw_response::{RawResponse, ResponseError};
use crate::codec::target::Target;
use crate::operation::OperationInfo;
use crate::transport::Body;
use crate::value::InvalidRequest;

/// A request of the API, with its encoding and the decoding of its response.
///
/// Both directions are pure: they read no clock, do no I/O, and give the same
/// bytes for the same values. The generated request types implement it.
pub trait Operation: Clone + fmt::Debug + Send + Sync + 'static {
    /// What the spec says about the operation.
    const INFO: &'static OperationInfo;

    /// The response of success.
    type Response: Clone + fmt::Debug + PartialEq + Send + Sync + 'static;

    /// Encodes the request.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] when a parameter could not be sent safely.
    fn encode(&self, target: &Target) -> Result<Request<Body>, InvalidRequest>;

    /// Decodes a response to this very request: an id that comes back empty is
    /// taken from the request.
    ///
    /// # Errors
    ///
    /// [`ResponseError`] when the response has a status of failure, or is not one
    /// that this operation can have.
    fn decode(&self, raw: &RawResponse<'_>) -> Result<Self::Response, ResponseError>;

    /// What of the request must not be read in a log: phone numbers and grants.
    ///
    /// The service is known to repeat parameters in its messages, so these are
    /// taken out of the texts of a response, and out of what an
    /// [`Error`](crate::Error) keeps, as the key is.
    fn secrets(&self) -> Vec<&str> {
        Vec::new()
    }
}
