//! The settings that are chosen once for a client.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use http::{HeaderName, HeaderValue};

use crate::client::asynchronous::Client;
use crate::client::blocking::BlockingClient;
use crate::client::invalid_client::InvalidClient;
use crate::client::settings::{Settings, Shared};
use crate::codec::Target;
use crate::observe::{Clock, Observer, RequestIds};
use crate::send::{HeaderFields, RequestOptions, RetryBudget};
use crate::transport::{BlockingTransport, CancelToken, Transport};
use crate::value::{AppKey, Given, IntoBaseUrl, InvalidBaseUrl, MediaHost, MediaId, PlainHttpHost};

/// Builds a [`Client`] or a [`BlockingClient`]; both take the same settings.
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    base_url: Result<Given, InvalidBaseUrl>,
    plain_http_hosts: Vec<String>,
    app_key: AppKey,
    greeting_id: Option<MediaId>,
    user_agent: Option<Result<HeaderValue, InvalidClient>>,
    media_hosts: Vec<String>,
    any_media_host: bool,
    options: RequestOptions,
    budget: RetryBudget,
    observer: Option<Arc<dyn Observer>>,
    request_id_header: Option<Result<HeaderName, InvalidClient>>,
    seed: Option<u64>,
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Starts to build a client of the service at `base_url`, a [`BaseUrl`](crate::BaseUrl) or its
    /// text, for the application with `app_key`.
    ///
    /// There is no default base URL: the service is gone, and the key must not
    /// be sent to the present owner of its host name. Text is parsed by
    /// [`BaseUrl::parse`](crate::BaseUrl::parse); what is wrong with it is an error of
    /// [`build`](ClientBuilder::build). Plain `http` to another machine is taken if its
    /// host is [named](ClientBuilder::plain_http_host).
    pub fn builder(base_url: impl IntoBaseUrl, app_key: impl Into<AppKey>) -> ClientBuilder {
        ClientBuilder::new(base_url.given(), app_key.into())
    }
}

impl BlockingClient {
    /// Starts to build a client of the service at `base_url`, a [`BaseUrl`](crate::BaseUrl) or its
    /// text, for the application with `app_key`.
    ///
    /// There is no default base URL: the service is gone, and the key must not
    /// be sent to the present owner of its host name. Text is parsed by
    /// [`BaseUrl::parse`](crate::BaseUrl::parse); what is wrong with it is an error of
    /// [`build`](ClientBuilder::build_blocking). Plain `http` to another machine is taken if
    /// its host is [named](ClientBuilder::plain_http_host).
    pub fn builder(base_url: impl IntoBaseUrl, app_key: impl Into<AppKey>) -> ClientBuilder {
        ClientBuilder::new(base_url.given(), app_key.into())
    }
}

impl ClientBuilder {
    fn new(base_url: Result<Given, InvalidBaseUrl>, app_key: AppKey) -> Self {
        Self {
            base_url,
            plain_http_hosts: Vec::new(),
            app_key,
            greeting_id: None,
            user_agent: None,
            media_hosts: Vec::new(),
            any_media_host: false,
            options: RequestOptions::default(),
            budget: RetryBudget::new(),
            observer: None,
            request_id_header: None,
            seed: None,
        }
    }

