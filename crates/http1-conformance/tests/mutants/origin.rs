//! Where a connection leads.

use std::net::IpAddr;

use http::Uri;
use http1_conformance::client::{Delivery, FailureKind, TransportError};

/// Where a connection leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) is_tls: bool,
    /// Whose certificate it must have; that of the host, unless a fault wants another.
    pub(super) name: Option<String>,
    /// Where it is; the system knows, when there are none.
    pub(super) addresses: Vec<IpAddr>,
}

impl Origin {
    pub(super) fn of(uri: &Uri) -> Result<Self, TransportError> {
        let unusable = |why: &str| {
            Err(TransportError::new(FailureKind::Other, Delivery::NotSent).with_source(why))
        };
        let is_tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return unusable("the URI is neither http nor https"),
        };
        let Some(host) = uri.host() else {
            return unusable("the URI has no host");
        };
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 }),
            is_tls,
            name: None,
            addresses: Vec::new(),
        })
    }

    /// Host and port as in a URI, the default port too.
    pub(super) fn authority(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }

    /// Whether only the scheme differs, if anything.
    pub(super) fn is_at(&self, other: &Self) -> bool {
        (&self.host, self.port) == (&other.host, other.port)
    }
}
