//! One exchange on either transport, through a proxy.

use std::error::Error as StdError;

use talkspace_conformance::wire::Tls;
use talkspace_core::transport::{
    BlockingTransport as _, Body, Exchange, Transport as _, TransportError,
};
use talkspace_core::{CancelToken, Limits};
use talkspace_net::{Engine, Proxy, TransportBuilder};
use tokio::runtime::{Builder, Runtime};

pub(crate) type Outcome = Result<(u16, Vec<u8>), TransportError>;

/// A transport of either kind.
pub(crate) enum Client {
    Hyper(talkspace_hyper::HyperTransport, Runtime),
    Blocking(talkspace_blocking::HttpTransport),
}

impl Client {
    /// Both, through this proxy, and with trust in the suite's certificates.
    pub(crate) fn both(proxy: &str) -> [Self; 2] {
        [Self::hyper(proxy), Self::blocking(proxy)]
    }

    pub(crate) fn hyper(proxy: &str) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        Self::Hyper(through(proxy).build().unwrap(), runtime)
    }

    pub(crate) fn blocking(proxy: &str) -> Self {
        Self::Blocking(through(proxy).build().unwrap())
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Hyper(..) => "hyper",
            Self::Blocking(_) => "blocking",
        }
    }

    /// Sends a request with a body, and gives the status and the body of its response.
    pub(crate) fn post(&self, url: &str) -> Outcome {
        self.send(exchange(url, Limits::default()))
    }

    pub(crate) fn send(&self, exchange: Exchange) -> Outcome {
        match self {
            Self::Hyper(transport, runtime) => runtime.block_on(async {
                let (head, mut body) = transport.exchange(exchange).await?.into_parts();
                let mut whole = Vec::new();
                while let Some(chunk) = body.chunk().await? {
                    whole.extend_from_slice(&chunk);
                }
                Ok((head.status.as_u16(), whole))
            }),
            Self::Blocking(transport) => {
                let response = transport.exchange(exchange, &CancelToken::new())?;
                let (head, mut body) = response.into_parts();
                let mut whole = Vec::new();
                while let Some(chunk) = body.chunk()? {
                    whole.extend_from_slice(&chunk);
                }
                Ok((head.status.as_u16(), whole))
            }
        }
    }
}

fn through<T: Engine>(proxy: &str) -> TransportBuilder<T> {
    TransportBuilder::default()
        .only_root_certificates_pem(Tls::roots_pem())
        .proxy(Proxy::new(proxy).unwrap())
}

/// A request with a body, whose bytes must not be in vain.
pub(crate) fn exchange(url: &str, limits: Limits) -> Exchange {
    let request = http::Request::post(url).body(Body::from("SENT"));
    Exchange::new(request.unwrap(), limits)
}

/// A request without one.
pub(crate) fn get(url: &str) -> Exchange {
    let request = http::Request::get(url).body(Body::empty());
    Exchange::new(request.unwrap(), Limits::default())
}

/// The error and its sources, as a person reads them.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}
