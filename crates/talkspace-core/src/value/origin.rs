//! Scheme, host and port: an origin (RFC 6454 §4).

use http::Uri;
use http::uri::Authority;

/// Scheme, host and port.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'u> {
    pub(super) is_tls: bool,
    pub(super) host: &'u str,
    pub(super) port: u16,
}

impl<'u> Origin<'u> {
    pub(crate) fn of(url: &'u Uri) -> Option<Self> {
        let is_tls = match url.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        Self::at(is_tls, url.authority()?)
    }

    /// `None` for a user name, and for a port that is none: another reader may
    /// see another host there.
    pub(super) fn at(is_tls: bool, authority: &'u Authority) -> Option<Self> {
        let rest = authority.as_str().strip_prefix(authority.host())?;
        let is_whole = rest.is_empty() || authority.port_u16().is_some();
        (is_whole && !authority.host().is_empty()).then(|| Self::new(is_tls, authority))
    }

    /// That of an authority in which nothing is wrong.
    pub(crate) fn new(is_tls: bool, authority: &'u Authority) -> Self {
        let usual = if is_tls { 443 } else { 80 };
        Self {
            is_tls,
            host: authority.host(),
            port: authority.port_u16().unwrap_or(usual),
        }
    }
}

impl PartialEq for Origin<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.is_tls == other.is_tls
            && self.port == other.port
            && self.host.eq_ignore_ascii_case(other.host)
    }
}
