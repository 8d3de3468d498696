//! A socket with a clock and a cancel token.

use std::error::Error as StdError;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::panic::resume_unwind;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use super::error::{cancelled, timed_out, too_large};
use super::fault::Fault;
use super::origin::Origin;
use super::proxy::Proxy;
use crate::wire::table::Table;
use bytes::BytesMut;
use http::HeaderMap;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use talkspace_core::transport::{CancelGuard, TransportError};
use talkspace_core::{CancelToken, Delivery, FailureKind, Limits, Phase};

/// How often a blocked writer checks for an early response.
const TICK: Duration = Duration::from_millis(20);

/// A timeout that is not kept.
const AGES: Duration = Duration::from_secs(3600);

/// A request and the peer's close must not cross.
const MARGIN: Duration = Duration::from_secs(1);

/// What became of bytes to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    All,
    /// The peer responded, or closed the connection, before it took them all.
    RespondedEarly,
}

pub(super) struct Connection {
    stream: TcpStream,
    tls: Option<Box<ClientConnection>>,
    /// Bytes that were read and not used.
    pub(super) input: BytesMut,
    pub(super) limits: Limits,
    cancel: CancelToken,
    wakes: Option<CancelGuard>,
    /// When the exchange began.
    began: Instant,
    /// What the least rate is measured of, since when, and what has moved meanwhile.
    window: Option<(Phase, Instant, u64)>,
    /// When the peer may close it, less a margin.
    expires: Option<Instant>,
    retired: bool,
    fault: Option<Fault>,
}

