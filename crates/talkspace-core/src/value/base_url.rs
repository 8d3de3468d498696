//! The base URL of a service. There is no default: the key is sent only to a host
//! that the caller named.

use std::borrow::Cow;
use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;
use http::uri::{Authority, Parts, Scheme};

use crate::value::origin::Origin;

#[cfg(test)]
mod tests;

/// The longest URL that an [`http::Uri`] can hold.
const MAX_LENGTH: usize = 65_534;

/// The base URL of a service: `https`, or `http` to this machine.
///
/// ```
/// use talkspace_core::BaseUrl;
///
/// assert!(BaseUrl::parse("https://sandbox.example").is_ok());
/// assert!(BaseUrl::parse("http://127.0.0.1:8080").is_ok());
/// assert!(BaseUrl::parse("http://sandbox.example").is_err());
/// ```
///
/// `FromStr`, `TryFrom` and, with the feature `serde`, `Deserialize` are
/// [`parse`](Self::parse). Plain `http` to another machine is taken where its host is
/// [named](crate::ClientBuilder::plain_http_host), and by
/// [`parse_allowing_plain_http`](Self::parse_allowing_plain_http). What
/// that gives is a `BaseUrl` like any other, which a client takes as it is;
/// written down and read again, it has to be allowed again.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
pub struct BaseUrl {
    /// Scheme, authority and path prefix, without a trailing slash.
    text: String,
    scheme: Scheme,
    authority: Authority,
    /// The path that all others begin with.
    prefix: String,
}

impl BaseUrl {
    /// Reads a base URL. A path is kept as a prefix of every operation's path.
    ///
    /// # Errors
    ///
    /// [`InvalidBaseUrl`] when the URL is not absolute, when its scheme is
    /// neither `https` nor `http` to a loopback address, or when it holds a
    /// user name, a query or a fragment.
    pub fn parse(url: &str) -> Result<Self, InvalidBaseUrl> {
        Given::parse(url)?.allowed(&[])
    }

    /// Reads a base URL that may be `http` to any host. Anybody on the way there
    /// can read and change the application key, phone numbers and media: it is
    /// for a sandbox in a network of its own.
    ///
    /// ```
    /// use talkspace_core::BaseUrl;
    ///
    /// assert!(BaseUrl::parse("http://sandbox:8080").is_err());
    /// assert!(BaseUrl::parse_allowing_plain_http("http://sandbox:8080").is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), save for that.
    pub fn parse_allowing_plain_http(url: &str) -> Result<Self, InvalidBaseUrl> {
        if url.contains('#') {
            return Err(InvalidBaseUrl::Query);
        }
        let uri: Uri = url.parse().map_err(|_| InvalidBaseUrl::Malformed)?;
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(InvalidBaseUrl::Malformed);
        };
        if authority.as_str().contains('@') {
            return Err(InvalidBaseUrl::UserName);
        }
        // A port that is no number would be taken for the scheme's own.
        let port = authority.as_str().strip_prefix(authority.host());
        if authority.host().is_empty() {
            return Err(InvalidBaseUrl::Malformed);
        }
        if port != Some("") && authority.port_u16().is_none() {
            return Err(InvalidBaseUrl::Port);
        }
        if uri.query().is_some() {
            return Err(InvalidBaseUrl::Query);
        }
        match scheme.as_str() {
            "http" | "https" => {}
            _ => return Err(InvalidBaseUrl::Scheme),
        }
        let prefix = uri.path().trim_end_matches('/');
        Ok(Self {
            text: format!("{scheme}://{authority}{prefix}"),
            scheme: scheme.clone(),
            authority: authority.clone(),
            prefix: prefix.to_owned(),
        })
    }

    /// The URL, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn origin(&self) -> Origin<'_> {
        Origin::new(self.scheme == Scheme::HTTPS, &self.authority)
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The URL of a path with its query; the prefix is part of it already.
    /// `None` when there can be no such URL.
    pub(crate) fn with_path(&self, path: String) -> Option<Uri> {
        let origin = self.text.len() - self.prefix.len();
        if origin + path.len() > MAX_LENGTH {
            return None;
        }
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path.try_into().ok()?);
        Uri::from_parts(parts).ok()
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BaseUrl").field(&self.text).finish()
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AsRef<str> for BaseUrl {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        Self::parse(url)
    }
}

impl TryFrom<&str> for BaseUrl {
    type Error = InvalidBaseUrl;

    fn try_from(url: &str) -> Result<Self, Self::Error> {
        Self::parse(url)
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = InvalidBaseUrl;

    fn try_from(url: String) -> Result<Self, Self::Error> {
        Self::parse(&url)
    }
}

impl TryFrom<&String> for BaseUrl {
    type Error = InvalidBaseUrl;

    fn try_from(url: &String) -> Result<Self, Self::Error> {
        Self::parse(url)
    }
}

impl TryFrom<Cow<'_, str>> for BaseUrl {
    type Error = InvalidBaseUrl;

