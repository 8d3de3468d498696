//! Making a connection: a socket, a proxy between, the handshake of TLS.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::panic::resume_unwind;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use http1_conformance::client::{
    CancelToken, Delivery, FailureKind, Limits, Phase, TransportError,
};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

use super::{AGES, Connection, is_timeout};
use crate::mutants::error::{cancelled, timed_out};
use crate::mutants::fault::Fault;
use crate::mutants::origin::Origin;
use crate::mutants::proxy::Proxy;

/// How long an address may take while there are others.
const TURN: Duration = Duration::from_millis(250);

impl Connection {
    pub(in crate::mutants) fn open(
        origin: &Origin,
        limits: Limits,
        cancel: &CancelToken,
        tls: Option<&Arc<ClientConfig>>,
        proxy: Option<&Proxy>,
        fault: Option<Fault>,
    ) -> Result<Self, TransportError> {
        let start = Instant::now();
        let place = proxy.map_or(origin, |proxy| &proxy.place);
        let not_sent =
            |kind, source| TransportError::new(kind, Delivery::NotSent).with_source(source);
        let mut addresses: Vec<SocketAddr> = match &*place.addresses {
            [] => (place.host.as_str(), place.port)
                .to_socket_addrs()
                .map_err(|error| match fault {
                    Some(Fault::ResolveIsConnect) => not_sent(FailureKind::Connect, error),
                    _ => not_sent(FailureKind::Resolve, error),
                })?
                .collect(),
            known => known
                .iter()
                .map(|known| (*known, place.port).into())
                .collect(),
        };
        if fault == Some(Fault::FirstAddressOnly) {
            addresses.truncate(1);
        }
        let mut last = io::Error::other("the name has no address");
        for (place, address) in addresses.iter().enumerate() {
            let mut turn = limits;
            if place + 1 < addresses.len() && fault != Some(Fault::AddressesInTurn) {
                turn.connect_timeout = limits.connect_timeout.min(TURN);
            }
            match Self::connect(*address, turn, cancel, fault) {
                Ok(stream) => {
                    let mut connection = Self {
                        stream,
                        tls: None,
                        input: BytesMut::new(),
                        limits,
                        cancel: CancelToken::new(),
                        wakes: None,
                        began: start,
                        came: start,
                        window: None,
                        expires: None,
                        retired: false,
                        fault,
                    };
                    connection.begin(limits, cancel)?;
                    if let Some(proxy) = proxy.filter(|_| origin.is_tls) {
                        connection.tunnel(proxy, origin, start)?;
                    }
                    if origin.is_tls {
                        let result = connection.handshake(origin, tls, start);
                        if let Err(error) = result {
                            if fault != Some(Fault::PlainFallback) {
                                return Err(error.with_delivery(Delivery::NotSent));
                            }
                            let stream = Self::connect(*address, limits, cancel, fault);
                            connection.stream =
                                stream.map_err(|error| not_sent(FailureKind::Connect, error))?;
                            connection.tls = None;
                        }
                    }
                    return Ok(connection);
                }
                Err(error) => last = error,
            }
        }
        if proxy.is_some() && fault == Some(Fault::DirectFallback) {
            return Self::open(origin, limits, cancel, tls, None, fault);
        }
        Err(match last.kind() {
            _ if cancel.is_cancelled() && fault != Some(Fault::CancelIgnored) => {
                not_sent(FailureKind::Cancelled, last)
            }
            _ if fault == Some(Fault::RefusedIsClosed) => {
                TransportError::new(FailureKind::Closed, Delivery::MaybeSent)
            }
            ErrorKind::TimedOut => timed_out(Phase::Connect, fault),
            _ => not_sent(FailureKind::Connect, last),
        })
    }