    /// Lets the base URL be plain `http` to this host, such as `sandbox` for
    /// `http://sandbox:8080` in a network of containers. Anybody on the way there can
    /// read and change the application key, phone numbers and media. With a port it is
    /// for that port alone. What is no host is an error of [`build`](Self::build).
    ///
    /// ```
    /// use talkspace_core::transport::blocking_transport_fn;
    /// use talkspace_core::{BlockingClient, GetVersion, InvalidBaseUrl, InvalidClient};
    ///
    /// let transport = || blocking_transport_fn(|_| Ok(http::Response::new("01.02.06".into())));
    /// let builder = BlockingClient::builder("http://sandbox:8080", "key");
    /// let error = builder.clone().plain_http_host("elsewhere").build_blocking(transport());
    /// assert_eq!(error.unwrap_err(), InvalidClient::BaseUrl(InvalidBaseUrl::PlainHttp));
    /// let client = builder.plain_http_host("sandbox").build_blocking(transport())?;
    /// client.send(GetVersion::new())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn plain_http_host(mut self, host: impl Into<String>) -> Self {
        self.plain_http_hosts.push(host.into());
        self
    }

    /// Sets the greeting that is played when a request could name one and does not.
    pub fn greeting_id(mut self, greeting_id: impl Into<MediaId>) -> Self {
        self.greeting_id = Some(greeting_id.into());
        self
    }

    /// Sets the `User-Agent` header field, from text or from a [`HeaderValue`].
    /// Default `talkspace/` and the version. What cannot be a header field is an
    /// error of [`build`](Self::build).
    pub fn user_agent(mut self, user_agent: impl TryInto<HeaderValue>) -> Self {
        let user_agent = user_agent.try_into();
        self.user_agent = Some(user_agent.map_err(|_| InvalidClient::UserAgent));
        self
    }

    /// Lets media be downloaded from this host too. The base URL's own scheme,
    /// host and port are allowed without; no key is sent to either.
    ///
    /// It is written as `media.example`, or `media.example:8443` for another port
    /// than the usual one. That means `https`, unless the base URL is plain `http`
    /// itself; `http://media.example` allows this host in clear text, which
    /// everybody on the way can read.
    pub fn media_host(mut self, host: impl Into<String>) -> Self {
        self.media_hosts.push(host.into());
        self
    }

    /// Lets media be downloaded from any host that the service names, in clear
    /// text too. A host that gets into its responses then gets a request from
    /// this client (server-side request forgery).
    pub const fn any_media_host(mut self) -> Self {
        self.any_media_host = true;
        self
    }

    /// Sets the timeouts, limits and retries of every request, but for those of a
    /// client that is derived [with others](Client::with_options).
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets the retry budget, which clients can share: each clone of it is the same
    /// budget. Default: one of its own, of the [default size](RetryBudget::new).
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.budget = budget;
        self
    }

    /// Sets who is told what becomes of each request: [`observe`](crate::observe)
    /// has an example. Default: nobody.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Has each request carry an id in this header field, such as `x-request-id`:
    /// one of this client's, the same in all attempts, by which the request is
    /// found in the log of the service. Default: none.
    ///
    /// It stands in each [`Event`](crate::observe::Event) and
    /// [`Error`](crate::Error::client_request_id) of the request too. Only the base
    /// URL's scheme, host and port get it. What cannot be the name of a header
    /// field, and what the client or the transport writes itself, such as `host`,
    /// is an error of [`build`](Self::build).
    ///
    /// ```
    /// use talkspace_core::transport::{TransportError, blocking_transport_fn};
    /// use talkspace_core::{BlockingClient, FailureKind, GetVersion};
    ///
    /// let transport = blocking_transport_fn(|request| {
    ///     assert_eq!(request.headers()["x-request-id"].len(), 32);
    ///     Err(TransportError::not_sent(FailureKind::Tls))
    /// });
    /// let client = BlockingClient::builder("https://sandbox.example", "key")
    ///     .request_id_header("x-request-id")
    ///     .build_blocking(transport)?;
    /// let error = client.send(GetVersion::new()).unwrap_err();
    /// let id = error.client_request_id().unwrap();
    /// assert!(error.to_string().ends_with(&format!("(request id {id})")));
    /// # Ok::<(), talkspace_core::InvalidClient>(())
    /// ```
    pub fn request_id_header(mut self, name: impl TryInto<HeaderName>) -> Self {
        let name = name.try_into().ok();
        let name = name.filter(|name| !HeaderFields::is_reserved(name));
        self.request_id_header = Some(name.ok_or(InvalidClient::RequestIdHeader));
        self
    }

    /// Seeds the jitter of the backoff, which is then the same in every run.
    /// Default: random.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Builds a client over an async transport.
    ///
    /// # Errors
    ///
    /// [`InvalidClient`] when the base URL, a media host or the user agent cannot be used.
    pub fn build(self, transport: impl Transport) -> Result<Client, InvalidClient> {
        let transport: Arc<dyn Transport> = Arc::new(transport);
        let clock = Clock::Async(Arc::clone(&transport));
        Ok(Client {
            transport,
            settings: self.settings(clock)?,
        })
    }

    /// Builds a client over a blocking transport.
    ///
    /// # Errors
    ///
    /// [`InvalidClient`] when the base URL, a media host or the user agent cannot be used.
    pub fn build_blocking(
        self,
        transport: impl BlockingTransport,
    ) -> Result<BlockingClient, InvalidClient> {
        let transport: Arc<dyn BlockingTransport> = Arc::new(transport);
        let clock = Clock::Blocking(Arc::clone(&transport));
        Ok(BlockingClient {
            transport,
            settings: self.settings(clock)?,
            cancel: CancelToken::never(),
        })
    }

    fn settings(self, clock: Clock) -> Result<Settings, InvalidClient> {
        let plain = self.plain_http_hosts.iter();
        let plain: Option<Vec<_>> = plain.map(|host| PlainHttpHost::parse(host)).collect();
        let plain = plain.ok_or(InvalidClient::PlainHttpHost)?;
        let mut target = Target::new(self.base_url?.allowed(&plain)?, self.app_key);
        if let Some(greeting_id) = self.greeting_id {
            target = target.with_greeting_id(greeting_id);
        }
        if let Some(user_agent) = self.user_agent {
            target = target.with_user_agent(user_agent?);
        }
        for host in self.media_hosts {
            let host = MediaHost::parse(&host).ok_or(InvalidClient::MediaHost)?;
            target = target.fetching_from(host);
        }
        if self.any_media_host {
            target = target.with_any_media_host();
        }
        let shared = Shared {
            target: Arc::new(target),
            budget: self.budget,
            observer: self.observer,
            ids: self.request_id_header.transpose()?.map(RequestIds::new),
            clock,
            seed: self.seed.unwrap_or_else(|| fastrand::u64(..)),
            requests: AtomicU64::new(0),
        };
        Ok(Settings {
            shared: Arc::new(shared),
            options: self.options,
            header_fields: HeaderFields::default(),
            context: None,
        })
    }
}
