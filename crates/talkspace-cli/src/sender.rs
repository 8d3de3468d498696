//! One way to send, whichever transport carries it.

use std::io::Write;

use clap::ValueEnum;
use talkspace_core::{
    AppKey, BlockingClient, Cancel, Client, ConferenceId, Download, Error, GetMediaStatusResponse,
    GetRegistrationStatusResponse, GetTalkspaceResponse, MediaId, NetworkId, Operation, Patience,
};
use tokio::runtime::Runtime;

/// The transports that this command brings along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Carrier {
    /// Async: hyper and tokio
    Hyper,
    /// Blocking: no async runtime
    Blocking,
}

impl Carrier {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hyper => "hyper",
            Self::Blocking => "blocking",
        }
    }
}

/// A client over the transport that was chosen.
#[derive(Debug)]
pub(crate) enum Sender {
    Hyper(Runtime, Client),
    Blocking(BlockingClient),
}

impl Sender {
    pub(crate) fn new(carrier: Carrier, base_url: &str, key: AppKey) -> Result<Self, String> {
        match carrier {
            Carrier::Hyper => {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .map_err(|error| error.to_string())?;
                let client = talkspace_hyper::Client::builder(base_url, key)
                    .build()
                    .map_err(|error| error.to_string())?;
                Ok(Self::Hyper(runtime, client.into()))
            }
            Carrier::Blocking => {
                let client = talkspace_blocking::Client::builder(base_url, key)
                    .build()
                    .map_err(|error| error.to_string())?;
                Ok(Self::Blocking(client.into()))
            }
        }
    }

    pub(crate) fn send<O: Operation>(&self, operation: O) -> Result<O::Response, Error> {
        match self {
            Self::Hyper(runtime, client) => runtime.block_on(client.send(operation)),
            Self::Blocking(client) => client.send(operation),
        }
    }

    pub(crate) fn download(
        &self,
        download: Download,
        writer: &mut (dyn Write + Send),
    ) -> Result<u64, Error> {
        match self {
            Self::Hyper(runtime, client) => runtime.block_on(client.download(download, writer)),
            Self::Blocking(client) => client.download(download, writer, &Cancel::new()),
        }
    }

    pub(crate) fn wait_for_media(
        &self,
        media_id: impl Into<MediaId>,
    ) -> Result<GetMediaStatusResponse, Error> {
        let patience = Patience::default();
        match self {
            Self::Hyper(runtime, client) => {
                runtime.block_on(client.wait_for_media(media_id, patience))
            }
            Self::Blocking(client) => client.wait_for_media(media_id, patience, &Cancel::new()),
        }
    }

    pub(crate) fn wait_for_registration(
        &self,
        network_id: impl Into<NetworkId>,
    ) -> Result<GetRegistrationStatusResponse, Error> {
        let patience = Patience::default();
        match self {
            Self::Hyper(runtime, client) => {
                runtime.block_on(client.wait_for_registration(network_id, patience))
            }
            Self::Blocking(client) => {
                client.wait_for_registration(network_id, patience, &Cancel::new())
            }
        }
    }

    pub(crate) fn wait_for_participant(
        &self,
        conference_id: impl Into<ConferenceId>,
        network_id: impl Into<NetworkId>,
    ) -> Result<GetTalkspaceResponse, Error> {
        let patience = Patience::default();
        match self {
            Self::Hyper(runtime, client) => {
                runtime.block_on(client.wait_for_participant(conference_id, network_id, patience))
            }
            Self::Blocking(client) => {
                client.wait_for_participant(conference_id, network_id, patience, &Cancel::new())
            }
        }
    }
}
