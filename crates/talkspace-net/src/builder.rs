//! The settings of a transport.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use crate::error::BuildError;
use crate::pool::PoolLimits;
use crate::tls::Tls;

/// What a transport is made of.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Settings {
    /// What connections over TLS are made with.
    pub tls: Tls,
    /// How long connections are kept, and how many.
    pub pool: PoolLimits,
}

/// Builds a transport `T`.
#[must_use = "a builder does nothing until it builds"]
pub struct TransportBuilder<T> {
    roots: Vec<Vec<u8>>,
    pool: PoolLimits,
    transport: PhantomData<fn() -> T>,
}

impl<T> TransportBuilder<T> {
    /// Trusts the certificates in `pem`, and no longer those of the platform.
    /// Called several times, it trusts them all.
    pub fn root_certificates_pem(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.roots.push(pem.as_ref().to_vec());
        self
    }

    /// The idle timeout of pooled connections. Default 4 s.
    ///
    /// Keep it below the server's own: the two closing and sending at the same
    /// time is what makes a request's fate unknown. A server that says its
    /// timeout (`Keep-Alive: timeout=5`) is believed, less a second, where that
    /// is shorter; one second or less means that the connection is not used
    /// again. Zero closes every connection after its exchange.
    pub fn pool_idle_timeout(mut self, limit: Duration) -> Self {
        self.pool.idle_timeout = limit;
        self
    }

    /// The maximum of idle connections for each scheme, host and port.
    /// Default 1,024: in practice the idle timeout is what bounds them. Beyond
    /// it the one that has been idle longest is closed. Zero closes every
    /// connection after its exchange.
    pub fn pool_max_idle_per_host(mut self, count: usize) -> Self {
        self.pool.max_idle_per_host = count;
        self
    }

    /// How old a connection may be when an exchange begins on it. Default 60 s.
    ///
    /// A connection in steady use is never idle, and would never learn that
    /// the host's name leads elsewhere now.
    pub fn pool_max_age(mut self, limit: Duration) -> Self {
        self.pool.max_age = limit;
        self
    }

    /// Builds the transport.
    ///
    /// # Errors
    ///
    /// When a root certificate that was given is not valid PEM or not a
    /// certificate. The platform's roots are loaded for the first connection
    /// over TLS, once in the life of the process; that they cannot be is the
    /// failure of that connection, of the kind
    /// [`FailureKind::Tls`](talkspace_core::FailureKind::Tls).
    pub fn build(self) -> Result<T, BuildError>
    where
        T: From<Settings>,
    {
        let tls = Tls::new(&self.roots)?;
        let pool = self.pool;
        Ok(T::from(Settings { tls, pool }))
    }
}

impl<T> Default for TransportBuilder<T> {
    fn default() -> Self {
        Self {
            roots: Vec::new(),
            pool: PoolLimits::default(),
            transport: PhantomData,
        }
    }
}

impl<T> Clone for TransportBuilder<T> {
    fn clone(&self) -> Self {
        Self {
            roots: self.roots.clone(),
            ..*self
        }
    }
}

impl<T> fmt::Debug for TransportBuilder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportBuilder")
            .field("roots", &self.roots.len())
            .field("pool", &self.pool)
            .finish()
    }
}
