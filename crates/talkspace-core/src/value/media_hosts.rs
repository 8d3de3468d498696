//! From where media is fetched. The service says where media is: a response with
//! another URL must not lead a client elsewhere, nor away from TLS. What counts is
//! the origin, that is scheme, host and port (RFC 6454 §4).

use http::Uri;
use http::uri::Authority;

use crate::value::base_url::BaseUrl;
use crate::value::invalid_request::InvalidRequestKind;
use crate::value::origin::Origin;

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
    pub(crate) fn check(&self, base: &BaseUrl, url: &Uri) -> Result<(), InvalidRequestKind> {
        let origin = Origin::of(url).ok_or(InvalidRequestKind::NotHttp)?;
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
            true => Err(InvalidRequestKind::PlainHttp),
            false => Err(InvalidRequestKind::ForeignHost),
        }
    }
}

/// A host that the caller has named: `host`, `host:port`, or either after
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
