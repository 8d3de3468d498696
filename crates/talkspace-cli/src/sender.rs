//! One way to send, whichever transport carries it.

use std::io::Write;

use clap::ValueEnum;
use talkspace_blocking::HttpTransport;
use talkspace_core::{
    AppKey, BlockingClient, Cancel, Client, ConferenceId, Download, DownloadMedia, Error,
    GetMediaStatus, GetMediaStatusResponse, GetRegistrationStatus, GetRegistrationStatusResponse,
    GetTalkspace, GetTalkspaceResponse, MediaId, NetworkId, Operation, Patience,
    blocking_transport_fn,
};
use talkspace_hyper::HyperTransport;
use tokio::runtime::Runtime;

use crate::trace::{Trace, Traced, rehearse};

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
pub(crate) struct Sender {
    client: Either,
    trace: Trace,
}

#[derive(Debug)]
enum Either {
    /// The runtime lasts as long as the process: to drop it would be to wait for
    /// whatever reads the source of a body at the moment.
    Hyper(&'static Runtime, Client),
    Blocking(BlockingClient),
}

impl Sender {
    pub(crate) fn new(
        carrier: Carrier,
        base_url: &str,
        key: AppKey,
        verbose: bool,
    ) -> Result<Self, String> {
        let trace = Trace::new(verbose);
        let builder = Client::builder(base_url, key);
        let client = match carrier {
            Carrier::Hyper => {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .map_err(|error| error.to_string())?;
                let transport = HyperTransport::new().map_err(|error| error.to_string())?;
                let client = builder.build(Traced::new(transport, trace.clone()));
                let client = client.map_err(|error| error.to_string())?;
                Either::Hyper(Box::leak(Box::new(runtime)), client)
            }
            Carrier::Blocking => {
                let transport = HttpTransport::new().map_err(|error| error.to_string())?;
                let client = builder.build_blocking(Traced::new(transport, trace.clone()));
                Either::Blocking(client.map_err(|error| error.to_string())?)
            }
        };
        Ok(Self { client, trace })
    }

    /// One that shows the first request and sends nothing.
    pub(crate) fn rehearsing(base_url: &str, key: AppKey, json: bool) -> Result<Self, String> {
        let trace = Trace::new(false);
        let shown = trace.clone();
        let transport = blocking_transport_fn(move |request| rehearse(&shown, &request, json));
        let client = Client::builder(base_url, key).build_blocking(transport);
        Ok(Self {
            client: Either::Blocking(client.map_err(|error| error.to_string())?),
            trace,
        })
    }

    pub(crate) fn send<O: Operation>(&self, operation: O) -> Result<O::Response, Error> {
        self.trace.begin(O::INFO);
        match &self.client {
            Either::Hyper(runtime, client) => runtime.block_on(client.send(operation)),
            Either::Blocking(client) => client.send(operation),
        }
    }

    pub(crate) fn download(
        &self,
        download: Download,
        writer: &mut (dyn Write + Send),
    ) -> Result<u64, Error> {
        self.trace.begin(DownloadMedia::INFO);
        match &self.client {
            Either::Hyper(runtime, client) => runtime.block_on(client.download(download, writer)),
            Either::Blocking(client) => client.download(download, writer, &Cancel::new()),
        }
    }

    pub(crate) fn wait_for_media(
        &self,
        media_id: impl Into<MediaId>,
    ) -> Result<GetMediaStatusResponse, Error> {
        self.trace.begin(GetMediaStatus::INFO);
        let patience = Patience::default();
        match &self.client {
            Either::Hyper(runtime, client) => {
                runtime.block_on(client.wait_for_media(media_id, patience))
            }
            Either::Blocking(client) => client.wait_for_media(media_id, patience, &Cancel::new()),
        }
    }

    pub(crate) fn wait_for_registration(
        &self,
        network_id: impl Into<NetworkId>,
    ) -> Result<GetRegistrationStatusResponse, Error> {
        self.trace.begin(GetRegistrationStatus::INFO);
        let patience = Patience::default();
        match &self.client {
            Either::Hyper(runtime, client) => {
                runtime.block_on(client.wait_for_registration(network_id, patience))
            }
            Either::Blocking(client) => {
                client.wait_for_registration(network_id, patience, &Cancel::new())
            }
        }
    }

    pub(crate) fn wait_for_participant(
        &self,
        conference_id: impl Into<ConferenceId>,
        network_id: impl Into<NetworkId>,
    ) -> Result<GetTalkspaceResponse, Error> {
        self.trace.begin(GetTalkspace::INFO);
        let patience = Patience::default();
        match &self.client {
            Either::Hyper(runtime, client) => {
                runtime.block_on(client.wait_for_participant(conference_id, network_id, patience))
            }
            Either::Blocking(client) => {
                client.wait_for_participant(conference_id, network_id, patience, &Cancel::new())
            }
        }
    }
}
