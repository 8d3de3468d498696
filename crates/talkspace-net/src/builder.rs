//! The settings of a transport.

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::error::BuildError;
use crate::pool::PoolLimits;
use crate::proxy::{Proxies, Proxy};
use crate::resolve::Resolver;
use crate::socket::Sockets;
use crate::tls::{Tls, TlsSettings};

/// What a transport is made of. `C` connects.
#[derive(Debug)]
#[non_exhaustive]
pub struct Settings<C = ()> {
    /// What connections over TLS are made with.
    pub tls: Tls,
    /// How long connections are kept, and how many.
    pub pool: PoolLimits,
    /// How sockets are made.
    pub sockets: Sockets,
    /// Which connections go through a proxy.
    pub proxies: Proxies,
    /// What connects in the place of the transport.
    pub connector: Option<C>,
}

impl<C> Default for Settings<C> {
    fn default() -> Self {
        Self {
            tls: Tls::default(),
            pool: PoolLimits::default(),
            sockets: Sockets::default(),
            proxies: Proxies::default(),
            connector: None,
        }
    }
}

impl<C> Settings<C> {
    /// The same with another connector, or with none: for a transport that waits
    /// in another way.
    pub fn with_connector<D>(self, connector: Option<D>) -> Settings<D> {
        Settings {
            tls: self.tls,
            pool: self.pool,
            sockets: self.sockets,
            proxies: self.proxies,
            connector,
        }
    }
}

/// A transport that a [`TransportBuilder`] builds.
pub trait Engine: From<Settings<Self::Connector>> {
    /// What connects for it: that depends on how it waits.
    type Connector: Clone;
}

impl<C: Clone> Engine for Settings<C> {
    type Connector = C;
}

/// Builds a transport `T`.
#[must_use = "a builder does nothing until it builds"]
pub struct TransportBuilder<T: Engine> {
    tls: TlsSettings,
    pool: PoolLimits,
    sockets: Sockets,
    proxies: Proxies,
    proxies_from_env: bool,
    connector: Option<T::Connector>,
    transport: PhantomData<fn() -> T>,
}

