//! Where a client sends its requests.

use std::fs;
use std::net::SocketAddr;

use crate::Outcome;

/// A server.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Where it listens.
    pub address: SocketAddr,
    /// The root of its certificate, as PEM, where it speaks TLS.
    pub root: Option<Vec<u8>>,
}

impl Origin {
    /// Reads `ADDRESS` or, of a server with TLS, `ADDRESS,FILE`.
    ///
    /// # Errors
    ///
    /// When the one is not an address, or the other cannot be read.
    pub(crate) fn parse(text: &str) -> Outcome<Self> {
        let (address, file) = text
            .split_once(',')
            .map_or((text, None), |(address, file)| (address, Some(file)));
        Ok(Self {
            address: address.parse()?,
            root: file.map(fs::read).transpose()?,
        })
    }

    /// The URL of a path there.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        let scheme = match self.root {
            Some(_) => "https",
            None => "http",
        };
        format!("{scheme}://{}{path}", self.address)
    }
}
