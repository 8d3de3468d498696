//! A connection that can be broken off.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What a fault does to a connection. Clones are of the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line(Arc<Mutex<Wish>>);

#[derive(Debug, Default)]
struct Wish {
    resets: bool,
    /// Whether something was written that the system may not have taken.
    is_full: bool,
    waker: Option<Waker>,
}

impl Line {
    /// The connection ends by a reset, and not by a FIN.
    pub(crate) fn reset(&self) {
        self.lock().resets = true;
    }

    /// Something is written.
    pub(super) fn fill(&self) {
        self.lock().is_full = true;
    }

    /// Whether the system has taken what was written.
    pub(super) fn is_flushed(&self, context: &Context<'_>) -> bool {
        let mut wish = self.lock();
        wish.waker = Some(context.waker().clone());
        !wish.is_full
    }

    fn flush(&self) {
        let mut wish = self.lock();
        wish.is_full = false;
        if let Some(waker) = wish.waker.take() {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Wish> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The socket of a connection.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    line: Line,
}

impl Socket {
    pub(crate) const fn new(stream: TcpStream, line: Line) -> Self {
        Self { stream, line }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.line.lock().resets {
            // If it cannot be set, the connection is closed all the same.
            let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Comes once all was written: what flushes writes first.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.line.flush();
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
