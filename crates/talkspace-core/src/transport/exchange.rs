//! One exchange: a request, and the limits it must keep.

use std::fmt;

use http::Request;

use crate::operation::OperationInfo;
use crate::transport::body::Body;
use crate::transport::limits::Limits;

/// What a transport is handed: one request, to be sent once, within limits.
///
/// A transport takes it [apart](Self::into_parts). One that wraps another reads
/// which operation it is and the how many-th attempt, and hands it on.
///
/// Its `Debug` shows the operation, the method and the host: the path may hold a
/// phone number, and the query the application key. That of
/// [`request`](Self::request) shows the whole URL, so do not log it.
///
/// ```
/// use talkspace_core::Limits;
/// use talkspace_core::transport::{Body, Exchange};
///
/// let request = http::Request::get("https://sandbox.example/version").body(Body::empty())?;
/// let exchange = Exchange::new(request, Limits::default());
/// assert_eq!(exchange.attempt(), 1);
/// let (request, limits) = exchange.into_parts();
/// assert_eq!(request.uri().path(), "/version");
/// # Ok::<(), http::Error>(())
/// ```
pub struct Exchange {
    request: Request<Body>,
    limits: Limits,
    operation: Option<&'static OperationInfo>,
    attempt: u32,
}

impl Exchange {
    /// An exchange of `request`, whose URI is absolute, under `limits`. It is
    /// the first attempt of no operation that is known.
    #[must_use]
    pub const fn new(request: Request<Body>, limits: Limits) -> Self {
        Self {
            request,
            limits,
            operation: None,
            attempt: 1,
        }
    }

    /// The same as the `attempt`-th, counted from one, of an operation.
    #[must_use]
    pub const fn of(mut self, operation: &'static OperationInfo, attempt: u32) -> Self {
        self.operation = Some(operation);
        self.attempt = attempt;
        self
    }

    /// The request. Its URI is absolute.
    #[must_use]
    pub const fn request(&self) -> &Request<Body> {
        &self.request
    }

    /// How long it may take and how large the response may be.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The request, for a wrapping transport that changes it. A header field alone
    /// is added by a [client](crate::Client::with_header).
    #[must_use]
    pub const fn request_mut(&mut self) -> &mut Request<Body> {
        &mut self.request
    }

    /// The limits, for a wrapping transport that makes them narrower.
    #[must_use]
    pub const fn limits_mut(&mut self) -> &mut Limits {
        &mut self.limits
    }

    /// The operation that is carried out. A client always says it; an exchange
    /// that was made by hand may be of none.
    #[must_use]
    pub const fn operation(&self) -> Option<&'static OperationInfo> {
        self.operation
    }

    /// Which attempt of the operation this is, counted from one: a retry is the
    /// second.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The request and its limits, to be sent.
    #[must_use]
    pub fn into_parts(self) -> (Request<Body>, Limits) {
        (self.request, self.limits)
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("operation", &self.operation.map(|info| info.id))
            .field("attempt", &self.attempt)
            .field("method", self.request.method())
            .field("host", &self.request.uri().host().unwrap_or_default())
            .field("body", self.request.body())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
