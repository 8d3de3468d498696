//! The other direction: requests decoded, answers encoded.
//!
//! A server implements [`Service`](crate::Service), one method per
//! operation, and hands requests to [`dispatch`](crate::dispatch).
//! Both come from the spec, so a server and the clients cannot drift apart.

mod answering;
mod multipart;
mod parameters;
mod reading;

pub use answering::{Refusal, method_not_allowed, no_such_path, refuse};
pub(crate) use answering::{answer, answer_with_key, bare, enveloped, mp3, plain, refused};
pub(crate) use parameters::FromWire;
pub use parameters::{BadParameter, Parameters, segment, segments};
pub use reading::Reading;

use bytes::Bytes;
use http::Response;

use crate::operation::Operation;

#[cfg(test)]
mod tests;

/// The server's half of an operation.
pub trait ServerOperation: Operation + PartialEq {
    /// Reads the request.
    ///
    /// # Errors
    ///
    /// [`BadParameter`] names the first parameter that is missing or unfit.
    fn from_parameters(parameters: &Parameters) -> Result<Self, BadParameter>;

    /// Writes an answer.
    fn encode_response(response: &Self::Response) -> Response<Bytes>;

    /// Writes a refusal, in the operation's own envelope.
    fn encode_refusal(refusal: &Refusal) -> Response<Bytes>;
}
