//! For which hosts requests are taken, and from which pages.
//!
//! A browser lets any page talk to a host of that page's name. When that name
//! resolves to this server (DNS rebinding), the page's requests say so in `Host`.
//!
//! It also lets any page send forms anywhere, and show images and frames of anywhere,
//! without giving it the response. Such a request says where it is from in `Origin` or
//! `Sec-Fetch-Site` (Fetch Standard, section 3.1; Fetch Metadata, section 2.3), and
//! fails whatever its method and path are: a page learns from its size and time, too. A
//! link on another site is `cross-site` as well, and no exception is made for it; an
//! address that is typed or opened from a bookmark is `none`. A client that is no
//! browser sends neither header field.

mod host;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use http::request::Parts;
use http::uri::Authority;
use http::{HeaderName, HeaderValue, Version, header};
use talkspace_core::server::ServiceError;

pub(crate) use host::{Host, Origin, base_url};

#[cfg(test)]
mod tests;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The longest name that a response repeats, in bytes.
const MAX_REPEATED: usize = 253;

/// The hosts that are this server, and the sites whose pages may use it.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    /// Any address counts when it listens on more than loopback.
    any_address: bool,
    /// Where it listens.
    own: SocketAddr,
    named: Vec<Host>,
    /// Where it is reached from elsewhere, as a page there spells it.
    public: Option<Origin>,
    /// Sites whose pages may use it too.
    sites: Vec<Origin>,
}

impl Hosts {
    /// For a server that listens on this address, and is known by a URL, and by these
    /// names.
    ///
    /// # Errors
    ///
    /// Which of them cannot be used, and what would be right.
    pub(crate) fn new(
        address: SocketAddr,
        public_url: Option<&str>,
        names: &[String],
        sites: &[String],
    ) -> Result<Self, String> {
        let public = public_url.map(|url| named(url, base_url)).transpose()?;
        let names = names.iter().map(|name| named(name, Host::parse));
        let mut names = names.collect::<Result<Vec<_>, _>>()?;
        let authority = public.as_ref().and_then(|url| url.authority());
        names.extend(authority.map(Host::of));
        let sites = sites.iter().map(|site| named(site, Origin::parse));
        Ok(Self {
            any_address: !address.ip().is_loopback(),
            own: reachable(address),
            named: names,
            public: public.as_ref().and_then(Origin::of),
            sites: sites.collect::<Result<_, _>>()?,
        })
    }

    /// Takes a request that is meant for this server, and not made by a page of
    /// another site, unless that was named. One of HTTP/1.0 need not say for whom it
    /// is. Gives where the server was reached.
    ///
    /// # Errors
    ///
    /// The [`ServiceError`] that it gets.
    pub(crate) fn take(&self, head: &Parts) -> Result<Reached, ServiceError> {
        self.check(head, self.site(head).is_some())
    }

    /// The same for what no page of another site may use, whether it was named or not.
    ///
    /// # Errors
    ///
    /// The [`ServiceError`] that it gets.
    pub(crate) fn take_own(&self, head: &Parts) -> Result<(), ServiceError> {
        self.check(head, false).map(drop)
    }

    fn check(&self, head: &Parts, is_open: bool) -> Result<Reached, ServiceError> {
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
        if let Some(other) = host.filter(|host| !self.is(&Host::of(host))) {
            return Err(ServiceError::new(421, self.misdirected(other)));
        }
        if !is_open && !self.is_from_here(head, host) {
            let why = "A page of another site may not use this sandbox, not even by a link: \
                       type the address, or, for what is not under /_sandbox/, start it with \
                       --allow-origin and the page's origin.";
            return Err(ServiceError::new(403, why));
        }
        Ok(Reached(host.and_then(|host| self.other_base(host))))
    }

    /// What was asked for, and what would be right.
    fn misdirected(&self, other: &Authority) -> String {
        let mut name = Host::of(other).to_string();
        // A host of this length is none; `--host` does not take it either.
        name.truncate(MAX_REPEATED);
        let known = self.named.iter().map(|host| format!(", {host}"));
        let known: String = known.collect();
        format!(
            "This sandbox is not {name}. It is {}, localhost{known}; for it to be {name} too, \
             start it with --host {name}.",
            self.own
        )
    }

    /// The base URL by which it was reached, where that is not the one that it has
    /// anyway: another name, or a port that leads here.
    fn other_base(&self, host: &Authority) -> Option<String> {
        let port = host.port_u16();
        let is_own = Host::of(host) == Host::Address(self.own.ip().to_canonical())
            && port.unwrap_or(80) == self.own.port();
        if is_own || self.public.is_some() {
            return None;
        }
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        Some(format!("http://{}{port}", host.host()))
    }

    /// The `Origin` of a request whose page is of a site that may use the sandbox.
    pub(crate) fn site<'h>(&self, head: &'h Parts) -> Option<&'h HeaderValue> {
        let mut said = head.headers.get_all(header::ORIGIN).iter();
        let site = said.next().filter(|_| said.next().is_none())?;
        let origin = Origin::said(site.as_bytes())?;
        self.sites.contains(&origin).then_some(site)
    }

    /// Whether responses depend on the site whose page made the request.
    pub(crate) fn has_sites(&self) -> bool {
        !self.sites.is_empty()
    }

    /// Whether no page of another site makes this request.
    fn is_from_here(&self, head: &Parts, host: Option<&Authority>) -> bool {
        // One of another port is `same-site`. `none` is the user, not a page.
        let mut sites = head.headers.get_all(SEC_FETCH_SITE).iter();
        let mut origins = head.headers.get_all(header::ORIGIN).iter();
        let own = host.and_then(|host| Origin::of(&format!("http://{host}").parse().ok()?));
        let is_own =
            |said: Origin| Some(&said) == own.as_ref() || Some(&said) == self.public.as_ref();
        sites.all(|site| matches!(site.as_bytes(), b"same-origin" | b"none"))
            && origins.all(|said| Origin::said(said.as_bytes()).is_some_and(is_own))
    }

    fn is(&self, host: &Host) -> bool {
        self.named.contains(host)
            || match host {
                Host::Address(address) => address.is_loopback() || self.any_address,
                Host::Name(name) => name == "localhost" || name.ends_with(".localhost"),
            }
    }
}

/// Reads what was given; an error says which it is.
fn named<T>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<T, String> {
    read(text).map_err(|right| format!("{text:?} cannot be used: {right}"))
}

/// By which base URL a request reached the server, if it is another than its own.
pub(crate) struct Reached(pub(crate) Option<String>);

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
