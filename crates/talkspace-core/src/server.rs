//! For stand-ins of the service: requests decoded, responses encoded.
//!
//! A server implements [`Service`], one method for each operation, and hands
//! requests to [`dispatch`]. Both come from the spec, so a server and the clients
//! cannot drift apart.

mod dispatch;
mod error;
mod multipart;
mod operation;
mod operations;
mod parameters;
mod reading;
mod responding;
mod routes;
mod search;
mod service;
mod writing;

pub use dispatch::{dispatch, dispatch_parameters, error_response};
pub use error::ServiceError;
pub use operation::ServerOperation;
pub use operations::{OperationVisitor, visit_operations};
pub use parameters::{BadParameter, Parameters, segment, segments};
pub use reading::Reading;
pub use service::Service;

#[cfg(test)]
mod tests;
