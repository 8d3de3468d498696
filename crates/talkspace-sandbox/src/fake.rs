//! A service whose responses a test writes, one operation at a time.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use talkspace_core::operation::{OperationInfo, ParameterLocation};
use talkspace_core::server::{
    Parameters, ServerOperation, ServiceError, dispatch_parameters, error_response, segments,
};
use talkspace_core::transport::{
    BlockingTransport, Transport, blocking_transport_fn, transport_fn,
};

use crate::methods::Nothing;
use crate::requests::fits;

#[cfg(test)]
mod tests;

/// A service without a state: a closure for each operation that a test needs.
///
/// It is for a response that the sandbox would not give. A request that cannot be read gets
/// its 400 as from the [sandbox](crate::Sandbox), and an operation without a closure 501. Of
/// two closures for one operation the first counts.
///
/// ```
/// use talkspace_core::server::ServiceError;
/// use talkspace_core::{BlockingClient, CreateTalkspace};
/// use talkspace_sandbox::Fake;
///
/// let fake = Fake::new().on(|_: CreateTalkspace| Err(ServiceError::new(502, "no lines left")));
/// let client = BlockingClient::builder("https://talkspace.example", "key")
///     .build_blocking(fake.blocking_transport())?;
/// let error = client.send(CreateTalkspace::new("eta")).unwrap_err();
/// assert_eq!(error.message(), Some("no lines left"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
#[must_use]
pub struct Fake {
    operations: Vec<(&'static OperationInfo, Box<Respond>)>,
}

type Respond = dyn Fn(&Parameters) -> Response<Bytes> + Send + Sync;

impl Fake {
    /// One without any operation.
    pub fn new() -> Self {
        Self::default()
    }

    /// Responds to the requests of an operation by this closure.
    pub fn on<O: ServerOperation>(
        mut self,
        respond: impl Fn(O) -> Result<O::Response, ServiceError> + Send + Sync + 'static,
    ) -> Self {
        let respond = move |parameters: &Parameters| {
            let request = O::from_parameters(parameters).map_err(ServiceError::from);
            match request.and_then(&respond) {
                Ok(response) => O::encode_response(&response),
                Err(error) => O::encode_error(&error),
            }
        };
        self.operations.push((O::INFO, Box::new(respond)));
        self
    }

    /// A transport for an async client. Its `sleep` returns at once, and moves its clock.
    #[must_use]
    pub fn transport(self) -> impl Transport {
        let this = Arc::new(self);
        transport_fn(move |request| {
            let this = Arc::clone(&this);
            async move {
                let (head, body) = request.into_parts();
                let body = body.collect().await?;
                Ok(this.respond(&Request::from_parts(head, body)))
            }
        })
    }

    /// The same for a blocking client.
    #[must_use]
    pub fn blocking_transport(self) -> impl BlockingTransport {
        blocking_transport_fn(move |request| {
            let (head, body) = request.into_parts();
            let body = body.read_to_bytes()?;
            Ok(self.respond(&Request::from_parts(head, body)))
        })
    }

    fn respond(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let (method, path) = (request.method(), request.uri().path());
        let mut parameters = match Parameters::of(request) {
            Ok(parameters) => parameters,
            Err(error) => return error_response(method, path, &error),
        };
        // It also adds the parameters of the path.
        let response = dispatch_parameters(&Nothing, method, path, &mut parameters);
        let path = segments(path);
        let action = parameters.get(ParameterLocation::Form, "action");
        let operation = self.operations.iter().find(|(info, _)| {
            info.method == method
                && fits(info.path, &path)
                && (info.action.is_none() || info.action == action)
        });
        match operation {
            // It can be read, and there is nothing that has it.
            Some((_, respond)) if response.status() == 501 => respond(&parameters),
            _ => response,
        }
    }
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operations = self.operations.iter().map(|(info, _)| info.id);
        f.debug_list().entries(operations).finish()
    }
}
