//! The peer's side of TLS: a root of its own, and what it signs.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, date_time_ymd,
};
use rustls::crypto::cipher::{OutboundChunks, OutboundPlainMessage};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{
    ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier,
};
use rustls::sign::CertifiedKey;
use rustls::{
    ConnectionTrafficSecrets, ContentType, ProtocolVersion, RootCertStore, ServerConfig,
    ServerConnection, Stream, SupportedCipherSuite,
};

/// How a peer shows itself in a handshake.
///
/// ```
/// use http1_conformance::wire::{Plan, Script, Tls};
///
/// let plan = Plan::new([Script::accept()]).over_tls(Tls::expired()?);
/// assert!(Tls::roots_pem().contains("BEGIN CERTIFICATE"));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone)]
pub struct Tls(pub(super) Arc<ServerConfig>);

type Authority = CertifiedIssuer<'static, KeyPair>;

/// The root that adapters are told to trust. Its key never leaves the process.
static TRUSTED: LazyLock<Result<Authority, String>> =
    LazyLock::new(|| authority("the suite's root"));

/// Roots are found by their names, so each has one of its own.
fn authority(name: &str) -> Result<Authority, String> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().map_err(|error| error.to_string())?;
    CertifiedIssuer::self_signed(params, key).map_err(|error| error.to_string())
}

impl Tls {
    /// The root that signs the certificates but two, in PEM.
    #[must_use]
    pub fn roots_pem() -> String {
        TRUSTED.as_ref().map(|root| root.pem()).unwrap_or_default()
    }

    /// A certificate that is in order, for this name or address.
    ///
    /// # Errors
    ///
    /// When no certificate could be made.
    pub fn of(name: &str) -> Result<Self, String> {
        Self::signed(TRUSTED.as_ref().map_err(Clone::clone)?, name, |_| {})
    }

    /// As [`of`](Self::of), and for a client that sends this server name in its handshake only
    /// (RFC 6066 §3), as a host of many names does.
    ///
    /// # Errors
    ///
    /// When no certificate could be made.
    pub fn only_when_named(name: &str) -> Result<Self, String> {
        let Self(config) = Self::of(name)?;
        let resolver = Named {
            name: name.to_owned(),
            inner: Arc::clone(&config.cert_resolver),
        };
        let mut config = ServerConfig::clone(&config);
        config.cert_resolver = Arc::new(resolver);
        Ok(Self(Arc::new(config)))
    }

    /// A certificate for a client that offers HTTP/2 (RFC 7301) only: with any other, there is no
    /// handshake.
    ///
    /// # Errors
    ///
    /// When no certificate could be made.
    pub fn only_when_http2_is_offered(name: &str) -> Result<Self, String> {
        let Self(config) = Self::of(name)?;
        let resolver = ForHttp2(Arc::clone(&config.cert_resolver));
        let mut config = ServerConfig::clone(&config);
        config.cert_resolver = Arc::new(resolver);
        Ok(Self(Arc::new(config)))
    }

    /// Shows the certificate of `next` from the second handshake on. No session is resumed, so that
    /// each handshake shows one.
    #[must_use]
    pub fn then(self, next: &Self) -> Self {
        let resolver = OneAfterTheOther {
            first: Mutex::new(Some(Arc::clone(&self.0.cert_resolver))),
            next: Arc::clone(&next.0.cert_resolver),
        };
        let mut config = ServerConfig::clone(&self.0);
        config.cert_resolver = Arc::new(resolver);
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Self(Arc::new(config))
    }

    /// The same peer, for a client that shows a certificate of the trusted root only.
    ///
    /// # Errors
    ///
    /// When the root could not be made.
    pub fn wanting_client_certificate(self) -> Result<Self, String> {
        let root = TRUSTED.as_ref().map_err(Clone::clone)?;
        let make = || -> Result<_, Box<dyn std::error::Error>> {
            let mut roots = RootCertStore::empty();
            roots.add(root.der().clone())?;
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                    .build()?;
            let mut config = ServerConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()?
                .with_client_cert_verifier(verifier)
                .with_cert_resolver(Arc::clone(&self.0.cert_resolver));
            config.alpn_protocols.clone_from(&self.0.alpn_protocols);
            Ok(Self(Arc::new(config)))
        };
        make().map_err(|error| error.to_string())
    }

    /// A certificate of the trusted root for a client, and the key of it, in PEM.
    ///
    /// # Errors
    ///
    /// When no certificate could be made.
    pub fn client_certificate_pem() -> Result<String, String> {
        let root = TRUSTED.as_ref().map_err(Clone::clone)?;
        let make = || -> Result<_, rcgen::Error> {
            let mut params = CertificateParams::new(["client.example".to_owned()])?;
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            let key = KeyPair::generate()?;
            let certificate = params.signed_by(&key, root)?;
            Ok(certificate.pem() + &key.serialize_pem())
        };
        make().map_err(|error| error.to_string())
    }

    /// An expired certificate.
    ///
    /// # Errors
    ///
    /// When no certificate could be made.
    pub fn expired() -> Result<Self, String> {
        Self::signed(
            TRUSTED.as_ref().map_err(Clone::clone)?,
            "localhost",
            |params| {
                params.not_before = date_time_ymd(2001, 1, 1);
                params.not_after = date_time_ymd(2002, 1, 1);
            },
        )
    }

