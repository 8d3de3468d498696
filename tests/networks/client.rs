//! A client of either transport, with the same settings.

use std::error::Error as StdError;
use std::sync::LazyLock;

use talkspace_blocking::HttpTransport;
use talkspace_core::{
    BlockingClient, Client, ClientBuilder, Delivery, Error, ErrorKind, FailureKind, Operation,
};
use talkspace_hyper::HyperTransport;
use talkspace_net::{Settings, TransportBuilder};
use talkspace_sandbox::SandboxBuilder;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
});

#[derive(Clone, Copy, Debug)]
pub(crate) enum Engine {
    Hyper,
    Blocking,
}

pub(crate) enum AnyClient {
    Hyper(Client),
    Blocking(BlockingClient),
}

pub(crate) type Builder = TransportBuilder<Settings>;

impl Engine {
    pub(crate) const BOTH: [Self; 2] = [Self::Hyper, Self::Blocking];

    /// A client with these settings of the transport.
    pub(crate) fn client(self, url: &str, set: impl FnOnce(Builder) -> Builder) -> AnyClient {
        self.with(Client::builder(url, SandboxBuilder::EXAMPLE_APP_KEY), set)
    }

    pub(crate) fn with(
        self,
        client: ClientBuilder,
        set: impl FnOnce(Builder) -> Builder,
    ) -> AnyClient {
        let settings = set(Builder::default()).build().unwrap();
        match self {
            Self::Hyper => {
                let transport = HyperTransport::from(settings.with_connector(None));
                AnyClient::Hyper(client.build(transport).unwrap())
            }
            Self::Blocking => {
                let transport = HttpTransport::from(settings.with_connector(None));
                AnyClient::Blocking(client.build_blocking(transport).unwrap())
            }
        }
    }
}

impl AnyClient {
    pub(crate) fn send<O: Operation>(&self, operation: O) -> Result<O::Response, Error> {
        match self {
            Self::Hyper(client) => RUNTIME.block_on(client.send(operation)),
            Self::Blocking(client) => client.send(operation),
        }
    }
}

/// The error and its causes, a line each.
pub(crate) fn told(error: &Error) -> String {
    let first: &(dyn StdError + 'static) = error;
    let lines = std::iter::successors(Some(first), |&error| error.source());
    let lines: Vec<_> = lines.map(ToString::to_string).collect();
    lines.join("\n")
}

/// Asserts how a request failed: with this kind, unsent, and with these words.
pub(crate) fn assert_unsent<T: std::fmt::Debug>(
    outcome: Result<T, Error>,
    kind: FailureKind,
    why: &str,
) -> Error {
    let error = outcome.unwrap_err();
    let told = told(&error);
    assert_eq!(error.kind(), ErrorKind::Transport(kind), "{told}");
    assert_eq!(error.delivery(), Delivery::NotSent, "{told}");
    assert!(told.contains(why), "{why}: {told}");
    error
}
