//! The blocking client: the async one's twin.

use std::fmt;
use std::sync::Arc;

use super::{ClientBuilder, Settings};
use crate::app_key::AppKey;
use crate::cancel::Cancel;
use crate::driver::drive_blocking;
use crate::error::Error;
use crate::generated::BlockingTransport;
use crate::operation::Operation;
use crate::policy::Policy;
use crate::reply::Reply;

/// A client over a blocking transport. Cheap to clone; clones share the
/// transport and the retry budget.
///
/// ```
/// use talkspace_core::{BlockingClient, GetVersion, blocking_transport_fn};
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
    /// Starts a client for the service at `base_url` and the application with `app_key`.
    ///
    /// There is no default address: the service is gone, and the key must not
    /// travel to whoever has its old name now.
    pub fn builder(base_url: impl Into<String>, app_key: impl Into<AppKey>) -> ClientBuilder {
        ClientBuilder::new(base_url.into(), app_key.into())
    }

    /// Sends a request and waits for its response.
    ///
    /// # Errors
    ///
    /// [`Error`], which says what happened and what may have been applied.
    pub fn send<O: Operation>(&self, operation: O) -> Result<O::Response, Error> {
        let policy = self.settings.policy.clone();
        let reply = self.send_with(operation, policy, &Cancel::new())?;
        Ok(reply.response)
    }

    /// Sends a request under a policy of its own, until it is over or
    /// cancelled; the response comes with what was around it.
    ///
    /// # Errors
    ///
    /// [`Error`], which says what happened and what may have been applied.
    pub fn send_with<O: Operation>(
        &self,
        operation: O,
        policy: Policy,
        cancel: &Cancel,
    ) -> Result<Reply<O::Response>, Error> {
        let call = self.settings.call(operation, policy);
        drive_blocking(&*self.transport, call, cancel)
    }

    /// The policy of [`send`](Self::send), to start from for one call.
    pub fn policy(&self) -> Policy {
        self.settings.policy.clone()
    }
}

impl fmt::Debug for BlockingClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt_as("BlockingClient", f)
    }
}