impl<T: Engine> TransportBuilder<T> {
    /// Trusts the root certificates in `pem`, *beside* those of the platform.
    ///
    /// That is for a service behind a private authority whose media are on a
    /// public host. Called several times, it trusts them all. The platform's
    /// roots are read at the first connection over TLS, once in the life of the
    /// process; a platform that has none is no error then.
    ///
    /// ```
    /// # use talkspace_net::{Settings, TransportBuilder};
    /// # let builder = TransportBuilder::<Settings>::default();
    /// # let pem = rcgen::generate_simple_self_signed([])?.cert.pem();
    /// // let pem = std::fs::read("/etc/ssl/company.pem")?;
    /// let transport = builder.add_root_certificates_pem(pem).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_root_certificates_pem(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.tls.roots.push(pem.as_ref().to_vec());
        self
    }

    /// Trusts the root certificates in `pem`, *instead of* those of the platform,
    /// which are not read at all.
    ///
    /// Called several times, and with
    /// [`add_root_certificates_pem`](Self::add_root_certificates_pem), it trusts
    /// them all.
    ///
    /// ```
    /// # use talkspace_net::{Settings, TransportBuilder};
    /// # let builder = TransportBuilder::<Settings>::default();
    /// # let pem = rcgen::generate_simple_self_signed([])?.cert.pem();
    /// // let pem = std::fs::read("/etc/ssl/company.pem")?;
    /// let transport = builder.only_root_certificates_pem(pem).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn only_root_certificates_pem(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.tls.without_platform = true;
        self.add_root_certificates_pem(pem)
    }

    /// Shows servers that ask for one a client certificate (mutual TLS).
    ///
    /// `pem` holds the certificate, after it the certificates that vouch for it
    /// up to but without a root, and the private key anywhere among them: RSA of
    /// 2048 bits or more, ECDSA P-256 or P-384, or Ed25519, in PKCS #8, PKCS #1
    /// or SEC 1, without a passphrase. Where they are in two files, give the
    /// contents of both, one after the other. Called again, it replaces what was
    /// set.
    ///
    /// Every server that asks gets it, that of a download too. One that does not
    /// accept it ends the request with
    /// [`FailureKind::Tls`](talkspace_core::FailureKind::Tls). The copy of the
    /// PEM that is kept here is overwritten when it is dropped; neither an error
    /// nor `Debug` shows any of it.
    ///
    /// ```
    /// # use talkspace_net::{Settings, TransportBuilder};
    /// # let builder = TransportBuilder::<Settings>::default();
    /// # let made = rcgen::generate_simple_self_signed(["client".to_owned()])?;
    /// # let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    /// // let certificate = std::fs::read_to_string("client.pem")?;
    /// // let key = std::fs::read_to_string("client.key")?;
    /// let transport = builder.client_certificate_pem(certificate + &key).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn client_certificate_pem(mut self, pem: impl AsRef<[u8]>) -> Self {
        let pem = Zeroizing::new(pem.as_ref().to_vec());
        self.tls.certificate = Some(Arc::new(pem));
        self
    }

    /// Uses this configuration of rustls for all that is TLS: which servers are
    /// trusted, client certificates, versions, ciphers and their provider, resumed
    /// sessions.
    ///
    /// One setting of it is replaced: HTTP/1.1 alone is offered
    /// (`alpn_protocols`), since nothing else is spoken. Roots and client
    /// certificates cannot be set beside it.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use rustls::{ClientConfig, RootCertStore};
    /// # use talkspace_net::{Settings, TransportBuilder};
    /// # let builder = TransportBuilder::<Settings>::default();
    ///
    /// let provider = Arc::new(rustls::crypto::ring::default_provider());
    /// let roots = RootCertStore::empty();
    /// let config = ClientConfig::builder_with_provider(provider)
    ///     .with_protocol_versions(&[&rustls::version::TLS13])?
    ///     .with_root_certificates(roots)
    ///     .with_no_client_auth();
    /// let transport = builder.rustls_config(Arc::new(config)).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "rustls")]
    pub fn rustls_config(mut self, config: Arc<rustls::ClientConfig>) -> Self {
        self.tls.config = Some(config);
        self
    }

    /// Has `resolver` find the addresses of a host, in place of the system.
    ///
    /// It gets the host of the URL in lower case, unless that is an address. A
    /// port other than zero in what it returns is connected to in place of the
    /// URL's; certificates and `Host` are of the URL all the same. The addresses
    /// are tried as those of the system are, the two families by turns (RFC 8305).
    ///
    /// It may block: it runs on a thread of its own, one for all requests that
    /// want the same host at the time, and no result is kept for later requests.
    /// A request waits for it no longer than its `connect_timeout`. An error, no
    /// address at all, or a panic end it with
    /// [`FailureKind::Resolve`](talkspace_core::FailureKind::Resolve).
    ///
    /// ```
    /// use std::net::ToSocketAddrs;
    /// # use talkspace_net::{Settings, TransportBuilder};
    /// # let builder = TransportBuilder::<Settings>::default();
    ///
    /// let transport = builder
    ///     .resolver(|host| match host {
    ///         "talkspace.example" => Ok(vec![([192, 0, 2, 7], 0).into()]),
    ///         other => Ok((other, 0).to_socket_addrs()?.collect()),
    ///     })
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resolver(
        mut self,
        resolver: impl Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static,
    ) -> Self {
        self.sockets.resolver = Some(Resolver::new(resolver));
        self
    }

    /// Connects from this address of the machine.
    ///
    /// Addresses of a host that are of the other family are left out then, unless
    /// a second call sets a local one of that family too. So `0.0.0.0` means
    /// whatever address of IPv4 the system takes. An address that this machine
    /// does not have, and a host without an address of the family, end a request
    /// with [`FailureKind::Connect`](talkspace_core::FailureKind::Connect).
    ///
    /// ```
    /// use std::net::Ipv4Addr;
    /// # use talkspace_net::{Settings, TransportBuilder};
    /// # let builder = TransportBuilder::<Settings>::default();
    ///
    /// let transport = builder.local_address(Ipv4Addr::new(192, 0, 2, 5)).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn local_address(mut self, address: impl Into<IpAddr>) -> Self {
        self.sockets.set_local(address.into());
        self
    }

    /// Has the system probe a connection that was silent for this long, and again
    /// each time as long after that (TCP keep-alive). Default: off.
    ///
    /// In whole seconds, from 1 to 32,767. It is not needed to find out that a
    /// peer is gone: the timeouts do that. It is for a firewall or a NAT in between that
    /// forgets a connection while a request waits for its response.
    ///
    /// ```
    /// use std::time::Duration;
    /// # use talkspace_net::{Settings, TransportBuilder};
    /// # let builder = TransportBuilder::<Settings>::default();
    ///
    /// let transport = builder.tcp_keepalive(Duration::from_secs(15)).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tcp_keepalive(mut self, idle: Duration) -> Self {
        self.sockets.set_keep_alive(idle);
        self
    }

    /// The idle timeout of pooled connections. Default 4 s.
    ///
    /// Keep it below the server's own: the two closing and sending at the same
    /// time is what makes a request's fate unknown. A server that says its
    /// timeout (`Keep-Alive: timeout=5`) is believed, less a second, where that
    /// is shorter; one second or less means that the connection is not used
    /// again. Zero closes every connection after its exchange.
    ///
    /// ```
    /// use std::time::Duration;
    /// # use talkspace_net::{Settings, TransportBuilder};
    /// # let builder = TransportBuilder::<Settings>::default();
    ///
    /// let transport = builder.pool_idle_timeout(Duration::from_secs(2)).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pool_idle_timeout(mut self, limit: Duration) -> Self {
        self.pool.idle_timeout = limit;
        self
    }

    /// The maximum of idle connections for each scheme, host and port.
    /// Default 1,024: in practice the idle timeout is what bounds them. Beyond
    /// it the one that has been idle longest is closed. Zero closes every
    /// connection after its exchange.
    ///
    /// ```
    /// # use talkspace_net::{Settings, TransportBuilder};
    /// # let builder = TransportBuilder::<Settings>::default();
    /// let transport = builder.pool_max_idle_per_host(8).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pool_max_idle_per_host(mut self, count: usize) -> Self {
        self.pool.max_idle_per_host = count;
        self
    }

    /// How old a connection may be when an exchange begins on it. Default 60 s.
    ///
    /// A connection in steady use is never idle, and would never learn that
    /// the host's name leads elsewhere now.
    ///
    /// ```
    /// use std::time::Duration;
    /// # use talkspace_net::{Settings, TransportBuilder};
    /// # let builder = TransportBuilder::<Settings>::default();
    ///
    /// let transport = builder.pool_max_age(Duration::from_secs(300)).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pool_max_age(mut self, limit: Duration) -> Self {
        self.pool.max_age = limit;
        self
    }

    /// Has all connections go through `proxy`. Without this, and without
    /// [`proxy_from_env`](Self::proxy_from_env), none does. Of the two, the one that
    /// is called last counts.
    ///
    /// `connect_timeout` covers the way to the proxy and through it. What the
    /// proxy does not connect was not sent: the error is of the kind
    /// [`Proxy`](talkspace_core::FailureKind::Proxy) where the proxy has decided
    /// so, as for wrong credentials, and of the kind
    /// [`Connect`](talkspace_core::FailureKind::Connect) where another attempt may
    /// help. For an `http` URL an HTTP proxy is sent the request itself, so its own
    /// responses look like those of the service; a 407 is an error of the kind
    /// `Proxy` there too, and a 502, 503 or 504 means that the request
    /// [may have been applied](talkspace_core::manual::retries).
    ///
    /// An origin on this machine (`localhost`, names below it, `127.0.0.0/8`, `::1`)
    /// is reached without, unless the proxy is on this machine too: another one would
    /// connect to itself, and could read what plain `http` carries.
    ///
    /// ```
    /// use talkspace_net::Proxy;
    /// # use talkspace_net::{Settings, TransportBuilder};
    /// # let builder = TransportBuilder::<Settings>::default();
    ///
    /// let proxy = Proxy::new("http://user:password@proxy.example:3128")?;
    /// let transport = builder.proxy(proxy).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxies = Proxies::all(proxy);
        self.proxies_from_env = false;
        self
    }

    /// Takes the proxies from the environment, as curl does: `https_proxy`,
    /// `http_proxy` and `all_proxy`, except for the hosts in `no_proxy`. Each may be
    /// written in capitals too. They are read when the transport is built.
    ///
    /// `no_proxy` is a list, parted by commas or spaces, of names, which stand for
    /// their subdomains too, addresses, and networks such as `10.0.0.0/8`; `*`
    /// alone is every host. `HTTP_PROXY` in capitals is ignored where
    /// `REQUEST_METHOD` is set: in a CGI program a client of the web server says
    /// what it is. An origin on this machine is reached as with [`proxy`](Self::proxy).
    ///
    /// ```
    /// # use talkspace_net::{Settings, TransportBuilder};
    /// # let builder = TransportBuilder::<Settings>::default();
    /// let transport = builder.proxy_from_env().build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn proxy_from_env(mut self) -> Self {
        self.proxies_from_env = true;
        self
    }

    /// Has `connector` make the connections, in the place of a name look-up and a
    /// TCP connection. TLS, and a [`proxy`](Self::proxy), go over what it makes.
    /// Its failures are of the kind
    /// [`Connect`](talkspace_core::FailureKind::Connect), and nothing was sent.
    pub fn connector(mut self, connector: T::Connector) -> Self {
        self.connector = Some(connector);
        self
    }

    /// Builds the transport.
    ///
    /// # Errors
    ///
    /// When a certificate or a key that was given cannot be used, or a variable of
    /// [`proxy_from_env`](Self::proxy_from_env) is not the URL of a proxy. The platform's
    /// roots are loaded for the first connection over TLS, once in the life of the
    /// process; that they cannot be is the failure of that connection, of the kind
    /// [`FailureKind::Tls`](talkspace_core::FailureKind::Tls).
    pub fn build(self) -> Result<T, BuildError> {
        Ok(T::from(Settings {
            tls: Tls::new(&self.tls)?,
            pool: self.pool,
            sockets: self.sockets,
            proxies: match self.proxies_from_env {
                true => Proxies::from_env()?,
                false => self.proxies,
            },
            connector: self.connector,
        }))
    }
}

impl<T: Engine> Default for TransportBuilder<T> {
    fn default() -> Self {
        Self {
            tls: TlsSettings::default(),
            pool: PoolLimits::default(),
            sockets: Sockets::default(),
            proxies: Proxies::default(),
            proxies_from_env: false,
            connector: None,
            transport: PhantomData,
        }
    }
}

impl<T: Engine> Clone for TransportBuilder<T> {
    fn clone(&self) -> Self {
        Self {
            tls: self.tls.clone(),
            sockets: self.sockets.clone(),
            proxies: self.proxies.clone(),
            connector: self.connector.clone(),
            ..*self
        }
    }
}

impl<T: Engine> fmt::Debug for TransportBuilder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportBuilder")
            .field("tls", &self.tls)
            .field("pool", &self.pool)
            .field("sockets", &self.sockets)
            .field("proxies", &self.proxies)
            .field("proxies_from_env", &self.proxies_from_env)
            .field("connector", &self.connector.is_some())
            .finish()
    }
}
