//! The blocking client: the async one's twin.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use crate::client::settings::Settings;
use crate::codec::Operation;
use crate::error::Error;
use crate::send::{RequestOptions, Response, drive_blocking};
use crate::transport::{BlockingTransport, CancelToken};

/// A client over a blocking transport. Cheap to clone, and so are the clients that
/// [`with_options`](Self::with_options), [`with_header`](Self::with_header) and
/// [`with_cancel`](Self::with_cancel) derive: all share the transport and the
/// retry budget.
///
/// ```
/// use talkspace_core::{BlockingClient, GetVersion};
/// use talkspace_core::transport::blocking_transport_fn;
///
/// let transport = blocking_transport_fn(|_request| Ok(http::Response::new("01.02.06".into())));
/// let client = BlockingClient::builder("https://sandbox.example", "key").build_blocking(transport)?;
/// assert_eq!(client.send(GetVersion::new())?.version.as_str(), "01.02.06");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct BlockingClient {
    pub(super) transport: Arc<dyn BlockingTransport>,
    pub(super) settings: Settings,
    pub(super) cancel: CancelToken,
}

impl BlockingClient {
    /// Sends a request and waits for its response.
    ///
    /// # Errors
    ///
    /// [`Error`], which says what happened and what may have been applied.
    pub fn send<O: Operation>(&self, operation: O) -> Result<O::Response, Error> {
        Ok(self.response_to(operation)?.body)
    }

    /// The same as [`send`](Self::send), for the whole [`Response`]: header fields
    /// and the number of attempts too.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn response_to<O: Operation>(&self, operation: O) -> Result<Response<O::Response>, Error> {
        self.send_under(operation, self.options())
    }

    pub(super) fn send_under<O: Operation>(
        &self,
        operation: O,
        options: RequestOptions,
    ) -> Result<Response<O::Response>, Error> {
        let attempts = self
            .settings
            .attempts(operation, options, self.transport.now());
        drive_blocking(&*self.transport, attempts, &self.cancel)
    }

    /// The options of every request of this client.
    pub fn options(&self) -> RequestOptions {
        self.settings.options
    }

    /// This client with other options, for one request or for many. They hold for
    /// every method: for the polls of a [`wait_until`](Self::wait_until) too.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, Error, PollOptions};
    ///
    /// fn who_comes(client: &BlockingClient) -> Result<usize, Error> {
    ///     let mut options = client.options().max_retries(0);
    ///     options.limits.response_timeout /= 3;
    ///     let poll = PollOptions::default();
    ///     let details = client
    ///         .with_options(options)
    ///         .wait_for_participant("63c9", "eta", poll)?;
    ///     Ok(details.participants.len())
    /// }
    /// ```
    #[must_use]
    pub fn with_options(&self, options: RequestOptions) -> Self {
        Self {
            settings: self.settings.with_options(options),
            ..self.clone()
        }
    }

    /// This client with a header field that goes out with every request and each
    /// of its attempts: for a gateway, or for tracing. Of the same name the last
    /// value is sent.
    ///
    /// It is sent to the base URL's scheme, host and port alone, not to
    /// [other hosts of media](crate::ClientBuilder::media_host). No `Debug` and no
    /// error shows its value. Where a response repeats the value of
    /// `Authorization` or `Cookie`, or one that is
    /// [sensitive](HeaderValue::set_sensitive), the texts of an error have
    /// `[secret]` in its place.
    ///
    /// What cannot be sent is an error of kind [`Invalid`](crate::ErrorKind::Invalid)
    /// of every request, with nothing sent: a name or a value that RFC 9110 does
    /// not have, and what the client or the transport writes itself, such as
    /// `Host`, `Content-Length`, `Accept` or
    /// [`User-Agent`](crate::ClientBuilder::user_agent).
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, GetVersion};
    /// use talkspace_core::transport::blocking_transport_fn;
    ///
    /// # let transport = blocking_transport_fn(|request| {
    /// #     assert_eq!(request.headers()["x-trace-id"], "4bf92f35");
    /// #     Ok(http::Response::new("01.02.06".into()))
    /// # });
    /// # let client = BlockingClient::builder("https://sandbox.example", "key").build_blocking(transport)?;
    /// let traced = client.with_header("x-trace-id", "4bf92f35");
    /// traced.send(GetVersion::new())?;
    ///
    /// let error = client.with_header("host", "other.example").send(GetVersion::new()).unwrap_err();
    /// assert_eq!(error.invalid_request().unwrap().parameter(), Some("host"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_header(
        &self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) -> Self {
        Self {
            settings: self.settings.with_header(name, value),
            ..self.clone()
        }
    }

    /// This client with something of the program's own, such as the job or the
    /// tenant that a request is for. An [observer](crate::observe) finds it in each
    /// [event](crate::observe::Event::context); it is never sent, and never shown.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, Error, GetVersion};
    ///
    /// struct Job(u32);
    ///
    /// fn version(client: &BlockingClient) -> Result<(), Error> {
    ///     client.with_context(Job(7)).send(GetVersion::new()).map(drop)
    /// }
    /// ```
    #[must_use]
    pub fn with_context(&self, context: impl Any + Send + Sync) -> Self {
        Self {
            settings: self.settings.with_context(context),
            ..self.clone()
        }
    }

    /// This client with a token that ends its requests, its polling and its
    /// downloads when it is [cancelled](CancelToken::cancel), in place of the token
    /// that it had. A [child](CancelToken::child) of one can end a part of a
    /// program's requests.
    ///
    /// They then end with an error of a transport's
    /// [`Cancelled`](crate::FailureKind::Cancelled), which says whether they may
    /// have been applied.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, CancelToken, Delivery, GetVersion};
    /// use talkspace_core::transport::blocking_transport_fn;
    ///
    /// let transport = blocking_transport_fn(|_request| Ok(http::Response::new("01.02.06".into())));
    /// let client = BlockingClient::builder("https://sandbox.example", "key").build_blocking(transport)?;
    ///
    /// let cancel = CancelToken::new();
    /// let cancellable = client.with_cancel(&cancel);
    /// cancel.cancel(); // As a rule, another thread does so.
    /// let error = cancellable.send(GetVersion::new()).unwrap_err();
    /// assert_eq!(error.delivery(), Delivery::NotSent);
    /// client.send(GetVersion::new())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_cancel(&self, cancel: &CancelToken) -> Self {
        Self {
            cancel: cancel.clone(),
            ..self.clone()
        }
    }
}

impl fmt::Debug for BlockingClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt_as("BlockingClient", f)
    }
}
