//! A socket with a clock and a cancel token.

mod open;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::body::Framing;
use super::error::{cancelled, timed_out, too_large};
use super::fault::Fault;
use bytes::BytesMut;
use http::HeaderMap;
use http1_conformance::client::{
    CancelGuard, CancelToken, Delivery, FailureKind, Limits, Phase, TransportError,
};
use http1_conformance::wire::table::Table;
use rustls::{AlertDescription, ClientConnection};

/// How often a blocked writer checks for an early response.
const TICK: Duration = Duration::from_millis(20);

/// A timeout that is not kept.
const AGES: Duration = Duration::from_secs(3600);

/// What a fault takes for a stall.
const STALL: Duration = Duration::from_millis(350);

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
    /// When bytes came last.
    came: Instant,
    /// What the least rate is measured of, since when, and what has moved meanwhile.
    window: Option<(Phase, Instant, u64)>,
    /// When the peer may close it, less a margin.
    expires: Option<Instant>,
    retired: bool,
    fault: Option<Fault>,
}

impl Connection {
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
            came: self.came,
            window: self.window,
            expires: None,
            retired: false,
            fault: self.fault,
        })
    }

    pub(super) fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Ends the direction to the peer.
    pub(super) fn end_sending(&self) {
        // It fails only when the peer is gone, which reading will show.
        let _ = self.stream.shutdown(Shutdown::Write);
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
                Err(error) if self.fault == Some(Fault::WriteFailureFirst) => {
                    return Err(self.failure(error, Phase::Send));
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
        let room = self.limits.max_header_bytes as u64;
        let room = room.saturating_add(self.limits.max_body_bytes);
        let mut is_open = true;
        while is_open && self.has_unread() {
            is_open = self.fill(self.limits.read_timeout, Phase::Send)? > 0;
            if self.input.len() as u64 > room {
                return Err(too_large());
            }
        }
        if self.fault == Some(Fault::WholeResponseEndsSending) {
            let came = String::from_utf8_lossy(&self.input);
            let head = came.split_once("\r\n\r\n").map(|(head, _)| head);
            if head.is_some_and(|head| head.contains("Content-Length")) {
                return Ok(false);
            }
        }
        let class = self.input.get(b"HTTP/1.1 ".len());
        Ok(is_open && matches!(class, None | Some(b'1' | b'2')))
    }

    /// Whether the peer ends its direction behind a response of this length, or soon after.
    pub(super) fn ends_behind(&mut self, framing: &Framing) -> Result<bool, TransportError> {
        let Framing::Length(length) = framing else {
            return Ok(false);
        };
        while (self.input.len() as u64) < *length {
            if self.fill(self.limits.read_timeout, Phase::Body)? == 0 {
                return Ok(true);
            }
        }
        Ok(matches!(self.fill(STALL, Phase::Body), Ok(0)))
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
            (Some(Fault::ReaderIsSilence), Phase::Body) => self.came,
            _ => Instant::now(),
        };
        let limit = match (self.fault, phase) {
            (Some(Fault::ReadTimeoutWhileWaiting), Phase::Head) => {
                limit.min(self.limits.read_timeout)
            }
            _ => limit,
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
                Err(error)
                    if self.fault == Some(Fault::AlertIsEnd)
                        && phase == Phase::Body
                        && alert_of(&error).is_some() =>
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
        self.came = Instant::now();
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
                Some(Fault::DeadlineInStallOnly) if phase == Phase::Send => start.elapsed() > STALL,
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
        if let Some(alert) = alert_of(&error).filter(|_| self.fault != Some(Fault::AlertIsClosed)) {
            let delivery = match is_of_handshake(alert) || self.fault == Some(Fault::AlertIsUnsent)
            {
                true => Delivery::NotSent,
                false => Delivery::MaybeSent,
            };
            return TransportError::new(FailureKind::Tls, delivery).with_source(error);
        }
        TransportError::new(FailureKind::Closed, Delivery::MaybeSent).with_source(error)
    }
}

fn alert_of(error: &io::Error) -> Option<AlertDescription> {
    match error.get_ref()?.downcast_ref()? {
        rustls::Error::AlertReceived(alert) => Some(*alert),
        _ => None,
    }
}

/// Whether the server does not accept the client. It has read nothing then, RFC 8446 §4.4.4.
const fn is_of_handshake(alert: AlertDescription) -> bool {
    use AlertDescription as Alert;
    matches!(
        alert,
        Alert::AccessDenied
            | Alert::BadCertificate
            | Alert::CertificateExpired
            | Alert::CertificateRequired
            | Alert::CertificateRevoked
            | Alert::CertificateUnknown
            | Alert::DecryptError
            | Alert::HandshakeFailure
            | Alert::UnknownCA
            | Alert::UnsupportedCertificate
    )
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