    /// Has the proxy at the other end connect to the origin. The connect timeout covers it.
    fn tunnel(
        &mut self,
        proxy: &Proxy,
        origin: &Origin,
        start: Instant,
    ) -> Result<(), TransportError> {
        let delivery = match self.fault {
            Some(Fault::ConnectIsMaybeSent) => Delivery::MaybeSent,
            _ => Delivery::NotSent,
        };
        let limit = match self.fault {
            Some(Fault::ConnectAwaitedForever) => AGES,
            _ => self.limits.connect_timeout,
        };
        let told = |error: TransportError| match error.kind() {
            FailureKind::Closed => {
                TransportError::new(FailureKind::Connect, delivery).with_source("the proxy closed")
            }
            _ => error.with_delivery(delivery),
        };
        self.send(&proxy.connect(origin, self.fault))
            .map_err(told)?;
        while !proxy
            .has_opened(&mut self.input, self.fault)
            .map_err(told)?
        {
            let left = limit.saturating_sub(start.elapsed());
            match self.fill(left, Phase::Connect).map_err(told)? {
                0 if self.fault == Some(Fault::ConnectEndIgnored) => break,
                0 => return Err(told(TransportError::maybe_sent(FailureKind::Closed))),
                _ => {}
            }
        }
        Ok(())
    }

    /// The connect timeout covers the TLS handshake.
    fn handshake(
        &mut self,
        origin: &Origin,
        config: Option<&Arc<ClientConfig>>,
        start: Instant,
    ) -> Result<(), TransportError> {
        let failed = |source: Box<dyn StdError + Send + Sync>| {
            TransportError::new(FailureKind::Tls, Delivery::NotSent).with_source(source)
        };
        let config = config.ok_or_else(|| failed("no roots were given".into()))?;
        let name = ServerName::try_from(origin.name.as_ref().unwrap_or(&origin.host).clone())
            .map_err(|why| failed(why.into()))?;
        if self.fault == Some(Fault::NamesOnly) && matches!(name, ServerName::IpAddress(_)) {
            return Err(failed("an address is no name".into()));
        }
        let mut tls =
            ClientConnection::new(Arc::clone(config), name).map_err(|why| failed(why.into()))?;
        let limit = match self.fault {
            Some(Fault::HandshakeUnlimited) => AGES,
            _ => self.limits.connect_timeout,
        };
        while tls.is_handshaking() {
            let left = self.left(limit, start, Phase::Connect)?;
            let result = self
                .stream
                .set_read_timeout(Some(left))
                .and_then(|()| tls.complete_io(&mut self.stream));
            match result {
                Ok(_) => {}
                Err(error) if is_timeout(&error) => {}
                Err(_) if self.cancel.is_cancelled() => return Err(cancelled()),
                Err(error) => return Err(failed(error.into())),
            }
        }
        self.tls = Some(Box::new(tls));
        Ok(())
    }

    /// Connects on a thread of its own: that cannot be interrupted, and the
    /// caller must be.
    fn connect(
        address: SocketAddr,
        limits: Limits,
        cancel: &CancelToken,
        fault: Option<Fault>,
    ) -> io::Result<TcpStream> {
        let limit = match fault {
            Some(Fault::ConnectUnlimited) => AGES,
            _ => limits.connect_timeout,
        };
        let mut left = limits.remaining(Instant::now()).unwrap_or(limit);
        match fault {
            Some(Fault::DeadlineIgnored | Fault::ConnectUnlimited) => left = limit,
            Some(Fault::ZeroMeansOneSecond) => left = left.max(Duration::from_secs(1)),
            Some(Fault::TimesAreAdded) if limits.read_timeout == Duration::MAX => {
                // Without the panic hook, which would print.
                resume_unwind(Box::new("overflow when adding duration to instant"));
            }
            _ => {}
        }
        if cancel.is_cancelled() && fault != Some(Fault::CancelIgnored) {
            return Err(ErrorKind::Interrupted.into());
        }
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        let (done, result) = mpsc::channel();
        let _wakes = (fault != Some(Fault::CancelIgnored)).then(|| {
            let done = done.clone();
            cancel.on_cancel(move || {
                // The receiver is gone when the connection was faster.
                let _ = done.send(Err(ErrorKind::Interrupted.into()));
            })
        });
        let limit = left.min(limit);
        thread::spawn(move || done.send(TcpStream::connect_timeout(&address, limit)));
        let stream = result
            .recv()
            .unwrap_or_else(|_| Err(ErrorKind::Other.into()))?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}
