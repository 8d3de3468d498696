//! For stand-ins of the service: requests decoded, responses encoded.
//!
//! A server implements [`Service`], one method for each operation, and hands
//! requests to [`dispatch`]. Both come from the spec, so a server and the clients
//! cannot drift apart.

mod error;
mod multipart;
mod operation;
mod operations;
mod parameters;
mod reading;
mod responding;
mod service;
mod writing;

pub use error::ServiceError;
pub use operation::ServerOperation;
pub use operations::{OperationVisitor, visit_operations};
pub use parameters::{BadParameter, Parameters, segment, segments};
pub use reading::Reading;
pub use responding::{error_response, method_not_allowed, no_such_path};
pub use service::{Service, dispatch, dispatch_parameters};

#[cfg(test)]
mod tests;