    fn try_from(url: Cow<'_, str>) -> Result<Self, Self::Error> {
        Self::parse(&url)
    }
}

impl From<&BaseUrl> for BaseUrl {
    fn from(url: &BaseUrl) -> Self {
        url.clone()
    }
}

impl From<BaseUrl> for String {
    fn from(url: BaseUrl) -> Self {
        url.text
    }
}

/// What a client's builder takes for a base URL: a [`BaseUrl`], or its text.
pub trait IntoBaseUrl: sealed::Given {}

impl<T: sealed::Given> IntoBaseUrl for T {}

/// A base URL before it is known whether plain `http` is allowed there.
#[derive(Clone, Debug)]
pub struct Given {
    base: BaseUrl,
    is_allowed: bool,
}

impl Given {
    fn parse(url: &str) -> Result<Self, InvalidBaseUrl> {
        let base = BaseUrl::parse_allowing_plain_http(url)?;
        let is_allowed = base.scheme == Scheme::HTTPS || is_loopback(base.authority.host());
        Ok(Self { base, is_allowed })
    }

    /// The base URL, if it is safe, or its host is one of these.
    pub(crate) fn allowed(self, hosts: &[PlainHttpHost]) -> Result<BaseUrl, InvalidBaseUrl> {
        let mut hosts = hosts.iter();
        match self.is_allowed || hosts.any(|host| host.is(&self.base.authority)) {
            true => Ok(self.base),
            false => Err(InvalidBaseUrl::PlainHttp),
        }
    }
}

mod sealed {
    use std::borrow::Cow;

    use super::{BaseUrl, InvalidBaseUrl};

    pub trait Given {
        fn given(self) -> Result<super::Given, InvalidBaseUrl>;
    }

    impl Given for BaseUrl {
        fn given(self) -> Result<super::Given, InvalidBaseUrl> {
            let is_allowed = true;
            Ok(super::Given {
                base: self,
                is_allowed,
            })
        }
    }

    impl Given for &BaseUrl {
        fn given(self) -> Result<super::Given, InvalidBaseUrl> {
            self.clone().given()
        }
    }

    impl Given for &str {
        fn given(self) -> Result<super::Given, InvalidBaseUrl> {
            super::Given::parse(self)
        }
    }

    impl Given for String {
        fn given(self) -> Result<super::Given, InvalidBaseUrl> {
            super::Given::parse(&self)
        }
    }

    impl Given for &String {
        fn given(self) -> Result<super::Given, InvalidBaseUrl> {
            super::Given::parse(self)
        }
    }

    impl Given for Cow<'_, str> {
        fn given(self) -> Result<super::Given, InvalidBaseUrl> {
            super::Given::parse(&self)
        }
    }
}

/// A host to which plain `http` is allowed, with a port or without: then any port is meant.
#[derive(Clone, Debug)]
pub(crate) struct PlainHttpHost(Authority);

impl PlainHttpHost {
    /// What people write: `sandbox`, `sandbox:8080` or `http://sandbox:8080`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("http://").unwrap_or(text);
        let host: Authority = text.strip_suffix('/').unwrap_or(text).parse().ok()?;
        // A pattern would match nothing.
        let is_host = Origin::at(false, &host).is_some() && !host.as_str().contains('*');
        is_host.then_some(Self(host))
    }

    fn is(&self, authority: &Authority) -> bool {
        let Self(named) = self;
        let bare =
            |authority: &Authority| authority.host().trim_end_matches('.').to_ascii_lowercase();
        let port = named.port_u16();
        bare(named) == bare(authority)
            && port.is_none_or(|port| port == authority.port_u16().unwrap_or(80))
    }
}

/// Why a base URL cannot be used. It repeats nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvalidBaseUrl {
    /// It is not an absolute URL.
    Malformed,
    /// Its port is no number, or one above 65535.
    Port,
    /// Its scheme is neither `https` nor `http`.
    Scheme,
    /// It is `http` to a host other than this machine.
    PlainHttp,
    /// It holds a user name.
    UserName,
    /// It holds a query or a fragment.
    Query,
}

impl InvalidBaseUrl {
    /// The reason, and what would be right.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "the base URL is not absolute; write one like https://host",
            Self::Port => "the port of the base URL is not a number from 0 to 65535",
            Self::Scheme => "the base URL must begin with https://",
            Self::PlainHttp => {
                "the base URL is plain http to another machine, where the key could be read; use https://, or allow its host by `plain_http_host`"
            }
            Self::UserName => "the base URL must not hold a user name",
            Self::Query => "the base URL must not hold a query or a fragment",
        }
    }
}

impl fmt::Display for InvalidBaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl StdError for InvalidBaseUrl {}

/// What is a [`BaseUrl`] already cannot be invalid.
impl From<Infallible> for InvalidBaseUrl {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
