//! What a subject claims to do.

use std::fmt;

/// What an adapter may claim to do.
///
/// A case that needs what is not claimed is not applicable: it is not played, and counted apart.
/// [`Suite::contract`](crate::Suite::contract) claims [`CONTRACT`](Self::CONTRACT);
/// [`Suite::claims`](crate::Suite::claims) adds to that, and
/// [`Suite::lacks`](crate::Suite::lacks) takes away.
///
/// ```
/// use http1_conformance::Capability;
///
/// assert_eq!(Capability::KeepAlive.to_string(), "keep-alive");
/// assert!(Capability::CONTRACT.contains(&Capability::Limits));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// It keeps the timeouts, the deadline and the sizes of each exchange.
    Limits,
    /// An exchange can be cancelled at any moment.
    Cancellation,
    /// Its errors tell kind and phase.
    ErrorKinds,
    /// Its errors tell whether the request may have been sent.
    Delivery,
    /// It sends each request once, whatever happens.
    NoRetries,
    /// Bodies go and come piece by piece, without all of one in memory.
    Streaming,
    /// Several exchanges may go on at the same time.
    Concurrent,
    /// It sends several requests on one connection.
    KeepAlive,
    /// It speaks TLS and takes the roots of a [`Context`](crate::Context).
    Tls,
    /// It shows a server the certificate of a [`Context`](crate::Context).
    ClientCertificate,
    /// It takes the addresses of hosts from a [`Context`](crate::Context).
    Addresses,
    /// It sends requests through the HTTP proxy of a [`Context`](crate::Context).
    Proxy,
}

impl Capability {
    /// What the contract of a transport asks of each.
    pub const CONTRACT: [Self; 7] = [
        Self::Limits,
        Self::Cancellation,
        Self::ErrorKinds,
        Self::Delivery,
        Self::NoRetries,
        Self::Streaming,
        Self::Concurrent,
    ];

    /// All that there are.
    pub const ALL: [Self; 12] = [
        Self::Limits,
        Self::Cancellation,
        Self::ErrorKinds,
        Self::Delivery,
        Self::NoRetries,
        Self::Streaming,
        Self::Concurrent,
        Self::KeepAlive,
        Self::Tls,
        Self::ClientCertificate,
        Self::Addresses,
        Self::Proxy,
    ];

    /// The stable name, as a [program](crate::shim) claims it.
    ///
    /// ```
    /// use http1_conformance::Capability;
    ///
    /// assert_eq!(Capability::ErrorKinds.id(), "error-kinds");
    /// ```
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Limits => "limits",
            Self::Cancellation => "cancellation",
            Self::ErrorKinds => "error-kinds",
            Self::Delivery => "delivery",
            Self::NoRetries => "no-retries",
            Self::Streaming => "streaming",
            Self::Concurrent => "concurrent",
            Self::KeepAlive => "keep-alive",
            Self::Tls => "tls",
            Self::ClientCertificate => "client-certificate",
            Self::Addresses => "addresses",
            Self::Proxy => "proxy",
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Limits => "limits",
            Self::Cancellation => "cancellation",
            Self::ErrorKinds => "error kinds",
            Self::Delivery => "delivery",
            Self::NoRetries => "no retries",
            Self::Streaming => "streaming",
            Self::Concurrent => "concurrent exchanges",
            Self::KeepAlive => "keep-alive",
            Self::Tls => "TLS",
            Self::ClientCertificate => "client certificate",
            Self::Addresses => "addresses",
            Self::Proxy => "proxy",
        })
    }
}
