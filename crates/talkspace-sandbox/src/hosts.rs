//! For which hosts requests are taken.
//!
//! A browser lets any page talk to a host of that page's name. Whoever lets that
//! name lead here (DNS rebinding) talks to this server, and their requests say
//! so in `Host`.

use std::net::{IpAddr, SocketAddr};

use http::request::Parts;
use http::uri::Authority;
use http::{StatusCode, Uri, Version, header};

#[cfg(test)]
mod tests;

/// The hosts that are this server.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    /// Addresses count when whoever runs it let it be reached from elsewhere.
    any_address: bool,
    names: Vec<String>,
}

impl Hosts {
    /// For a server that listens on this address, and is known by these names.
    pub(crate) fn new(address: SocketAddr, public_url: Option<&str>, names: &[String]) -> Self {
        let public = public_url.and_then(|url| url.parse::<Uri>().ok());
        let public = public.as_ref().and_then(Uri::host).map(str::to_owned);
        let names = names.iter().cloned().chain(public);
        Self {
            any_address: !address.ip().is_loopback(),
            names: names.map(|name| name.to_ascii_lowercase()).collect(),
        }
    }

    /// Takes a request that is meant for this server. One of HTTP/1.0 need not
    /// say for whom it is.
    ///
    /// # Errors
    ///
    /// The status that refuses it.
    pub(crate) fn take(&self, head: &Parts) -> Result<(), StatusCode> {
        let mut hosts = head.headers.get_all(header::HOST).iter();
        // RFC 9112 §3.2: one, and no more than one, and what it says is a host.
        let said = match (hosts.next(), hosts.next()) {
            (None, _) if head.version < Version::HTTP_11 => None,
            (Some(host), None) => {
                let host = Authority::try_from(host.as_bytes());
                Some(host.map_err(|_| StatusCode::BAD_REQUEST)?)
            }
            _ => return Err(StatusCode::BAD_REQUEST),
        };
        // RFC 9112 §3.2.2: a whole URL in the request wins over the header.
        let host = head.uri.host().or(said.as_ref().map(Authority::host));
        if host.is_none_or(|host| self.is(host)) {
            return Ok(());
        }
        Err(StatusCode::MISDIRECTED_REQUEST)
    }

    fn is(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(address) => address.is_loopback() || self.any_address,
            Err(_) => {
                let is_local = host == "localhost" || host.ends_with(".localhost");
                is_local || self.names.contains(&host)
            }
        }
    }
}
