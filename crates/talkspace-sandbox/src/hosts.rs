//! For which hosts requests are taken, and from which pages.
//!
//! A browser lets any page talk to a host of that page's name. When that name
//! resolves to this server (DNS rebinding), the page's requests say so in `Host`.
//!
//! It also lets any page send forms anywhere, without showing it the response.
//! Such a request says where it is from in `Origin` or `Sec-Fetch-Site` (Fetch
//! Standard, section 3.1; Fetch Metadata, section 2.3). A client that is no browser
//! sends neither.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use http::request::Parts;
use http::uri::Authority;
use http::{HeaderName, Method, Uri, Version, header};
use talkspace_core::server::ServiceError;

#[cfg(test)]
mod tests;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The hosts that are this server.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    /// Any address counts when it listens on more than loopback.
    any_address: bool,
    names: Vec<String>,
    /// Where it is reached from elsewhere, as a page there spells it.
    public: Option<Origin>,
}

/// Scheme, host and port, in lower case.
type Origin = (String, String, u16);

impl Hosts {
    /// For a server that listens on this address, and is known by these names.
    pub(crate) fn new(address: SocketAddr, public_url: Option<&str>, names: &[String]) -> Self {
        let public = public_url.and_then(|url| url.parse::<Uri>().ok());
        let host = public.as_ref().and_then(Uri::host).map(str::to_owned);
        let names = names.iter().cloned().chain(host);
        Self {
            any_address: !address.ip().is_loopback(),
            names: names.map(|name| name.to_ascii_lowercase()).collect(),
            public: public.as_ref().and_then(origin),
        }
    }

    /// Takes a request that is meant for this server, and not made by a page of
    /// another site if it may change something. One of HTTP/1.0 need not say for
    /// whom it is.
    ///
    /// # Errors
    ///
    /// The [`ServiceError`] that it gets.
    pub(crate) fn take(&self, head: &Parts) -> Result<(), ServiceError> {
        let unclear =
            || ServiceError::new(400, "Say in one Host header field which host this is for");
        let mut hosts = head.headers.get_all(header::HOST).iter();
        // RFC 9112 §3.2: one, and no more than one, and what it says is a host.
        let said = match (hosts.next(), hosts.next()) {
            (None, _) if head.version < Version::HTTP_11 => None,
            (Some(host), None) => {
                let host = Authority::try_from(host.as_bytes());
                Some(host.map_err(|_| unclear())?)
            }
            _ => return Err(unclear()),
        };
        // RFC 9112 §3.2.2: an absolute-form target wins over the header field.
        let host = head.uri.authority().or(said.as_ref());
        if host.is_some_and(|host| !self.is(host.host())) {
            let why =
                "This sandbox is not that host. Use its address, or start it with --host NAME.";
            return Err(ServiceError::new(421, why));
        }
        if self.is_from_here(head, host) {
            return Ok(());
        }
        let why = "A page of another site may not change anything here.";
        Err(ServiceError::new(403, why))
    }

    /// Whether no page of another site makes this request, or all that it does is
    /// to read. A page elsewhere may play media whose URL it knows; its browser
    /// shows it nothing else.
    fn is_from_here(&self, head: &Parts, host: Option<&Authority>) -> bool {
        if head.method == Method::GET || head.method == Method::HEAD {
            return true;
        }
        // One of another port is `same-site`. `none` is the user, not a page.
        let mut sites = head.headers.get_all(SEC_FETCH_SITE).iter();
        let mut origins = head.headers.get_all(header::ORIGIN).iter();
        let own = host.and_then(|host| origin(&format!("http://{host}").parse().ok()?));
        let is_own =
            |said: Origin| Some(&said) == own.as_ref() || Some(&said) == self.public.as_ref();
        sites.all(|site| matches!(site.as_bytes(), b"same-origin" | b"none"))
            && origins.all(|said| {
                let said = Uri::try_from(said.as_bytes()).ok();
                said.as_ref().and_then(origin).is_some_and(is_own)
            })
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

/// An address that can be connected to: a server that listens on all
/// interfaces is reached on this machine.
pub(crate) fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

fn origin(url: &Uri) -> Option<Origin> {
    let scheme = url.scheme_str()?.to_ascii_lowercase();
    let port = if scheme == "https" { 443 } else { 80 };
    let port = url.port_u16().unwrap_or(port);
    Some((scheme, url.host()?.to_ascii_lowercase(), port))
}