impl Connection {
    pub(super) fn open(
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
        let addresses = (place.host.as_str(), place.port)
            .to_socket_addrs()
            .map_err(|error| match fault {
                Some(Fault::ResolveIsConnect) => not_sent(FailureKind::Connect, error),
                _ => not_sent(FailureKind::Resolve, error),
            })?;
        let mut last = io::Error::other("the name has no address");
        for address in addresses {
            match Self::connect(address, limits, cancel, fault) {
                Ok(stream) => {
                    let mut connection = Self {
                        stream,
                        tls: None,
                        input: BytesMut::new(),
                        limits,
                        cancel: CancelToken::new(),
                        wakes: None,
                        began: start,
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
                            let stream = Self::connect(address, limits, cancel, fault);
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
        let name = ServerName::try_from(origin.host.clone()).map_err(|why| failed(why.into()))?;
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

    /// Takes the limits and the token of the next exchange.
    pub(super) fn begin(
        &mut self,
        limits: Limits,
        cancel: &CancelToken,
    ) -> Result<(), TransportError> {
        let not_sent = |kind| TransportError::new(kind, Delivery::NotSent);
        let limits = match self.fault {
            Some(Fault::LimitsOfTheFirst) => self.limits,
            _ => limits,
        };
        self.began = Instant::now();
        self.window = None;
        if self.fault == Some(Fault::CancelIgnored) {
            self.limits = limits;
            return Ok(());
        }
        if cancel.is_cancelled() {
            return Err(not_sent(FailureKind::Cancelled));
        }
        if self.fault == Some(Fault::UploadRunsOn) {
            self.limits = limits;
            self.cancel = cancel.clone();
            return Ok(());
        }
        let handle = self
            .stream
            .try_clone()
            .map_err(|error| not_sent(FailureKind::Connect).with_source(error))?;
        self.limits = limits;
        self.cancel = cancel.clone();
        self.wakes = Some(cancel.on_cancel(move || {
            // Shutting down wakes the thread that reads or writes.
            let _ = handle.shutdown(Shutdown::Both);
        }));
        Ok(())
    }

    /// Sends up to `most` more bytes in the background, and keeps the connection open.
    pub(super) fn run_on(mut self, most: u64) {
        thread::spawn(move || {
            let unlimited = self
                .stream
                .set_write_timeout(None)
                .and_then(|()| self.stream.set_read_timeout(None));
            let _ = unlimited
                .and_then(|()| io::copy(&mut io::repeat(0).take(most), &mut self.stream))
                .and_then(|_| self.stream.read(&mut [0]));
        });
    }

    /// The exchange is over: its token has no more power here.
    pub(super) fn end(&mut self) {
        self.wakes = None;
    }

    /// Marks the connection as unfit for another request.
    pub(super) const fn retire(&mut self) {
        self.retired = true;
    }

    /// Notes for how long the peer keeps the connection: `Keep-Alive`, RFC 2068 §19.7.1.1.
    pub(super) fn heed(&mut self, headers: &HeaderMap) {
        if self.fault == Some(Fault::KeepAliveIgnored) {
            return;
        }
        let said = headers
            .get("keep-alive")
            .and_then(|said| said.to_str().ok());
        let parameters = said.into_iter().flat_map(|said| said.split(','));
        let mut timeouts = parameters.filter_map(|one| one.trim().strip_prefix("timeout="));
        let seconds = timeouts.next().and_then(|seconds| seconds.parse().ok());
        self.expires = seconds.map(|seconds: u32| {
            Instant::now() + Duration::from_secs(seconds.into()).saturating_sub(MARGIN)
        });
    }

    /// Whether the peer may close it any moment, as it said.
    pub(super) fn is_over(&self) -> bool {
        self.expires.is_some_and(|end| end <= Instant::now())
    }

    /// A second handle to the same stream, to send before the response has come.
    pub(super) fn twin(&self) -> Option<Self> {
        Some(Self {
            stream: self.stream.try_clone().ok()?,
            tls: None,
            input: BytesMut::new(),
            limits: self.limits,
            cancel: CancelToken::new(),
            wakes: None,
            began: self.began,
            window: self.window,
            expires: None,
            retired: false,
            fault: self.fault,
        })
    }

    pub(super) fn has_fault(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    pub(super) fn is_clean(&mut self) -> bool {
        if self.fault == Some(Fault::DropsLeftover) {
            self.input.clear();
        }
        !self.retired && self.input.is_empty()
    }

    /// Whether reading would give something at once: bytes, an end, an error.
    pub(super) fn has_input(&self) -> bool {
        !self.input.is_empty() || self.has_unread()
    }

    fn has_unread(&self) -> bool {
        let peeked = self
            .stream
            .set_nonblocking(true)
            .and_then(|()| self.stream.peek(&mut [0]));
        let restored = self.stream.set_nonblocking(false);
        restored.is_err() || !peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    pub(super) fn send(&mut self, mut bytes: &[u8]) -> Result<Sent, TransportError> {
        let mut moved = Instant::now();
        if self.fault == Some(Fault::WriteOnce) {
            bytes = bytes.get(..16 * 1024).unwrap_or(bytes);
        }
        while !bytes.is_empty() {
            if self.fault == Some(Fault::ReadTimeoutSinceBegin) {
                moved = self.began;
            }
            let left = self.left(self.limits.read_timeout, moved, Phase::Send)?;
            let written = self
                .stream
                .set_write_timeout(Some(left.min(TICK)))
                .and_then(|()| match &mut self.tls {
                    Some(tls) => rustls::Stream::new(&mut **tls, &mut self.stream).write(bytes),
                    None => self.stream.write(bytes),
                });
            match written {
                Ok(_) if self.fault == Some(Fault::WriteOnce) => return Ok(Sent::All),
                Ok(count) => {
                    bytes = bytes.get(count..).unwrap_or_default();
                    moved = Instant::now();
                    self.keep_pace(count, Phase::Send)?;
                }
                Err(error) if is_timeout(&error) => {
                    self.keep_pace(0, Phase::Send)?;
                    if self.fault != Some(Fault::WritesAllFirst) && self.has_unread() {
                        if !self.is_accepted_early()? {
                            return Ok(Sent::RespondedEarly);
                        }
                        moved = Instant::now();
                    }
                }
                // The peer closed the connection. It may have said why; reading will tell.
                Err(_) if !self.cancel.is_cancelled() => return Ok(Sent::RespondedEarly),
                Err(error) => return Err(self.failure(error, Phase::Send)),
            }
        }
        Ok(Sent::All)
    }

    /// Reads an early response. After a success the rest of the request is sent all the same,
    /// RFC 9112 §9.5.
    fn is_accepted_early(&mut self) -> Result<bool, TransportError> {
        if self.fault == Some(Fault::EarlyResponseIsError) {
            return Ok(false);
        }
        let room = self.limits.max_header_bytes as u64 + self.limits.max_body_bytes;
        if self.input.len() as u64 > room {
            return Err(too_large());
        }
        let is_open = self.fill(self.limits.read_timeout, Phase::Send)? > 0;
        let class = self.input.get(b"HTTP/1.1 ".len());
        Ok(is_open && matches!(class, None | Some(b'1' | b'2')))
    }

    /// Waits until the peer has what the system holds of a large request: until then it is
    /// being sent.
    pub(super) fn until_taken(&self) -> Result<(), TransportError> {
        let (Ok(here), Ok(there)) = (self.stream.local_addr(), self.stream.peer_addr()) else {
            return Ok(());
        };
        let (mut least, mut moved) = (u64::MAX, Instant::now());
        while self.fault != Some(Fault::SentIsTaken) && !self.has_input() {
            let socket = Table::read().and_then(|table| table.socket(here, there));
            let left = socket.map_or(0, |socket| socket.unacknowledged);
            if left == 0 {
                break;
            }
            if left < least {
                (least, moved) = (left, Instant::now());
            }
            self.left(self.limits.read_timeout, moved, Phase::Send)?;
            thread::sleep(TICK);
        }
        Ok(())
    }

    /// Reads more input; zero at the end of the stream.
    pub(super) fn fill(&mut self, limit: Duration, phase: Phase) -> Result<usize, TransportError> {
        let since = match (self.fault, phase) {
            (Some(Fault::ResponseTimeoutSinceBegin), Phase::Head) => self.began,
            _ => Instant::now(),
        };
        let mut buffer = [0; 16 * 1024];
        if phase == Phase::Body {
            self.keep_pace(0, phase)?;
        }
        let count = loop {
            let mut left = self.left(limit, since, phase)?;
            if phase == Phase::Body && self.limits.min_rate.is_some() {
                left = left.min(TICK);
            }
            let read = self
                .stream
                .set_read_timeout(Some(left))
                .and_then(|()| self.read_once(&mut buffer));
            if phase == Phase::Body {
                self.keep_pace(*read.as_ref().unwrap_or(&0), phase)?;
            }
            match read {
                Err(error) if is_timeout(&error) && left == TICK => {}
                // TLS records without data do not count.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error)
                    if self.fault == Some(Fault::ResetIsEnd)
                        && phase == Phase::Body
                        && error.kind() == ErrorKind::ConnectionReset =>
                {
                    break 0;
                }
                Err(error) => return Err(self.failure(error, phase)),
                // A cancelled stream was shut down, which reads like an end.
                Ok(_) if self.cancel.is_cancelled() => return Err(cancelled()),
                Ok(count) => break count,
            }
        };
        self.input
            .extend_from_slice(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }

    /// Reads from the socket once; interrupted when what came is for TLS alone.
    fn read_once(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(tls) = self.tls.as_deref_mut() else {
            return self.stream.read(buffer);
        };
        if self.fault == Some(Fault::TlsBytesCount) {
            return rustls::Stream::new(tls, &mut self.stream).read(buffer);
        }
        let read = tls.reader().read(buffer);
        if !read
            .as_ref()
            .is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
        {
            return read;
        }
        tls.read_tls(&mut self.stream)?;
        tls.process_new_packets().map_err(io::Error::other)?;
        tls.reader()
            .read(buffer)
            .map_err(|error| match error.kind() {
                ErrorKind::WouldBlock => ErrorKind::Interrupted.into(),
                _ => error,
            })
    }

    /// Takes in what has moved, and fails if that was too little for the time.
    fn keep_pace(&mut self, count: usize, phase: Phase) -> Result<(), TransportError> {
        let Some(rate) = self.limits.min_rate else {
            return Ok(());
        };
        let now = Instant::now();
        let (since, moved) = match self.window {
            Some((of, since, moved)) if of == phase => (since, moved + count as u64),
            _ if self.fault == Some(Fault::MinRateSinceBegin) => (self.began, count as u64),
            _ => (now, count as u64),
        };
        let is_over = match self.fault {
            Some(Fault::MinRateIgnored) => true,
            Some(Fault::MinRatePerByte) => count > 0,
            Some(Fault::MinRateOnce) => false,
            _ => moved >= rate.bytes,
        };
        self.window = Some(match is_over {
            true => (phase, now, 0),
            false => (phase, since, moved),
        });
        if !is_over && now.saturating_duration_since(since) >= rate.per {
            return Err(TransportError::too_slow(phase));
        }
        Ok(())
    }

    /// What is left of a limit since `start`, and of the deadline.
    fn left(
        &self,
        limit: Duration,
        start: Instant,
        phase: Phase,
    ) -> Result<Duration, TransportError> {
        if self.cancel.is_cancelled() {
            return Err(cancelled());
        }
        let now = Instant::now();
        let limit = match (self.fault, phase) {
            (Some(Fault::ResponseTimeoutIgnored), Phase::Head) => AGES,
            (Some(Fault::ReadTimeoutIgnored), _) => AGES,
            (Some(Fault::TimesQuartered), _) => limit / 4,
            _ => limit,
        };
        let left = limit.saturating_sub(now.saturating_duration_since(start));
        let left = self
            .limits
            .remaining(now)
            .filter(|_| match self.fault {
                Some(Fault::DeadlineIgnored) => false,
                Some(Fault::DeadlineInSilenceOnly) => !self.has_input(),
                _ => true,
            })
            .map(|until| match self.fault {
                Some(Fault::TimesQuartered) => until / 4,
                _ => until,
            })
            .map_or(left, |until| left.min(until));
        if left.is_zero() {
            return Err(timed_out(phase, self.fault));
        }
        Ok(left)
    }

    fn failure(&self, error: io::Error, phase: Phase) -> TransportError {
        if self.cancel.is_cancelled() {
            return cancelled();
        }
        if is_timeout(&error) {
            return timed_out(phase, self.fault).with_source(error);
        }
        if self.fault == Some(Fault::ResetIsProtocol) {
            return TransportError::new(FailureKind::Protocol, Delivery::MaybeSent);
        }
        TransportError::new(FailureKind::Closed, Delivery::MaybeSent).with_source(error)
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
