//! A connector of the application's own.

use std::fmt;
use std::io::{self, Read, Write};
#[cfg(unix)]
use std::mem::MaybeUninit;
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::fd::AsFd;
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

#[cfg(unix)]
use socket2::SockRef;
use talkspace_net::Target;

/// A byte stream that a connection runs over: a [`TcpStream`], a Unix socket, or
/// one of the application's own.
///
/// It is used by one thread at a time, but for [`shut_down`](Self::shut_down). A
/// stream that is no TCP socket is used like one, with one difference: what the
/// peer has yet to acknowledge of a large request cannot be known, so that
/// `response_timeout` begins when the stream has taken it all.
pub trait Stream: Send + Sync + 'static {
    /// Reads what there is, at least one byte; zero at the end.
    ///
    /// # Errors
    ///
    /// `WouldBlock` or `TimedOut` when nothing came in time, and whatever else.
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes some bytes, at least one.
    ///
    /// # Errors
    ///
    /// `WouldBlock` or `TimedOut` when none was taken in time, and whatever else:
    /// none was taken then either.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// How long a read may wait. Never zero.
    ///
    /// # Errors
    ///
    /// What ends the connection.
    fn set_read_timeout(&self, limit: Duration) -> io::Result<()>;

    /// How long a write may wait. Never zero.
    ///
    /// # Errors
    ///
    /// What ends the connection.
    fn set_write_timeout(&self, limit: Duration) -> io::Result<()>;

    /// As [`read`](Self::read), of what is there already. An idle connection is read
    /// from in this way, for a peer that closed, and one that sends, for an early
    /// response.
    ///
    /// # Errors
    ///
    /// `WouldBlock` when there is nothing, and whatever else.
    fn read_now(&self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Ends the connection, and wakes the thread that reads or writes, which finds
    /// the end of the stream, or an error. Called by a thread that cancels.
    fn shut_down(&self);

    /// The TCP socket that the bytes go over as they are, if there is one.
    fn as_tcp(&self) -> Option<&TcpStream> {
        None
    }
}

impl Stream for TcpStream {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Read::read(&mut &*self, buffer)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Write::write(&mut &*self, bytes)
    }

    fn set_read_timeout(&self, limit: Duration) -> io::Result<()> {
        Self::set_read_timeout(self, Some(limit))
    }

    fn set_write_timeout(&self, limit: Duration) -> io::Result<()> {
        Self::set_write_timeout(self, Some(limit))
    }

    fn read_now(&self, buffer: &mut [u8]) -> io::Result<usize> {
        poll_readable(self)?;
        Read::read(&mut &*self, buffer)
    }

    fn shut_down(&self) {
        // It fails when the peer has closed already, which is as good.
        let _ = self.shutdown(Shutdown::Both);
    }

    fn as_tcp(&self) -> Option<&TcpStream> {
        Some(self)
    }
}

#[cfg(unix)]
impl Stream for UnixStream {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Read::read(&mut &*self, buffer)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Write::write(&mut &*self, bytes)
    }

    fn set_read_timeout(&self, limit: Duration) -> io::Result<()> {
        Self::set_read_timeout(self, Some(limit))
    }

    fn set_write_timeout(&self, limit: Duration) -> io::Result<()> {
        Self::set_write_timeout(self, Some(limit))
    }

    fn read_now(&self, buffer: &mut [u8]) -> io::Result<usize> {
        poll_readable(self)?;
        Read::read(&mut &*self, buffer)
    }

    fn shut_down(&self) {
        let _ = self.shutdown(Shutdown::Both);
    }
}

/// Fails when a read would wait. Mostly it would, and this is the only system call
/// then.
#[cfg(unix)]
fn poll_readable(socket: &impl AsFd) -> io::Result<()> {
    let flags = libc::MSG_DONTWAIT | libc::MSG_PEEK;
    let socket = SockRef::from(socket);
    socket.recv_with_flags(&mut [MaybeUninit::uninit()], flags)?;
    Ok(())
}

/// Fails when a read would wait.
#[cfg(not(unix))]
fn poll_readable(socket: &TcpStream) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    let peeked = socket.peek(&mut [0]);
    socket.set_nonblocking(false)?;
    peeked.map(drop)
}

type Connect = dyn Fn(Target) -> io::Result<Arc<dyn Stream>> + Send + Sync;

/// Makes the connections of a transport, for
/// [`connector`](crate::TransportBuilder::connector): to a Unix socket, into a
/// tunnel, over a network of a test.
///
/// It gives a byte stream to the host and port of a [`Target`]; TLS, and the
/// dialogue with a proxy, are the transport's own. It runs on a thread of its own
/// and may block there: the request goes on without it when `connect_timeout`, the
/// deadline or a cancellation comes first, and what it makes later is dropped. So
/// that the thread ends, it should heed [`Target::deadline`].
///
/// ```
/// use std::net::TcpStream;
/// use talkspace_blocking::{Client, Connector, CreateTalkspace, HttpTransport};
/// # use talkspace_sandbox::{Sandbox, SandboxBuilder};
///
/// # let server = Sandbox::start()?;
/// # let (address, key) = (server.local_addr(), SandboxBuilder::EXAMPLE_APP_KEY);
/// // Whatever the URL says, the service is reached at this address.
/// let connector = Connector::new(move |_target| TcpStream::connect(address));
/// let transport = HttpTransport::builder().connector(connector).build()?;
/// # let url = server.url();
/// let client = Client::builder(url, key).build_blocking(transport)?;
/// client.send(CreateTalkspace::new("eta"))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Connector(Arc<Connect>);

impl Connector {
    /// A connector that calls `connect`, once for each connection.
    pub fn new<S: Stream>(
        connect: impl Fn(Target) -> io::Result<S> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(move |target| {
            Ok(Arc::new(connect(target)?) as Arc<dyn Stream>)
        }))
    }

    pub(crate) fn connect(&self, target: Target) -> io::Result<Arc<dyn Stream>> {
        (self.0)(target)
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}
