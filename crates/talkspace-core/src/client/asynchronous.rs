//! The async client.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use crate::client::settings::Settings;
use crate::codec::Operation;
use crate::error::Error;
use crate::send::{RequestOptions, Response, drive, drive_from};
use crate::transport::Transport;

/// A client over an async transport. Cheap to clone, and so are the clients that
/// [`with_options`](Self::with_options) and [`with_header`](Self::with_header)
/// derive: all share the transport and the retry budget.
///
/// ```
/// use talkspace_core::{Client, CreateTalkspace};
/// use talkspace_core::transport::transport_fn;
///
/// # let created = r#"{"ConferenceResponse":{"message":"Created, leader is eta","status":201,
/// #   "conferenceId":"63c9b03b84e9476080f7afe9ac2aa58e","uri":""}}"#;
/// // A closure in place of a network; an adapter crate brings the real thing.
/// let transport = transport_fn(move |_request| async move {
///     Ok(http::Response::builder().status(201).body(created.into()).unwrap())
/// });
/// let client = Client::builder("https://sandbox.example", "key").build(transport)?;
/// # let mut sending = std::pin::pin!(async {
/// let made = client.send(CreateTalkspace::new("eta")).await?;
/// assert_eq!(made.conference_id.as_str(), "63c9b03b84e9476080f7afe9ac2aa58e");
/// assert_eq!(made.status.code(), 201);
/// # Ok::<(), talkspace_core::Error>(())
/// # });
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # assert!(sending.as_mut().poll(&mut context).is_ready());
/// # Ok::<(), talkspace_core::InvalidClient>(())
/// ```
#[derive(Clone)]
pub struct Client {
    pub(super) transport: Arc<dyn Transport>,
    pub(super) settings: Settings,
}

impl Client {
    /// Sends a request and waits for its response.
    ///
    /// Dropping the future cancels the request.
    ///
    /// # Errors
    ///
    /// [`Error`], which says what happened and what may have been applied.
    pub async fn send<O: Operation>(&self, operation: O) -> Result<O::Response, Error> {
        let now = self.transport.now();
        let mut attempts = self.settings.attempts(operation, self.options(), now);
        let response = drive_from(&*self.transport, &mut attempts, now).await;
        Ok(response?.body)
    }

    /// The same as [`send`](Self::send), for the whole [`Response`]: header fields
    /// and the number of attempts too.
    ///
    /// Dropping the future cancels the request.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn response_to<O: Operation>(
        &self,
        operation: O,
    ) -> Result<Response<O::Response>, Error> {
        self.send_under(operation, self.options()).await
    }

    pub(super) async fn send_under<O: Operation>(
        &self,
        operation: O,
        options: RequestOptions,
    ) -> Result<Response<O::Response>, Error> {
        let attempts = self
            .settings
            .attempts(operation, options, self.transport.now());
        drive(&*self.transport, attempts).await
    }

    /// The options of every request of this client.
    pub fn options(&self) -> RequestOptions {
        self.settings.options
    }

    /// This client with other options, for one request or for many. They hold for
    /// every method: for the polls of a [`wait_until`](Self::wait_until) too.
    ///
    /// ```
    /// use talkspace_core::{Client, Error, PollOptions};
    ///
    /// async fn who_comes(client: &Client) -> Result<usize, Error> {
    ///     let mut options = client.options().max_retries(0);
    ///     options.limits.response_timeout /= 3;
    ///     let poll = PollOptions::default();
    ///     let details = client
    ///         .with_options(options)
    ///         .wait_for_participant("63c9", "eta", poll)
    ///         .await?;
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
    /// use talkspace_core::{Client, Error, GetVersion};
    ///
    /// async fn traced(client: &Client, trace_id: &str) -> Result<(), Error> {
    ///     let client = client.with_header("x-trace-id", trace_id);
    ///     client.send(GetVersion::new()).await.map(drop)
    /// }
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
    /// use talkspace_core::{Client, Error, GetVersion};
    ///
    /// struct Job(u32);
    ///
    /// async fn version(client: &Client) -> Result<(), Error> {
    ///     client.with_context(Job(7)).send(GetVersion::new()).await.map(drop)
    /// }
    /// ```
    #[must_use]
    pub fn with_context(&self, context: impl Any + Send + Sync) -> Self {
        Self {
            settings: self.settings.with_context(context),
            ..self.clone()
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt_as("Client", f)
    }
}
