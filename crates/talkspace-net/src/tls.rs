//! TLS: which servers are trusted, what they are shown, and sessions that can be
//! resumed.

use std::fmt;
use std::io;
use std::sync::{Arc, OnceLock};

use rustls::ClientConfig;
use rustls::client::{ResolvesClientCert, Resumption, WebPkiServerVerifier};
use rustls::sign::SingleCertAndKey;
use talkspace_core::FailureKind;
use talkspace_core::transport::TransportError;
use zeroize::Zeroizing;

use crate::error::{BuildError, not_sent};
use failure::Failure;
use sessions::Sessions;

mod certificate;
mod failure;
mod roots;
mod sessions;
#[cfg(test)]
mod tests;

pub use failure::{ends_handshake, explained, handshake_failed, is_tls};

/// What is set for TLS.
#[derive(Clone, Default)]
pub(crate) struct TlsSettings {
    /// Certificates of roots, in PEM.
    pub(crate) roots: Vec<Vec<u8>>,
    /// Whether the platform's roots are left out.
    pub(crate) without_platform: bool,
    /// The client's certificates and its key, in PEM.
    pub(crate) certificate: Option<Arc<Zeroizing<Vec<u8>>>>,
    /// All of it, made by the application.
    pub(crate) config: Option<Arc<ClientConfig>>,
}

impl fmt::Debug for TlsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsSettings")
            .field("roots", &self.roots.len())
            .field("without_platform", &self.without_platform)
            .field("certificate", &self.certificate.is_some())
            .field("config", &self.config.is_some())
            .finish()
    }
}

/// What connections over TLS are made with. Clones share it.
#[derive(Clone)]
pub struct Tls(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// The roots that were given.
    own: Option<Arc<WebPkiServerVerifier>>,
    without_platform: bool,
    certificate: Option<Arc<dyn ResolvesClientCert>>,
    config: OnceLock<Arc<ClientConfig>>,
}

impl Tls {
    /// The platform is not read yet: most connections go to this machine, or
    /// to a server whose root is given, and some platforms have no roots.
    ///
    /// # Errors
    ///
    /// When what is set cannot be used.
    pub(crate) fn new(settings: &TlsSettings) -> Result<Self, BuildError> {
        let TlsSettings {
            roots,
            without_platform,
            certificate,
            config,
        } = settings;
        if let Some(config) = config {
            if !roots.is_empty() || certificate.is_some() {
                return Err(BuildError::new(
                    "a rustls configuration has roots and client certificates of its own, \
                     and no others can be set beside it",
                ));
            }
            let shared = Shared::default();
            let config = ClientConfig::clone(config);
            shared.config.get_or_init(|| Arc::new(over_http_1(config)));
            return Ok(Self(Arc::new(shared)));
        }
        let own = match &roots[..] {
            [] => None,
            roots => Some(roots::verifier(roots)?),
        };
        let certificate = match certificate {
            None => None,
            Some(pem) => {
                let certificate = certificate::with_key(pem)?;
                let resolver = SingleCertAndKey::from(certificate);
                Some(Arc::new(resolver) as Arc<dyn ResolvesClientCert>)
            }
        };
        Ok(Self(Arc::new(Shared {
            own,
            without_platform: *without_platform,
            certificate,
            config: OnceLock::new(),
        })))
    }

    /// Whether [`config`](Self::config) returns at once. The platform's roots
    /// are files, which it reads when it is first asked.
    pub fn is_ready(&self) -> bool {
        self.0.without_platform || self.0.config.get().is_some()
    }

    /// The configuration, made when it is first asked for. It offers HTTP/1.1.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Tls`] when the platform's roots cannot be loaded, and there
    /// are no others. The next connection tries again.
    pub fn config(&self) -> Result<Arc<ClientConfig>, TransportError> {
        if let Some(config) = self.0.config.get() {
            return Ok(config.clone());
        }
        let made = self.0.make().map_err(|error| {
            let text = "the platform's root certificates could not be loaded";
            not_sent(
                FailureKind::Tls,
                io::Error::other(Failure::new(text, error)),
            )
        })?;
        Ok(self.0.config.get_or_init(|| Arc::new(made)).clone())
    }
}

/// With the roots of the platform.
impl Default for Tls {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

impl Shared {
    fn make(&self) -> Result<ClientConfig, rustls::Error> {
        let config = roots::trusting(self.own.as_ref(), self.without_platform)?;
        let mut config = match &self.certificate {
            None => config.with_no_client_auth(),
            Some(certificate) => config.with_client_cert_resolver(certificate.clone()),
        };
        config.resumption = Resumption::store(Arc::new(Sessions::default()));
        Ok(over_http_1(config))
    }
}

/// Offers nothing else: nothing else is spoken.
fn over_http_1(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}
