//! TLS: trusted roots, and sessions that can be resumed.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, Resumption, Tls12ClientSessionValue,
    Tls13ClientSessionValue,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ConfigBuilder, NamedGroup, RootCertStore, WantsVerifier};
use rustls_platform_verifier::BuilderVerifierExt;
use talkspace_core::FailureKind;
use talkspace_core::transport::TransportError;

use crate::error::{BuildError, not_sent};

#[cfg(test)]
mod tests;

/// Tickets that are kept, of all servers together. A server hands out two with
/// each handshake, and each is used once: so half as many connections can be
/// made anew at once without a full handshake.
const TICKETS: usize = 256;

/// What connections over TLS are made with. Clones share it.
#[derive(Clone)]
pub struct Tls(Arc<Shared>);

struct Shared {
    /// `None` for those of the platform.
    roots: Option<Arc<RootCertStore>>,
    config: OnceLock<Arc<ClientConfig>>,
}

impl Tls {
    /// Trusts the certificates in `pems`, or without any those of the platform.
    /// The platform is not read yet: most connections go to this machine, or
    /// to a server whose root is given, and some platforms have no roots.
    ///
    /// # Errors
    ///
    /// When one is not valid PEM or not a certificate.
    pub fn new(pems: &[Vec<u8>]) -> Result<Self, BuildError> {
        Ok(match pems {
            [] => Self::default(),
            pems => Self(Arc::new(Shared {
                roots: Some(Arc::new(root_store(pems)?)),
                config: OnceLock::new(),
            })),
        })
    }

    /// Whether [`config`](Self::config) returns at once. The platform's roots
    /// are files, which it reads when it is first asked.
    pub fn is_ready(&self) -> bool {
        self.0.roots.is_some() || self.0.config.get().is_some()
    }

    /// The configuration, made when it is first asked for. It offers HTTP/1.1.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Tls`] when the platform's roots cannot be loaded. The next
    /// connection tries again.
    pub fn config(&self) -> Result<Arc<ClientConfig>, TransportError> {
        if let Some(config) = self.0.config.get() {
            return Ok(config.clone());
        }
        let made = self.0.make().map_err(|error| {
            let error = BuildError::new("the platform's root certificates could not be loaded")
                .with_source(error);
            not_sent(FailureKind::Tls, io::Error::other(error))
        })?;
        Ok(self.0.config.get_or_init(|| Arc::new(made)).clone())
    }
}

/// With the roots of the platform.
impl Default for Tls {
    fn default() -> Self {
        Self(Arc::new(Shared {
            roots: None,
            config: OnceLock::new(),
        }))
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

impl Shared {
    fn make(&self) -> Result<ClientConfig, rustls::Error> {
        let mut config = match &self.roots {
            Some(roots) => builder()?
                .with_root_certificates(roots.clone())
                .with_no_client_auth(),
            None => platform()?.as_ref().clone(),
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = Resumption::store(Arc::new(Sessions::default()));
        Ok(config)
    }
}

fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
}

/// A configuration that trusts whom the platform trusts. That is some 150 files
/// on Debian, read once in the life of the process.
fn platform() -> Result<Arc<ClientConfig>, rustls::Error> {
    static PLATFORM: Mutex<Option<Arc<ClientConfig>>> = Mutex::new(None);
    let mut platform = PLATFORM.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(config) = &*platform {
        return Ok(config.clone());
    }
    let config = builder()?.with_platform_verifier()?.with_no_client_auth();
    Ok(platform.insert(Arc::new(config)).clone())
}

fn root_store(pems: &[Vec<u8>]) -> Result<RootCertStore, BuildError> {
    let mut store = RootCertStore::empty();
    for pem in pems {
        let before = store.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| {
                BuildError::new("a root certificate is not valid PEM").with_source(error)
            })?;
            store.add(certificate).map_err(|error| {
                BuildError::new("a root certificate is not usable").with_source(error)
            })?;
        }
        if store.len() == before {
            return Err(BuildError::new("a root certificate is not valid PEM"));
        }
    }
    Ok(store)
}

/// Sessions to resume. The store of rustls keeps eight tickets for a
/// server, so that of many connections at once all but eight began anew.
struct Sessions {
    tickets: Mutex<VecDeque<(ServerName<'static>, Tls13ClientSessionValue)>>,
    others: ClientSessionMemoryCache,
}

impl Sessions {
    fn tickets(&self) -> MutexGuard<'_, VecDeque<(ServerName<'static>, Tls13ClientSessionValue)>> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            tickets: Mutex::default(),
            others: ClientSessionMemoryCache::new(TICKETS),
        }
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

impl ClientSessionStore for Sessions {
    fn set_kx_hint(&self, server: ServerName<'static>, group: NamedGroup) {
        self.others.set_kx_hint(server, group);
    }

    fn kx_hint(&self, server: &ServerName<'_>) -> Option<NamedGroup> {
        self.others.kx_hint(server)
    }

    fn set_tls12_session(&self, server: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.others.set_tls12_session(server, value);
    }

    fn tls12_session(&self, server: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.others.tls12_session(server)
    }

    fn remove_tls12_session(&self, server: &ServerName<'static>) {
        self.others.remove_tls12_session(server);
    }

    fn insert_tls13_ticket(&self, server: ServerName<'static>, value: Tls13ClientSessionValue) {
        let mut tickets = self.tickets();
        if tickets.len() == TICKETS {
            tickets.pop_front();
        }
        tickets.push_back((server, value));
    }

    fn take_tls13_ticket(&self, server: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        let mut tickets = self.tickets();
        let newest = tickets.iter().rposition(|(name, _)| name == server)?;
        tickets.remove(newest).map(|(_, value)| value)
    }
}
