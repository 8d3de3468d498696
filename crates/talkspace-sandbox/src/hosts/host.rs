//! A host and an origin, however they are written.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use http::Uri;
use http::uri::Authority;

/// The longest name (RFC 1035 §2.3.4).
const MAX_NAME: usize = 253;

/// A host without a port. The same one is equal, however it is written (RFC 4343,
/// RFC 5952).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Address(IpAddr),
    /// In lower case, without the dot of the root.
    Name(String),
}

impl Host {
    /// That of an authority.
    pub(crate) fn of(authority: &Authority) -> Self {
        let host = authority.host().trim_end_matches('.');
        let inner = host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        match inner.unwrap_or(host).parse::<IpAddr>() {
            Ok(address) => Self::Address(address.to_canonical()),
            Err(_) => Self::Name(host.to_ascii_lowercase()),
        }
    }

    /// What people write for a host: `sandbox`, `sandbox:8080`, `http://sandbox`, an
    /// address, one of IPv6 with or without brackets. The port does not matter.
    ///
    /// # Errors
    ///
    /// What would be right.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let host = match text.parse::<Ipv6Addr>() {
            Ok(address) => Some(Self::Address(IpAddr::V6(address).to_canonical())),
            Err(_) => authority(text).map(|authority| Self::of(&authority)),
        };
        host.filter(Self::can_be).ok_or_else(|| {
            let pattern = "; one that stands for any cannot be, since that is what pages of \
                           other sites send";
            let more = if text.contains('*') { pattern } else { "" };
            format!("write a host such as sandbox or sandbox:8080{more}")
        })
    }

    /// Whether a request can be for it: RFC 1123 §2.1, and the underscores of
    /// container networks. What ends in a number is an address or nothing.
    fn can_be(&self) -> bool {
        let Self::Name(name) = self else { return true };
        let is_label = |label: &str| {
            let mut letters = label.bytes();
            !label.is_empty()
                && letters.all(|one| one.is_ascii_alphanumeric() || b"-_".contains(&one))
        };
        let last = name.rsplit('.').next().unwrap_or_default();
        name.len() <= MAX_NAME
            && name.split('.').all(is_label)
            && !last.bytes().all(|letter| letter.is_ascii_digit())
    }
}

/// As it is written in a URL.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Address(address) => address.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// The authority in a URL, or in what comes without a scheme.
fn authority(text: &str) -> Option<Authority> {
    let authority = match text.contains("://") {
        true => base(text)?.authority()?.clone(),
        false => text.parse::<Authority>().ok()?,
    };
    // A port that is no number would be ignored.
    let rest = authority.as_str().strip_prefix(authority.host())?;
    (rest.is_empty() || authority.port_u16().is_some()).then_some(authority)
}

/// A URL of http or https without a query.
fn base(text: &str) -> Option<Uri> {
    let uri: Uri = text.trim().parse().ok()?;
    let scheme = uri.scheme_str()?;
    let is_http = ["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    (is_http && uri.query().is_none() && !text.contains('#')).then_some(uri)
}

/// A URL that others begin with: a scheme, a host, and no more than a path.
///
/// # Errors
///
/// What would be right.
pub(crate) fn base_url(text: &str) -> Result<Uri, String> {
    let is_host = |uri: &Uri| {
        let host = uri.authority().map(Authority::as_str).unwrap_or_default();
        authority(host).is_some_and(|authority| Host::of(&authority).can_be())
    };
    let found = base(text).filter(is_host);
    found.ok_or_else(|| "write a URL such as http://sandbox:8080".to_owned())
}

/// Scheme, host and port: where a page is from (RFC 6454 §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    is_tls: bool,
    host: Host,
    port: u16,
}

impl Origin {
    /// That of a URL of http or https.
    pub(crate) fn of(url: &Uri) -> Option<Self> {
        let is_tls = match url.scheme_str()? {
            scheme if scheme.eq_ignore_ascii_case("http") => false,
            scheme if scheme.eq_ignore_ascii_case("https") => true,
            _ => return None,
        };
        let port = url.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let host = Host::of(url.authority()?);
        Some(Self { is_tls, host, port })
    }

    /// That of what an `Origin` header field says.
    pub(crate) fn said(value: &[u8]) -> Option<Self> {
        Self::of(&Uri::try_from(value).ok()?)
    }

    /// What people write for an origin: a URL without a path.
    ///
    /// # Errors
    ///
    /// What would be right.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let url = base_url(text)
            .ok()
            .filter(|url| matches!(url.path(), "" | "/"));
        let origin = url.as_ref().and_then(Self::of);
        origin.ok_or_else(|| {
            "write the scheme, host and port of the page, such as http://localhost:3000".to_owned()
        })
    }
}
