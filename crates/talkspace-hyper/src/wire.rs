//! The byte stream of a connection. It keeps the account of each exchange.

use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use rustls::ProtocolVersion;
use socket2::SockRef;
use talkspace_net::gather::gather;
use talkspace_net::tls::{ends_handshake, explained, is_tls};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::connector::Stream;
use crate::meter::{Meter, aborted};

/// What a connection runs over. It is written to with one buffer at a time.
///
/// The system's vectored write cannot be told to leave `SIGPIPE` alone, as a
/// plain one is. A program that has that signal at its default, as one written
/// in C that embeds this library may, died of it when a peer had closed.
pub(crate) enum Socket {
    Tcp(TcpStream),
    /// What a connector made.
    Other(Box<dyn Stream>),
}

impl Socket {
    /// The local and the remote end, if it is a socket of this system.
    pub(crate) fn ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        match self {
            Self::Tcp(stream) => stream.local_addr().ok().zip(stream.peer_addr().ok()),
            Self::Other(_) => None,
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Other(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

/// [`is_write_vectored`](AsyncWrite::is_write_vectored) stays false, and
/// `poll_write_vectored` writes the first of its buffers.
impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Other(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Self::Other(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Other(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

/// A socket beneath TLS. In a handshake, what the peer does not take any more is
/// dropped: why it does not may still wait to be read, and rustls does not read
/// before it has written.
pub(crate) struct Careful {
    socket: Socket,
    is_handshaking: bool,
    lost: Option<io::Error>,
}

impl Careful {
    pub(crate) fn new(socket: Socket) -> Self {
        Self {
            socket,
            is_handshaking: true,
            lost: None,
        }
    }

    /// What a write in the handshake failed with, if one did.
    pub(crate) fn handshake_ended(&mut self) -> Option<io::Error> {
        self.is_handshaking = false;
        self.lost.take()
    }
}

impl AsyncRead for Careful {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_read(cx, buf)
    }
}

impl AsyncWrite for Careful {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match Pin::new(&mut this.socket).poll_write(cx, buf) {
            Poll::Ready(Err(error)) if this.is_handshaking && is_reset(&error) => {
                this.lost.get_or_insert(error);
                Poll::Ready(Ok(buf.len()))
            }
            outcome => outcome,
        }
    }

    /// rustls writes so, whether or not it is told that this does more than
    /// `poll_write`.
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_write(cx, &gather(bufs))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(cx)
    }
}

/// A byte stream to the peer, plain or TLS.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {
    /// What it runs over.
    fn socket(&self) -> &Socket;

    /// Whether `error` says that the peer ended the handshake, though this side
    /// was done with it.
    fn ends_handshake(&self, error: &io::Error) -> bool;

    /// Whether a write that fails may have sent some of its bytes, as a TLS
    /// stream may, which takes bytes in before it writes records.
    fn failed_write_may_have_sent(&self) -> bool;
}

impl Io for Socket {
    fn socket(&self) -> &Socket {
        self
    }

    fn ends_handshake(&self, _: &io::Error) -> bool {
        false
    }

    fn failed_write_may_have_sent(&self) -> bool {
        false
    }
}

impl Io for TlsStream<Careful> {
    fn socket(&self) -> &Socket {
        &self.get_ref().0.socket
    }

    fn ends_handshake(&self, error: &io::Error) -> bool {
        let version = self.get_ref().1.protocol_version();
        version == Some(ProtocolVersion::TLSv1_3) && ends_handshake(error)
    }

    fn failed_write_may_have_sent(&self) -> bool {
        true
    }
}

/// The stream as the engine sees it.
pub(crate) struct Wire {
    io: Box<dyn Io>,
    meter: Arc<Meter>,
    /// Whether the peer ever sent anything but what is for TLS alone.
    heard: bool,
    /// What was written last was the end of a request, and has been flushed.
    is_out: bool,
}

impl Wire {
    pub(crate) fn new(io: Box<dyn Io>, meter: Arc<Meter>) -> Self {
        Self {
            io,
            meter,
            heard: false,
            is_out: false,
        }
    }

    /// Runs one write, and keeps the account of it.
    fn write_with(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut dyn Io>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if self.meter.begin_write()? {
            if let Err(error) = self.probe(cx) {
                self.meter.end_write(false, 0);
                return Poll::Ready(Err(error));
            }
        }
        let outcome = write(Pin::new(&mut *self.io), cx);
        self.is_out = false;
        match &outcome {
            Poll::Pending => self.meter.end_write(false, 0),
            Poll::Ready(Ok(count)) => self.meter.end_write(*count > 0, *count),
            Poll::Ready(Err(_)) => {
                let may_have_sent = self.io.failed_write_may_have_sent();
                self.meter.end_write(may_have_sent, 0);
            }
        }
        self.hold_back(ready!(outcome))
    }

    /// Gives up an idle connection on which anything waits to be read: the
    /// peer's close, or bytes that would be taken for the response. The engine
    /// watches too, but only as fast as the runtime lets it.
    fn probe(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let found = match self.io.socket() {
            Socket::Tcp(stream) => match SockRef::from(stream).peek(&mut [MaybeUninit::uninit()]) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                found => found.map(drop),
            },
            // The engine's task polls this, and reads the same stream: its waker
            // stays the one that is woken.
            Socket::Other(_) => {
                match Pin::new(&mut self.io).poll_read(cx, &mut ReadBuf::new(&mut [0])) {
                    Poll::Pending => return Ok(()),
                    Poll::Ready(found) => found,
                }
            }
        };
        found.and(Err(aborted("the peer ended the idle connection")))
    }

    /// What a read failed with. The engine drops it when no request was handed to
    /// it yet, so what is about TLS is kept for the exchange.
    fn failed(&self, error: io::Error) -> io::Error {
        if !is_tls(&error) {
            return error;
        }
        let ends_handshake = !self.heard && self.io.ends_handshake(&error);
        self.meter
            .keep_tls_failure(explained(error), ends_handshake);
        aborted("TLS failed")
    }

    /// Suppresses resets of writes once the request has begun, until the read side reports:
    /// an early response may still wait to be read, and reading will meet the
    /// end of the connection next (RFC 9112 §9.5).
    fn hold_back<T>(&self, outcome: io::Result<T>) -> Poll<io::Result<T>> {
        match outcome {
            Err(error) if is_reset(&error) && self.meter.progress().wrote => {
                self.meter.keep_lost(error);
                Poll::Pending
            }
            outcome => Poll::Ready(outcome),
        }
    }
}

fn is_reset(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::NotConnected
    )
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let Some(room) = this.meter.room(cx) else {
            return Poll::Pending;
        };
        let before = buf.filled().len();
        let outcome = match buf.remaining() as u64 <= room {
            true => Pin::new(&mut this.io).poll_read(cx, buf),
            false => Pin::new(&mut (&mut this.io).take(room)).poll_read(cx, buf),
        };
        if let Err(error) = ready!(outcome) {
            return Poll::Ready(Err(this.failed(error)));
        }
        let read = buf.filled().len() - before;
        this.heard |= read > 0;
        this.meter.has_read(read);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut()
            .write_with(cx, |io, cx| io.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut()
            .write_with(cx, |io, cx| io.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = ready!(Pin::new(&mut this.io).poll_flush(cx));
        // The engine flushes whenever it has nothing else to do.
        if outcome.is_ok() && !this.is_out {
            this.is_out = this.meter.has_flushed();
        }
        this.hold_back(outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}
