//! What is tested: a client, which sends one request and reads one response.
//!
//! The types are small and of this crate alone, so that no engine is named here. A client
//! implements [`Client`] or [`AsyncClient`] over them.

use std::fmt;
use std::future::Future;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

mod body;
mod cancel;
mod error;
mod limits;

pub use body::{Body, BodyCursor, BodyPart, BodyPiece, BodySource};
pub use cancel::{CancelGuard, CancelToken};
pub use error::{Delivery, FailureKind, Phase, TransportError};
pub use limits::{Limits, Rate};

/// A client that blocks the thread of its caller.
///
/// ```
/// use http1_conformance::client::{CancelToken, Client, Exchange, ResponseBody, TransportError};
///
/// /// Makes up its responses, so nothing reaches the peer.
/// struct Deaf;
///
/// impl Client for Deaf {
///     fn exchange(
///         &self,
///         _: Exchange,
///         _: &CancelToken,
///     ) -> Result<http::Response<ResponseBody>, TransportError> {
///         Ok(http::Response::new(bytes::Bytes::from_static(b"ok").into()))
///     }
/// }
/// ```
pub trait Client: Send + Sync + 'static {
    /// Sends the request once and returns the head of the response, of whichever status code;
    /// its body follows. Who does not claim
    /// [`Limits`](crate::Capability::Limits) or [`Cancellation`](crate::Capability::Cancellation)
    /// may leave those of the exchange alone.
    ///
    /// # Errors
    ///
    /// When there is no response. A client that does not claim
    /// [`ErrorKinds`](crate::Capability::ErrorKinds) gives [`TransportError::other`].
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<ResponseBody>, TransportError>;

    /// Waits for `duration`, or until cancelled. Only cases that another crate adds need it, for
    /// retries; no case of this one does.
    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        cancel.wait(duration);
    }
}

/// A client that is a closure: for one that takes a line, or one that only fails. It knows nothing of
/// cancellation.
///
/// ```
/// use http1_conformance::client::{CancelToken, Body, Client, Exchange, Limits, TransportError, client_fn};
///
/// let unplugged = client_fn(|_| Err(TransportError::other("no network")));
/// let request = http::Request::get("http://127.0.0.1/").body(Body::empty())?;
/// let exchange = Exchange::new(request, Limits::default());
/// assert!(unplugged.exchange(exchange, &CancelToken::new()).is_err());
/// # Ok::<(), http::Error>(())
/// ```
pub fn client_fn<F>(exchange: F) -> impl Client
where
    F: Fn(Exchange) -> Result<Response<ResponseBody>, TransportError> + Send + Sync + 'static,
{
    ClientFn(exchange)
}

struct ClientFn<F>(F);

impl<F> Client for ClientFn<F>
where
    F: Fn(Exchange) -> Result<Response<ResponseBody>, TransportError> + Send + Sync + 'static,
{
    fn exchange(
        &self,
        exchange: Exchange,
        _: &CancelToken,
    ) -> Result<Response<ResponseBody>, TransportError> {
        (self.0)(exchange)
    }
}

/// A client that is awaited. It is driven by the closure that
/// [`asynchronous`](crate::asynchronous) is given, and cancelled by dropping its futures.
pub trait AsyncClient: Send + Sync + 'static {
    /// The body of its responses.
    type Body: AsyncChunks;

    /// As [`Client::exchange`].
    fn exchange(
        &self,
        exchange: Exchange,
    ) -> impl Future<Output = Result<Response<Self::Body>, TransportError>> + Send;

    /// As [`Client::sleep`]. By default it blocks the thread.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        async move { thread::sleep(duration) }
    }
}

/// One request, and the limits that it should keep.
///
/// Its `Debug` shows neither the path nor the query.
pub struct Exchange {
    request: Request<Body>,
    limits: Limits,
}

impl Exchange {
    /// An exchange of `request`, whose URI is absolute, under `limits`.
    #[must_use]
    pub const fn new(request: Request<Body>, limits: Limits) -> Self {
        Self { request, limits }
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

    /// The request and its limits, to be sent.
    #[must_use]
    pub fn into_parts(self) -> (Request<Body>, Limits) {
        (self.request, self.limits)
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("method", self.request.method())
            .field("host", &self.request.uri().host().unwrap_or_default())
            .field("body", self.request.body())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The bytes of a response, one piece after the other.
pub trait Chunks: Send {
    /// The next bytes, or `None` at the end.
    ///
    /// # Errors
    ///
    /// What the client met while reading; after an error there is no more.
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError>;
}

/// As [`Chunks`], to be awaited.
pub trait AsyncChunks: Send + 'static {
    /// As [`Chunks::next_chunk`].
    fn next_chunk(&mut self) -> impl Future<Output = Result<Option<Bytes>, TransportError>> + Send;
}

/// A body that is in memory already.
impl AsyncChunks for Bytes {
    async fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        Ok(Some(std::mem::take(self)).filter(|bytes| !bytes.is_empty()))
    }
}

/// The body of a response. Dropping it before its end ends the exchange.
pub struct ResponseBody {
    chunks: Content,
}

enum Content {
    Whole(Bytes),
    Stream(Box<dyn Chunks>),
}

impl ResponseBody {
    /// A body that arrives piece by piece.
    pub fn new(chunks: impl Chunks + 'static) -> Self {
        Self {
            chunks: Content::Stream(Box::new(chunks)),
        }
    }

    /// The next bytes, which are some, or `None` at the end.
    ///
    /// # Errors
    ///
    /// What the client met while reading; after an error there is no more.
    pub fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        match &mut self.chunks {
            Content::Whole(bytes) => {
                Ok(Some(std::mem::take(bytes)).filter(|bytes| !bytes.is_empty()))
            }
            Content::Stream(chunks) => loop {
                match chunks.next_chunk()? {
                    Some(bytes) if bytes.is_empty() => {}
                    piece => return Ok(piece),
                }
            },
        }
    }
}

impl From<Bytes> for ResponseBody {
    fn from(bytes: Bytes) -> Self {
        Self {
            chunks: Content::Whole(bytes),
        }
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").finish_non_exhaustive()
    }
}
