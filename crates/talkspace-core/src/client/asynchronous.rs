//! The async client.

use std::fmt;
use std::sync::Arc;

use crate::client::settings::Settings;
use crate::codec::Operation;
use crate::error::Error;
use crate::send::{RequestOptions, Response, Sink, drive, drive_into};
use crate::transport::Transport;

/// A client over an async transport. Cheap to clone; clones share the
/// transport and the retry budget.
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
    pub(super) settings: Arc<Settings>,
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
        let response = drive_into(&*self.transport, &mut attempts, now, &mut Sink::Memory).await;
        Ok(response?.body)
    }

    /// Sends a request with options of its own. The [`Response`] has the header
    /// fields and the number of attempts too.
    ///
    /// Dropping the future cancels the request.
    ///
    /// # Errors
    ///
    /// [`Error`], which says what happened and what may have been applied.
    pub async fn send_with<O: Operation>(
        &self,
        operation: O,
        options: RequestOptions,
    ) -> Result<Response<O::Response>, Error> {
        let attempts = self
            .settings
            .attempts(operation, options, self.transport.now());
        drive(&*self.transport, attempts).await
    }

    /// The options of [`send`](Self::send), to start from for one request.
    pub fn options(&self) -> RequestOptions {
        self.settings.options
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt_as("Client", f)
    }
}