    /// A certificate that is not yet valid.
    ///
    /// # Errors
    ///
    /// When no certificate could be made.
    pub fn not_yet_valid() -> Result<Self, String> {
        Self::signed(
            TRUSTED.as_ref().map_err(Clone::clone)?,
            "localhost",
            |params| {
                params.not_before = date_time_ymd(2200, 1, 1);
                params.not_after = date_time_ymd(2201, 1, 1);
            },
        )
    }

    /// A self-signed certificate.
    ///
    /// # Errors
    ///
    /// When no certificate could be made.
    pub fn self_signed() -> Result<Self, String> {
        let make = || -> Result<_, Box<dyn std::error::Error>> {
            let params = CertificateParams::new(["localhost".to_owned()])?;
            let key = KeyPair::generate()?;
            let certificate = params.self_signed(&key)?;
            Self::with(&certificate, &key)
        };
        make().map_err(|error| error.to_string())
    }

    /// A certificate of an untrusted root.
    ///
    /// # Errors
    ///
    /// When no certificate could be made.
    pub fn untrusted() -> Result<Self, String> {
        Self::signed(&authority("an untrusted root")?, "localhost", |_| {})
    }

    fn signed(
        root: &Authority,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Result<Self, String> {
        let make = || -> Result<_, Box<dyn std::error::Error>> {
            let mut params = CertificateParams::new([name.to_owned()])?;
            change(&mut params);
            let key = KeyPair::generate()?;
            let certificate = params.signed_by(&key, root)?;
            Self::with(&certificate, &key)
        };
        make().map_err(|error| error.to_string())
    }

    fn with(certificate: &Certificate, key: &KeyPair) -> Result<Self, Box<dyn std::error::Error>> {
        let key = PrivateKeyDer::try_from(key.serialize_der())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        // For alerts, which only the keys can make.
        config.enable_secret_extraction = true;
        Ok(Self(Arc::new(config)))
    }
}

/// The root that adapters are told to trust, in PEM.
pub(crate) fn roots_pem() -> String {
    Tls::roots_pem()
}

/// TLS on one connection of a peer. What the client has to see of a failure, reading will show.
pub(super) struct Session(ServerConnection);

impl Session {
    pub(super) fn new(tls: &Tls) -> Option<Self> {
        ServerConnection::new(tls.0.clone()).ok().map(Self)
    }

    pub(super) fn read(&mut self, mut stream: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
        Stream::new(&mut self.0, &mut stream).read(buffer)
    }

    pub(super) fn write(&mut self, mut stream: &TcpStream, bytes: &[u8]) -> io::Result<usize> {
        let mut tls = Stream::new(&mut self.0, &mut stream);
        let count = tls.write(bytes)?;
        tls.flush()?;
        Ok(count)
    }

    pub(super) fn renew_keys(&mut self, mut stream: &TcpStream) {
        let _ = self.0.refresh_traffic_keys();
        let _ = self.0.write_tls(&mut stream);
    }

    pub(super) fn close(&mut self, mut stream: &TcpStream) {
        self.0.send_close_notify();
        let _ = self.0.write_tls(&mut stream);
    }

    /// The record of a fatal alert, as it would be sent next. `None` without TLS 1.3.
    ///
    /// A session sends the alerts that are due, and no others; so it is taken apart.
    pub(super) fn fatal_alert(self, code: u8) -> Option<Vec<u8>> {
        fatal_alert(self.0, code)
    }
}

fn fatal_alert(session: ServerConnection, code: u8) -> Option<Vec<u8>> {
    const FATAL: u8 = 2;
    let SupportedCipherSuite::Tls13(suite) = session.negotiated_cipher_suite()? else {
        return None;
    };
    let (sequence, secrets) = session.dangerous_extract_secrets().ok()?.tx;
    let (ConnectionTrafficSecrets::Aes128Gcm { key, iv }
    | ConnectionTrafficSecrets::Aes256Gcm { key, iv }
    | ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv }) = secrets
    else {
        return None;
    };
    let fatal = [FATAL, code];
    let alert = OutboundPlainMessage {
        typ: ContentType::Alert,
        version: ProtocolVersion::TLSv1_3,
        payload: OutboundChunks::Single(&fatal),
    };
    let mut encrypter = suite.aead_alg.encrypter(key, iv);
    let record = encrypter.encrypt(alert, sequence).ok()?;
    Some(record.encode())
}

/// Has a certificate only for handshakes with a server name.
#[derive(Debug)]
struct Named {
    name: String,
    inner: Arc<dyn ResolvesServerCert>,
}

impl ResolvesServerCert for Named {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let is_named = hello.server_name() == Some(&self.name);
        is_named.then(|| self.inner.resolve(hello)).flatten()
    }
}

/// Has a certificate only for clients that offer HTTP/2.
#[derive(Debug)]
struct ForHttp2(Arc<dyn ResolvesServerCert>);

impl ResolvesServerCert for ForHttp2 {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let mut offered = hello.alpn().into_iter().flatten();
        let offers = offered.any(|protocol| protocol == b"h2");
        offers.then(|| self.0.resolve(hello)).flatten()
    }
}

/// Has one certificate for the first handshake, and another one for all later ones.
#[derive(Debug)]
struct OneAfterTheOther {
    first: Mutex<Option<Arc<dyn ResolvesServerCert>>>,
    next: Arc<dyn ResolvesServerCert>,
}

impl ResolvesServerCert for OneAfterTheOther {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let first = self.first.lock();
        let first = first.unwrap_or_else(PoisonError::into_inner).take();
        first.as_ref().unwrap_or(&self.next).resolve(hello)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}
