//! The client of the core, over this transport.

use std::ops::Deref;

use http::HeaderValue;
use talkspace_core::{AppKey, MediaId, Policy};

use crate::{BuildError, HttpTransport, TransportBuilder};

/// What requests call their sender.
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("talkspace-blocking/", env!("CARGO_PKG_VERSION")));

/// A [`talkspace_core::BlockingClient`] over a [`HttpTransport`].
///
/// It dereferences to that client, which has `send`; [`From`] turns it into
/// one, for code that does not care what carries its requests.
///
/// ```
/// use talkspace_blocking::Client;
///
/// let client = Client::builder("https://sandbox.example", "key").build()?;
/// let any: talkspace_core::BlockingClient = client.into();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client(talkspace_core::BlockingClient);

impl Client {
    /// Starts a client for the service at `base_url` and the application with `app_key`.
    ///
    /// The URL is `https`, or `http` to this machine. There is no default: the
    /// key must not travel to a host that was not named.
    pub fn builder(base_url: impl Into<String>, app_key: impl Into<AppKey>) -> ClientBuilder {
        ClientBuilder {
            client: talkspace_core::BlockingClient::builder(base_url, app_key)
                .user_agent(USER_AGENT),
            transport: HttpTransport::builder(),
        }
    }
}

impl Deref for Client {
    type Target = talkspace_core::BlockingClient;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<Client> for talkspace_core::BlockingClient {
    fn from(client: Client) -> Self {
        client.0
    }
}

/// Builds a [`Client`].
#[derive(Debug)]
#[must_use]
pub struct ClientBuilder {
    client: talkspace_core::ClientBuilder,
    transport: TransportBuilder,
}

impl ClientBuilder {
    /// The greeting that is played when a request could name one and does not.
    pub fn greeting_id(mut self, greeting_id: impl Into<MediaId>) -> Self {
        self.client = self.client.greeting_id(greeting_id);
        self
    }

    /// What requests call their sender.
    pub fn user_agent(mut self, user_agent: HeaderValue) -> Self {
        self.client = self.client.user_agent(user_agent);
        self
    }

    /// Lets media be downloaded from this host too, over TLS, or in clear after
    /// `http://`. The base URL's own scheme, host and port are allowed without; no
    /// key is sent to either. See [`talkspace_core::ClientBuilder::media_host`].
    pub fn media_host(mut self, host: impl Into<String>) -> Self {
        self.client = self.client.media_host(host);
        self
    }

    /// Lets media be downloaded from wherever the service says, in clear too.
    /// Whoever can make the service name a host can then make this client ask it.
    pub fn any_media_host(mut self) -> Self {
        self.client = self.client.any_media_host();
        self
    }

    /// Lets the base URL be `http` to another machine. Whoever is on the way
    /// there can read the application key, phone numbers and sounds, and change
    /// them: it is for a sandbox in a network of its own.
    pub fn allow_plain_http(mut self) -> Self {
        self.client = self.client.allow_plain_http();
        self
    }

    /// Limits and retries of every call that brings none of its own.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.client = self.client.policy(policy);
        self
    }

    /// A transport with settings of its own: roots, or how long connections are kept.
    pub fn transport(mut self, transport: TransportBuilder) -> Self {
        self.transport = transport;
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`BuildError`] when the base URL or a media host cannot be used, or the
    /// transport cannot be built.
    pub fn build(self) -> Result<Client, BuildError> {
        Ok(Client(self.client.build_blocking(self.transport.build()?)?))
    }
}
