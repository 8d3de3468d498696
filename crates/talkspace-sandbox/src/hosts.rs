//! For which hosts requests are taken.
//!
//! A browser lets any page talk to a host of that page's name. Whoever lets that
//! name lead here (DNS rebinding) talks to this server, and their requests say
//! so in `Host`.

use std::net::{IpAddr, SocketAddr};

use http::uri::Authority;
use http::{HeaderMap, Uri, header};

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

    /// Whether a request is meant for this server. One of HTTP/1.0 need not say.
    pub(crate) fn take(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        // RFC 9112 §3.2.2: a whole URL in the request wins over the header.
        if let Some(host) = uri.host() {
            return self.is(host);
        }
        let mut hosts = headers.get_all(header::HOST).iter();
        match (hosts.next(), hosts.next()) {
            (None, _) => true,
            (Some(host), None) => host
                .to_str()
                .ok()
                .and_then(|host| host.parse::<Authority>().ok())
                .is_some_and(|host| self.is(host.host())),
            (Some(_), Some(_)) => false,
        }
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
