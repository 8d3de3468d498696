//! From where media is fetched. The service says where media is, so whoever can
//! make it say something else must not lead a client elsewhere, nor away from
//! TLS: what counts is the origin, that is scheme, host and port (RFC 6454 §4).

use http::Uri;
use http::uri::Authority;

use crate::base_url::BaseUrl;
use crate::invalid_request::Problem;

#[cfg(test)]
mod tests;

/// What media is fetched from beside the base URL's own origin.
#[derive(Clone, Debug, Default)]
pub(crate) struct MediaHosts {
    named: Vec<MediaHost>,
    any: bool,
}

impl MediaHosts {
    pub(crate) fn add(&mut self, host: MediaHost) {
        self.named.push(host);
    }

    pub(crate) const fn allow_any(&mut self) {
        self.any = true;
    }

    /// Whether media may be fetched from there, by a client of this base URL.
    pub(crate) fn check(&self, base: &BaseUrl, url: &Uri) -> Result<(), Problem> {
        let origin = Origin::of(url).ok_or(Problem::NotHttp)?;
        let own = base.origin();
        if self.any || origin == own || self.named.iter().any(|named| named.is(&origin, &own)) {
            return Ok(());
        }
        // The same over TLS would have been right.
        let secure = Origin {
            is_tls: true,
            port: if origin.port == 80 { 443 } else { origin.port },
            ..origin
        };
        let hosts = self.named.iter();
        match !origin.is_tls && (secure == own || hosts.clone().any(|host| host.is(&secure, &own)))
        {
            true => Err(Problem::PlainHttp),
            false => Err(Problem::ForeignHost),
        }
    }
}

/// Scheme, host and port.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'u> {
    is_tls: bool,
    host: &'u str,
    port: u16,
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
    fn at(is_tls: bool, authority: &'u Authority) -> Option<Self> {
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

/// A host that somebody has named: `host`, `host:port`, or either after
/// `https://` or `http://`.
#[derive(Clone, Debug)]
pub(crate) struct MediaHost {
    /// Whether over TLS, if that was said.
    is_tls: Option<bool>,
    authority: Authority,
}

impl MediaHost {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (is_tls, authority) = match text.split_once("://") {
            None => (None, text),
            Some(("https", rest)) => (Some(true), rest),
            Some(("http", rest)) => (Some(false), rest),
            Some(_) => return None,
        };
        let authority: Authority = authority.parse().ok()?;
        // A pattern would match nothing.
        let is_host = Origin::at(true, &authority).is_some() && !authority.as_str().contains('*');
        is_host.then_some(Self { is_tls, authority })
    }

    /// Where no scheme was said, TLS is as good as named; plain http is only where
    /// the base URL is plain too.
    fn is(&self, origin: &Origin<'_>, own: &Origin<'_>) -> bool {
        let may = match self.is_tls {
            Some(is_tls) => is_tls == origin.is_tls,
            None => origin.is_tls || !own.is_tls,
        };
        may && Origin::at(origin.is_tls, &self.authority).as_ref() == Some(origin)
    }
}
