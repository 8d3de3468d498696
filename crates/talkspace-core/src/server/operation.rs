//! What a server does with an operation.

use bytes::Bytes;
use http::Response;

use crate::codec::Operation;
use crate::server::error::ServiceError;
use crate::server::parameters::{BadParameter, Parameters};

/// The server's half of an operation.
pub trait ServerOperation: Operation + PartialEq {
    /// Reads the request.
    ///
    /// # Errors
    ///
    /// [`BadParameter`] names the first parameter that is missing or unfit.
    fn from_parameters(parameters: &Parameters) -> Result<Self, BadParameter>;

    /// Writes a response of success.
    fn encode_response(response: &Self::Response) -> Response<Bytes>;

    /// Writes an error, in the operation's own envelope.
    fn encode_error(error: &ServiceError) -> Response<Bytes>;
}
