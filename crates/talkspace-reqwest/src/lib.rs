#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod download;
mod error;
mod progress;
mod upload;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::header::{CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use http::{Method, Response};
use talkspace_core::transport::{
    Exchange, FailureKind, Limits, Phase, ResponseBody, Transport, TransportError,
};

use crate::download::Download;
use crate::progress::Progress;
use crate::upload::Upload;

/// A transport over a [`reqwest::Client`], whose connections it shares with whatever
/// else uses that client. It needs a tokio runtime with time.
///
/// ```
/// use talkspace_core::Client;
/// use talkspace_reqwest::ReqwestTransport;
///
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let reqwest = ReqwestTransport::client_builder().build()?;
/// let client = Client::builder("http://127.0.0.1:8080", "key")
///     .build(ReqwestTransport::new(reqwest))?;
/// # let _: Client = client;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ReqwestTransport {
    client: reqwest::Client,
}

impl ReqwestTransport {
    /// A transport over a client that an application has already.
    ///
    /// What that client does by itself, it does here too: follow redirects, store
    /// cookies, decode, retry, and use the proxy of the environment. The contract of a
    /// [`Transport`] wants none of it, and a request that rings phones wants no
    /// redirect and no retry: [`client_builder`](Self::client_builder) has the settings.
    #[must_use]
    pub const fn new(client: reqwest::Client) -> Self {
        Self { client }
    }

    /// The builder of a client that keeps the contract of a [`Transport`]: HTTP/1.1, no
    /// redirect, no retry, no decoding, no `referer`, and no proxy that was not given.
    /// An application adds its own settings: roots, a proxy, how long connections are
    /// kept.
    pub fn client_builder() -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .no_proxy()
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn exchange(&self, exchange: Exchange) -> Result<Response<ResponseBody>, TransportError> {
        let (mut request, limits) = exchange.into_parts();
        // The length is known, and says alone where the body ends.
        request.headers_mut().remove(TRANSFER_ENCODING);
        request.headers_mut().remove(CONTENT_LENGTH);
        // The engine leaves the field out where a body is empty.
        let says_zero = [Method::POST, Method::PUT, Method::PATCH].contains(request.method());
        if says_zero && request.body().is_empty() {
            let zero = HeaderValue::from_static("0");
            request.headers_mut().insert(CONTENT_LENGTH, zero);
        }
        let is_https = request.uri().scheme_str() == Some("https");
        let progress = Arc::new(Progress::new(limits));
        let request =
            request.map(|body| reqwest::Body::wrap(Upload::new(&body, Arc::clone(&progress))));
        let request = reqwest::Request::try_from(request).map_err(|error| {
            TransportError::not_sent(FailureKind::Other).with_source(error.without_url())
        })?;
        let response = progress.within(self.client.execute(request)).await?;
        let response = response.map_err(|error| {
            let of_source = progress.take_error();
            let error = of_source.unwrap_or_else(|| error::failure(error, Phase::Head, is_https));
            error.with_delivery(progress.delivery())
        })?;
        let response = Response::from(response);
        acceptable(&response, &limits)?;
        Ok(response.map(|body| ResponseBody::new(Download::new(body, limits))))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Whether the head is within its limit, which is further away for the engine, and the body readable.
fn acceptable(response: &Response<reqwest::Body>, limits: &Limits) -> Result<(), TransportError> {
    // The engine looks at the last coding alone, and leaves the others in the body.
    let mut codings = response.headers().get_all(TRANSFER_ENCODING).iter();
    let is_chunked = |coding: &HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"chunked");
    if codings.next().is_some_and(|coding| !is_chunked(coding)) || codings.next().is_some() {
        return Err(TransportError::maybe_sent(FailureKind::Protocol));
    }
    let fields = response.headers().iter();
    let head = fields.map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    match head.sum::<usize>() > limits.max_header_bytes {
        true => Err(TransportError::maybe_sent(FailureKind::TooLarge)),
        false => Ok(()),
    }
}

/// Shows no more than that it is one: the client's `Debug` may show header fields.
impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport").finish_non_exhaustive()
    }
}
