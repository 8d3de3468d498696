#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;

use std::fmt;
use std::time::{Duration, Instant};

use http::header::{CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use http::{Method, Request, Response};
use talkspace_core::CancelToken;
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Body, Exchange, FailureKind, Limits, Phase, Progress,
    TransportError, threaded,
};
use ureq::config::{AutoHeaderValue, ConfigBuilder};
use ureq::typestate::AgentScope;
use ureq::{Agent, SendBody};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A transport over a [`ureq::Agent`], whose connections it shares with whatever else
/// uses that agent. Each exchange has a thread of its own.
///
/// ```
/// use talkspace_core::BlockingClient;
/// use talkspace_ureq::UreqTransport;
///
/// let agent = UreqTransport::config_builder().build().new_agent();
/// let client = BlockingClient::builder("http://127.0.0.1:8080", "key")
///     .build_blocking(UreqTransport::new(agent))?;
/// # let _: BlockingClient = client;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct UreqTransport {
    agent: Agent,
}

impl UreqTransport {
    /// A transport over an agent that an application has already.
    ///
    /// Redirects, statuses as errors, and the timeouts of that agent do not apply to
    /// the exchanges. Its proxy, middleware and cookies do:
    /// [`config_builder`](Self::config_builder) has the settings of the contract.
    #[must_use]
    pub const fn new(agent: Agent) -> Self {
        Self { agent }
    }

    /// The configuration of an agent that uses no proxy that was not given. An
    /// application adds its own settings: TLS, a proxy, how long connections are kept.
    #[must_use]
    pub fn config_builder() -> ConfigBuilder<AgentScope> {
        Agent::config_builder().proxy(None)
    }
}

impl BlockingTransport for UreqTransport {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        let (request, limits) = exchange.into_parts();
        let agent = self.agent.clone();
        threaded(limits, cancel, move |progress| {
            run(&agent, request, &limits, progress)
        })
    }
}

fn run(
    agent: &Agent,
    request: Request<Body>,
    limits: &Limits,
    progress: &Progress,
) -> Result<(), TransportError> {
    let is_https = request.uri().scheme_str() == Some("https");
    let (mut head, body) = request.into_parts();
    // The length is known, so nothing else says where the body ends.
    head.headers.remove(TRANSFER_ENCODING);
    let says_zero = [Method::POST, Method::PUT, Method::PATCH].contains(&head.method);
    let body = if says_zero || !body.is_empty() {
        let body = progress.body(&body);
        let length = HeaderValue::from(body.left());
        head.headers.insert(CONTENT_LENGTH, length);
        SendBody::from_owned_reader(body)
    } else {
        SendBody::none()
    };
    // Before the body is read, the engine does not tell connecting from sending the head. It
    // keeps the timeouts of both itself, so no phase is said here: a request that may have been
    // sent must not pass for one that was not.
    let head = Request::from_parts(head, body);
    let request = configure(agent, head, limits);
    let response = agent
        .run(request)
        .map_err(|error| error::failure(error, Phase::Head, is_https))?;
    let (head, body) = response.into_parts();
    if body
        .content_length()
        .is_some_and(|length| length > limits.max_body_bytes)
    {
        return Err(TransportError::maybe_sent(FailureKind::TooLarge));
    }
    // The engine takes what is left of such a body for a whole one.
    let mut codings = head.headers.get_all(TRANSFER_ENCODING).iter();
    if codings
        .next()
        .is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"chunked"))
        || codings.next().is_some()
    {
        return Err(TransportError::maybe_sent(FailureKind::Protocol));
    }
    progress.head(Response::from_parts(head, ()))?;
    progress.read(body.into_reader(), |error| {
        error::failure(error.into(), Phase::Body, is_https)
    })
}

/// The request with what the contract wants, and the limits.
fn configure<'a>(
    agent: &Agent,
    request: Request<SendBody<'a>>,
    limits: &Limits,
) -> Request<SendBody<'a>> {
    // A silent peer has the longer one before its head; in its body the caller's thread
    // keeps the other.
    let silence = limits.response_timeout.max(limits.read_timeout);
    // It adds each to the time of day, which has an end.
    let some = |limit: Duration| Some(limit.min(DAY));
    agent
        .configure_request(request)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .allow_non_standard_methods(true)
        .accept_encoding(AutoHeaderValue::None)
        .max_response_header_size(limits.max_header_bytes)
        .timeout_global(limits.remaining(Instant::now()).and_then(some))
        .timeout_per_call(None)
        .timeout_resolve(some(limits.connect_timeout))
        .timeout_connect(some(limits.connect_timeout))
        .timeout_send_request(some(limits.read_timeout))
        .timeout_send_body(None)
        .timeout_per_write(some(limits.read_timeout))
        .timeout_recv_response(some(limits.response_timeout))
        .timeout_recv_body(None)
        .timeout_per_read(some(silence))
        .build()
}

/// Shows no more than that it is one.
impl fmt::Debug for UreqTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UreqTransport").finish_non_exhaustive()
    }
}
