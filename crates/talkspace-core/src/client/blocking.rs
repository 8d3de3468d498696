//! The blocking client: the async one's twin.

use std::fmt;
use std::sync::Arc;

use crate::client::settings::Settings;
use crate::codec::Operation;
use crate::error::Error;
use crate::send::{RequestOptions, Response, drive_blocking};
use crate::transport::{BlockingTransport, CancelToken};

/// A client over a blocking transport. Cheap to clone; clones share the
/// transport and the retry budget.
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
    pub(super) settings: Arc<Settings>,
}

impl BlockingClient {
    /// Sends a request and waits for its response.
    ///
    /// # Errors
    ///
    /// [`Error`], which says what happened and what may have been applied.
    pub fn send<O: Operation>(&self, operation: O) -> Result<O::Response, Error> {
        let options = self.settings.options;
        let response = self.send_with(operation, options, &CancelToken::new())?;
        Ok(response.body)
    }

    /// Sends a request with options of its own; using `cancel` ends it. The
    /// [`Response`] has the header fields and the number of attempts too.
    ///
    /// # Errors
    ///
    /// [`Error`], which says what happened and what may have been applied.
    pub fn send_with<O: Operation>(
        &self,
        operation: O,
        options: RequestOptions,
        cancel: &CancelToken,
    ) -> Result<Response<O::Response>, Error> {
        let attempts = self
            .settings
            .attempts(operation, options, self.transport.now());
        drive_blocking(&*self.transport, attempts, cancel)
    }

    /// The options of [`send`](Self::send), to start from for one request.
    pub fn options(&self) -> RequestOptions {
        self.settings.options
    }
}

impl fmt::Debug for BlockingClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt_as("BlockingClient", f)
    }
}
