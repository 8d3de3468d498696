//! What requests of a client share on the wire.

use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{HeaderMap, Uri};

use crate::codec::redact::{Needle, Redactor};
use crate::value::{AppKey, BaseUrl, InvalidRequestKind, MediaHost, MediaHosts, MediaId, Origin};

/// The value of `User-Agent` unless the caller sets another.
const OWN_NAME: &str = concat!("talkspace/", env!("CARGO_PKG_VERSION"));

/// The media types of responses; stated so that a gateway does not guess.
const ACCEPTED: &str = "application/json, text/plain, */*;q=0.1";

/// The content type of a form.
const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// What requests of a client share on the wire: the base URL, the application key,
/// the default greeting, the `User-Agent`, and the hosts of media.
#[derive(Clone, Debug)]
pub struct Target {
    base_url: BaseUrl,
    app_key: AppKey,
    /// The key, as it is searched for in responses.
    needle: Option<Needle>,
    greeting_id: Option<MediaId>,
    /// The header fields of a request without a body, and of one with a form. A
    /// copy costs less than to write them again.
    headers: [HeaderMap; 2],
    media_hosts: MediaHosts,
    boundary: String,
}

impl Target {
    /// A target at `base_url`, for the application with `app_key`.
    #[must_use]
    pub fn new(base_url: BaseUrl, app_key: AppKey) -> Self {
        Self {
            base_url,
            needle: Needle::of_key(&app_key),
            app_key,
            greeting_id: None,
            headers: headers(HeaderValue::from_static(OWN_NAME)),
            media_hosts: MediaHosts::default(),
            boundary: format!("talkspace-{:032x}", fastrand::u128(..)),
        }
    }

    /// Sets the greeting of requests that could name one and do not.
    #[must_use]
    pub fn with_greeting_id(mut self, greeting_id: impl Into<MediaId>) -> Self {
        self.greeting_id = Some(greeting_id.into());
        self
    }

    /// Sets the `User-Agent` header field.
    #[must_use]
    pub fn with_user_agent(mut self, user_agent: HeaderValue) -> Self {
        self.headers = headers(user_agent);
        self
    }

    /// Lets media be fetched from this host too, and not from the base URL's
    /// origin alone; [`media_host`](crate::ClientBuilder::media_host) says how it
    /// is written. Anything else allows nothing.
    #[must_use]
    pub fn with_media_host(self, host: impl AsRef<str>) -> Self {
        match MediaHost::parse(host.as_ref()) {
            Some(host) => self.fetching_from(host),
            None => self,
        }
    }

    pub(crate) fn fetching_from(mut self, host: MediaHost) -> Self {
        self.media_hosts.add(host);
        self
    }

    /// Lets media be fetched from any host that the service names, in clear text too.
    #[must_use]
    pub const fn with_any_media_host(mut self) -> Self {
        self.media_hosts.allow_any();
        self
    }

    /// Sets the boundary of multipart forms. Default: random for each target, so
    /// that the author of a file cannot have put it there; set it to get the same
    /// bytes in every run.
    #[must_use]
    pub fn with_boundary(mut self, boundary: impl Into<String>) -> Self {
        self.boundary = boundary.into();
        self
    }

    /// The base URL of the service.
    #[must_use]
    pub const fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    pub(crate) const fn app_key(&self) -> &AppKey {
        &self.app_key
    }

    /// Removes the key and these secrets from texts of a response.
    pub(crate) fn redactor(&self, secrets: &[&str]) -> Redactor<'_> {
        Redactor::new(self.needle.as_ref(), secrets)
    }

    pub(crate) const fn greeting_id(&self) -> Option<&MediaId> {
        self.greeting_id.as_ref()
    }

    /// The header fields of a request.
    pub(crate) fn headers(&self, has_form: bool) -> HeaderMap {
        let [plain, form] = &self.headers;
        if has_form {
            form.clone()
        } else {
            plain.clone()
        }
    }

    pub(crate) fn boundary(&self) -> &str {
        &self.boundary
    }

    /// Whether a URL leads to the service itself, by scheme, host and port.
    pub(crate) fn is_own(&self, url: &Uri) -> bool {
        Origin::of(url) == Some(self.base_url.origin())
    }

    pub(crate) fn may_fetch(&self, url: &Uri) -> Result<(), InvalidRequestKind> {
        self.media_hosts.check(&self.base_url, url)
    }
}

fn headers(user_agent: HeaderValue) -> [HeaderMap; 2] {
    let plain = HeaderMap::from_iter([
        (USER_AGENT, user_agent),
        (ACCEPT, HeaderValue::from_static(ACCEPTED)),
    ]);
    let mut form = plain.clone();
    form.insert(CONTENT_TYPE, HeaderValue::from_static(FORM_TYPE));
    [plain, form]
}
