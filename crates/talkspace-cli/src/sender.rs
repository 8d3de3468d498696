//! One way to send, whichever transport carries it.

use talkspace_core::{AppKey, BlockingClient, Client, Error, Operation};
use tokio::runtime::Runtime;

use crate::connection::Carrier;

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
}
