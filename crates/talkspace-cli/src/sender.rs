//! One way to send, over either transport.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use talkspace_blocking::HttpTransport;
use talkspace_core::recording::Recorder;
use talkspace_core::response::{
    GetMediaStatusResponse, GetRegistrationStatusResponse, GetTalkspaceResponse,
};
use talkspace_core::sure::SureRequest;
use talkspace_core::transport::{BlockingTransport, Transport};
use talkspace_core::{
    BlockingClient, Client, ClientBuilder, ConferenceId, Download, DownloadMedia, Error,
    GetMediaStatus, GetRegistrationStatus, GetTalkspace, InvalidBaseUrl, InvalidClient, MediaId,
    NetworkId, Operation, PollOptions, Sure, SureOptions,
};
use talkspace_hyper::HyperTransport;
use tokio::runtime::Runtime;

use crate::interrupt;
use crate::network::Network;
use crate::rehearsal::Rehearsal;
use crate::trace::{Trace, Traced};

/// What is wrong with a setting, and which option takes it all the same.
fn invalid(why: InvalidClient) -> String {
    match why {
        InvalidClient::BaseUrl(InvalidBaseUrl::PlainHttp) => {
            "the base URL is plain http to another machine, where the key could be read; use \
             https://, or allow its host by --plain-http-host (TALKSPACE_PLAIN_HTTP_HOST), if \
             that is meant"
                .to_owned()
        }
        why => why.to_string(),
    }
}

/// The transports that this command brings along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// Async: hyper and tokio
    Hyper,
    /// Blocking: no async runtime
    Blocking,
}

impl Engine {
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
    rehearses: bool,
}

#[derive(Debug)]
enum Either {
    /// The runtime lasts as long as the process: to drop it would be to wait for
    /// whatever reads the source of a body at the moment.
    Hyper(&'static Runtime, Client),
    Blocking(BlockingClient),
}

impl Sender {
    /// Without a `network`, what the environment says of it is not read either.
    pub(crate) fn new(
        engine: Engine,
        builder: ClientBuilder,
        network: Option<&Network>,
        trace: Trace,
        recorder: Option<Recorder>,
    ) -> Result<Self, String> {
        let cancel = interrupt::cancel();
        let client = match engine {
            Engine::Hyper => {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .map_err(|error| error.to_string())?;
                let transport =
                    network.map_or_else(|| Ok(HyperTransport::new()), Network::transport)?;
                let transport: Arc<dyn Transport> = match recorder {
                    Some(recorder) => Arc::new(recorder.wrap(transport)),
                    None => Arc::new(transport),
                };
                let client = builder.build(Traced::new(transport, trace, cancel));
                let client = client.map_err(invalid)?;
                Either::Hyper(Box::leak(Box::new(runtime)), client)
            }
            Engine::Blocking => {
                let transport =
                    network.map_or_else(|| Ok(HttpTransport::new()), Network::transport)?;
                let transport: Arc<dyn BlockingTransport> = match recorder {
                    Some(recorder) => Arc::new(recorder.wrap(transport)),
                    None => Arc::new(transport),
                };
                let client = builder.build_blocking(Traced::new(transport, trace, cancel.clone()));
                let client = client.map_err(invalid)?;
                Either::Blocking(client.with_cancel(&cancel))
            }
        };
        Ok(Self {
            client,
            rehearses: false,
        })
    }

    /// One that keeps the first request and sends nothing.
    pub(crate) fn rehearsing(builder: ClientBuilder, rehearsal: Rehearsal) -> Result<Self, String> {
        let client = builder.build_blocking(rehearsal);
        Ok(Self {
            client: Either::Blocking(client.map_err(invalid)?),
            rehearses: true,
        })
    }

    pub(crate) const fn rehearses(&self) -> bool {
        self.rehearses
    }

    pub(crate) fn send_surely<O: SureRequest>(&self, request: O, options: SureOptions) -> Sure<O> {
        interrupt::begin(O::INFO);
        match &self.client {
            Either::Hyper(runtime, client) => {
                runtime.block_on(client.send_surely(request, options))
            }
            Either::Blocking(client) => client.send_surely(request, options),
        }
    }

    pub(crate) fn send<O: Operation>(&self, operation: O) -> Result<O::Response, Error> {
        interrupt::begin(O::INFO);
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
        interrupt::begin(DownloadMedia::INFO);
        match &self.client {
            Either::Hyper(runtime, client) => runtime.block_on(async {
                let mut media = client.open(download).await?;
                while let Some(chunk) = media.chunk().await? {
                    // Nothing else runs on this runtime that a slow writer could hold up.
                    let written = writer.write_all(&chunk);
                    written.map_err(|error| media.unwritten(error))?;
                }
                Ok(media.delivered())
            }),
            Either::Blocking(client) => client.download(download, writer),
        }
    }

    pub(crate) fn wait_for_media(
        &self,
        media_id: impl Into<MediaId>,
        at_most: Duration,
    ) -> Result<GetMediaStatusResponse, Error> {
        interrupt::begin(GetMediaStatus::INFO);
        let options = PollOptions::default().timeout(at_most);
        match &self.client {
            Either::Hyper(runtime, client) => {
                runtime.block_on(client.wait_for_media(media_id, options))
            }
            Either::Blocking(client) => client.wait_for_media(media_id, options),
        }
    }

    pub(crate) fn wait_for_registration(
        &self,
        network_id: impl Into<NetworkId>,
        at_most: Duration,
    ) -> Result<GetRegistrationStatusResponse, Error> {
        interrupt::begin(GetRegistrationStatus::INFO);
        let options = PollOptions::default().timeout(at_most);
        match &self.client {
            Either::Hyper(runtime, client) => {
                runtime.block_on(client.wait_for_registration(network_id, options))
            }
            Either::Blocking(client) => client.wait_for_registration(network_id, options),
        }
    }

    pub(crate) fn wait_for_participant(
        &self,
        conference_id: impl Into<ConferenceId>,
        network_id: impl Into<NetworkId>,
        at_most: Duration,
    ) -> Result<GetTalkspaceResponse, Error> {
        interrupt::begin(GetTalkspace::INFO);
        let options = PollOptions::default().timeout(at_most);
        match &self.client {
            Either::Hyper(runtime, client) => {
                runtime.block_on(client.wait_for_participant(conference_id, network_id, options))
            }
            Either::Blocking(client) => {
                client.wait_for_participant(conference_id, network_id, options)
            }
        }
    }
}
