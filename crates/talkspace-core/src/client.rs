//! The clients: where a call gets its target, its policy and its transport.

mod blocking;
mod builder;
mod download;
mod reconcile;
mod waiting;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

pub use blocking::BlockingClient;
pub use builder::ClientBuilder;
pub use download::Download;

use crate::app_key::AppKey;
use crate::call::Call;
use crate::driver::drive;
use crate::error::Error;
use crate::generated::Transport;
use crate::operation::Operation;
use crate::policy::Policy;
use crate::reply::Reply;
use crate::retry::Budget;
use crate::target::Target;

#[cfg(test)]
mod tests;

/// A client over an async transport. Cheap to clone; clones share the
/// transport and the retry budget.
///
/// ```
/// use talkspace_core::{Client, CreateTalkspace, transport_fn};
///
/// # let created = r#"{"ConferenceResponse":{"message":"Created, leader is eta","status":201,
/// #   "conferenceId":"63c9b03b84e9476080f7afe9ac2aa58e","uri":""}}"#;
/// // A closure in place of a network; an adapter crate brings the real thing.
/// let transport = transport_fn(move |_request| async move {
///     Ok(http::Response::builder().status(201).body(created.into()).unwrap())
/// });
/// let client = Client::builder("https://sandbox.example", "key").build(transport)?;
/// # let mut calling = std::pin::pin!(async {
/// let made = client.send(CreateTalkspace::new("eta")).await?;
/// assert_eq!(made.conference_id.as_str(), "63c9b03b84e9476080f7afe9ac2aa58e");
/// assert_eq!(made.status.code(), 201);
/// # Ok::<(), talkspace_core::Error>(())
/// # });
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # assert!(calling.as_mut().poll(&mut context).is_ready());
/// # Ok::<(), talkspace_core::InvalidBaseUrl>(())
/// ```
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    settings: Arc<Settings>,
}

impl Client {
    /// Starts a client for the service at `base_url` and the application with `app_key`.
    ///
    /// There is no default address: the service is gone, and the key must not
    /// travel to whoever has its old name now.
    pub fn builder(base_url: impl Into<String>, app_key: impl Into<AppKey>) -> ClientBuilder {
        ClientBuilder::new(base_url.into(), app_key.into())
    }

    /// Sends a request and waits for its response.
    ///
    /// Dropping the future cancels the call.
    ///
    /// # Errors
    ///
    /// [`Error`], which says what happened and what may have been applied.
    pub async fn send<O: Operation>(&self, operation: O) -> Result<O::Response, Error> {
        let call = self.settings.call(operation, self.policy());
        Ok(drive(&*self.transport, call).await?.response)
    }

    /// Sends a request under a policy of its own; the response comes with what
    /// was around it.
    ///
    /// # Errors
    ///
    /// [`Error`], which says what happened and what may have been applied.
    pub async fn send_with<O: Operation>(
        &self,
        operation: O,
        policy: Policy,
    ) -> Result<Reply<O::Response>, Error> {
        drive(&*self.transport, self.settings.call(operation, policy)).await
    }

    /// The policy of [`send`](Self::send), to start from for one call.
    pub fn policy(&self) -> Policy {
        self.settings.policy.clone()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt_as("Client", f)
    }
}

/// What the calls of a client share.
#[derive(Debug)]
struct Settings {
    target: Arc<Target>,
    policy: Policy,
    budget: Budget,
    seed: u64,
    calls: AtomicU64,
}

impl Settings {
    fn call<O: Operation>(&self, operation: O, policy: Policy) -> Call<O> {
        // Weyl's step keeps the seeds of consecutive calls far apart.
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let seed = self
            .seed
            .wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        Call::new(
            operation,
            Arc::clone(&self.target),
            policy,
            self.budget.clone(),
            Instant::now(),
            seed,
        )
    }

    fn fmt_as(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("base_url", self.target.base_url())
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
