//! The byte stream of a connection. It keeps the account of each exchange.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::meter::{Meter, aborted};

/// A socket that is written to with one buffer at a time.
///
/// The system's vectored write cannot be told to leave `SIGPIPE` alone, as a
/// plain one is. A program that has that signal at its default, as one written
/// in C that embeds this library may, died of it when a peer had closed.
pub(crate) struct Socket(pub(crate) TcpStream);

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_read(cx, buf)
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
        Pin::new(&mut self.get_mut().0).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_shutdown(cx)
    }
}

/// A byte stream to the peer, plain or TLS.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {
    /// The socket beneath.
    fn socket(&self) -> &TcpStream;

    /// Whether a write that fails may have sent some of its bytes, as a TLS
    /// stream may, which takes bytes in before it writes records.
    fn failed_write_may_have_sent(&self) -> bool;
}

impl Io for Socket {
    fn socket(&self) -> &TcpStream {
        &self.0
    }

    fn failed_write_may_have_sent(&self) -> bool {
        false
    }
}

impl Io for TlsStream<Socket> {
    fn socket(&self) -> &TcpStream {
        &self.get_ref().0.0
    }

    fn failed_write_may_have_sent(&self) -> bool {
        true
    }
}

/// The stream as the engine sees it.
pub(crate) struct Wire {
    io: Box<dyn Io>,
    meter: Arc<Meter>,
}

impl Wire {
    pub(crate) fn new(io: Box<dyn Io>, meter: Arc<Meter>) -> Self {
        Self { io, meter }
    }

    /// Runs one write, and keeps the account of it.
    fn write_with(
        &mut self,
        write: impl FnOnce(Pin<&mut dyn Io>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if self.meter.begin_write()? {
            if let Err(error) = self.probe() {
                self.meter.end_write(false);
                return Poll::Ready(Err(error));
            }
        }
        let outcome = write(Pin::new(&mut *self.io));
        self.meter.end_write(match &outcome {
            Poll::Pending => false,
            Poll::Ready(Ok(count)) => *count > 0,
            Poll::Ready(Err(_)) => self.io.failed_write_may_have_sent(),
        });
        self.hold_back(ready!(outcome))
    }

    /// Gives up an idle connection on which anything waits to be read: the
    /// peer's close, or bytes that would be taken for the response. The engine
    /// watches too, but only as fast as the runtime lets it.
    fn probe(&self) -> io::Result<()> {
        let socket = SockRef::from(self.io.socket());
        match socket.peek(&mut [MaybeUninit::uninit()]) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(aborted("the peer ended the idle connection")),
        }
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
        ready!(Pin::new(&mut (&mut this.io).take(room)).poll_read(cx, buf))?;
        this.meter.has_read(buf.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().write_with(|io| io.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut()
            .write_with(|io| io.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = ready!(Pin::new(&mut this.io).poll_flush(cx));
        if outcome.is_ok() {
            this.meter.has_flushed();
        }
        this.hold_back(outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}
