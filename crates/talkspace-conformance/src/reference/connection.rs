//! A socket with a clock and a cancel token.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use http::Uri;
use talkspace_core::{Cancel, Delivery, FailureKind, Limits, OnCancel, Phase, TransportError};

/// How often a blocked writer looks for an early answer.
const TICK: Duration = Duration::from_millis(20);

/// Where a connection leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    host: String,
    port: u16,
}

impl Origin {
    pub(super) fn of(uri: &Uri) -> Result<Self, TransportError> {
        let refuse = |why: &str| {
            Err(TransportError::new(FailureKind::Other, Delivery::NotSent).with_source(why))
        };
        if uri.scheme_str() != Some("http") {
            return refuse("only http URIs are supported");
        }
        let Some(host) = uri.host() else {
            return refuse("the URI has no host");
        };
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: uri.port_u16().unwrap_or(80),
        })
    }
}

/// What became of bytes to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    All,
    /// The peer answered, or hung up, before it took them all.
    AnsweredEarly,
}

pub(super) struct Connection {
    stream: TcpStream,
    /// Bytes that were read and not used.
    pub(super) input: BytesMut,
    pub(super) limits: Limits,
    cancel: Cancel,
    wakes: Option<OnCancel>,
    retired: bool,
}

impl Connection {
    pub(super) fn open(
        origin: &Origin,
        limits: Limits,
        cancel: &Cancel,
    ) -> Result<Self, TransportError> {
        let not_sent =
            |kind, source| TransportError::new(kind, Delivery::NotSent).with_source(source);
        let addresses = (origin.host.as_str(), origin.port)
            .to_socket_addrs()
            .map_err(|error| not_sent(FailureKind::Resolve, error))?;
        let mut last = io::Error::other("the name has no address");
        for address in addresses {
            match Self::connect(&address, limits) {
                Ok(stream) => {
                    let mut connection = Self {
                        stream,
                        input: BytesMut::new(),
                        limits,
                        cancel: Cancel::new(),
                        wakes: None,
                        retired: false,
                    };
                    connection.begin(limits, cancel)?;
                    return Ok(connection);
                }
                Err(error) => last = error,
            }
        }
        Err(match last.kind() {
            ErrorKind::TimedOut => TransportError::timeout(Phase::Connect),
            _ => not_sent(FailureKind::Connect, last),
        })
    }

    fn connect(address: &SocketAddr, limits: Limits) -> io::Result<TcpStream> {
        let left = limits.remaining(Instant::now()).unwrap_or(limits.connect);
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        let stream = TcpStream::connect_timeout(address, left.min(limits.connect))?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// Takes the limits and the token of the next exchange.
    pub(super) fn begin(&mut self, limits: Limits, cancel: &Cancel) -> Result<(), TransportError> {
        let not_sent = |kind| TransportError::new(kind, Delivery::NotSent);
        if cancel.is_cancelled() {
            return Err(not_sent(FailureKind::Cancelled));
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

    /// The exchange is over: its token has no more power here.
    pub(super) fn end(&mut self) {
        self.wakes = None;
    }

    /// Marks the connection as unfit for another request.
    pub(super) const fn retire(&mut self) {
        self.retired = true;
    }

    pub(super) fn is_clean(&self) -> bool {
        !self.retired && self.input.is_empty()
    }

    /// Whether reading would give something at once: bytes, an end, an error.
    pub(super) fn has_input(&self) -> bool {
        if !self.input.is_empty() {
            return true;
        }
        let peeked = self
            .stream
            .set_nonblocking(true)
            .and_then(|()| self.stream.peek(&mut [0]));
        let restored = self.stream.set_nonblocking(false);
        restored.is_err() || !peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    pub(super) fn send(&mut self, mut bytes: &[u8]) -> Result<Sent, TransportError> {
        let mut moved = Instant::now();
        while !bytes.is_empty() {
            let left = self.left(self.limits.idle, moved, Phase::Send)?;
            let written = self
                .stream
                .set_write_timeout(Some(left.min(TICK)))
                .and_then(|()| self.stream.write(bytes));
            match written {
                Ok(count) => {
                    bytes = bytes.get(count..).unwrap_or_default();
                    moved = Instant::now();
                }
                Err(error) if is_timeout(&error) => {
                    if self.has_input() {
                        return Ok(Sent::AnsweredEarly);
                    }
                }
                // The peer hung up. It may have said why; reading will tell.
                Err(_) if !self.cancel.is_cancelled() => return Ok(Sent::AnsweredEarly),
                Err(error) => return Err(self.failure(error, Phase::Send)),
            }
        }
        Ok(Sent::All)
    }

    /// Reads more input; zero at the end of the stream.
    pub(super) fn fill(&mut self, limit: Duration, phase: Phase) -> Result<usize, TransportError> {
        let left = self.left(limit, Instant::now(), phase)?;
        let mut buffer = [0; 16 * 1024];
        let count = loop {
            let read = self
                .stream
                .set_read_timeout(Some(left))
                .and_then(|()| self.stream.read(&mut buffer));
            match read {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
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
        let left = limit.saturating_sub(now.saturating_duration_since(start));
        let left = self
            .limits
            .remaining(now)
            .map_or(left, |until| left.min(until));
        if left.is_zero() {
            return Err(TransportError::timeout(phase));
        }
        Ok(left)
    }

    fn failure(&self, error: io::Error, phase: Phase) -> TransportError {
        if self.cancel.is_cancelled() {
            return cancelled();
        }
        if is_timeout(&error) {
            return TransportError::timeout(phase).with_source(error);
        }
        TransportError::new(FailureKind::Closed, Delivery::MaybeSent).with_source(error)
    }
}

fn cancelled() -> TransportError {
    TransportError::new(FailureKind::Cancelled, Delivery::MaybeSent)
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
