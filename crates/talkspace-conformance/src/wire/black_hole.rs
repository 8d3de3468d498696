//! A place where connecting never ends.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// A listener whose queue is full, so that whoever connects waits.
///
/// No address of another machine is needed for it: the kernel drops the
/// handshakes that it has no room for, which Linux does.
///
/// ```
/// use std::net::TcpStream;
/// use std::time::Duration;
/// use talkspace_conformance::wire::BlackHole;
///
/// # if cfg!(target_os = "linux") {
/// let hole = BlackHole::open()?;
/// assert!(TcpStream::connect_timeout(&hole.address(), Duration::from_millis(50)).is_err());
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct BlackHole {
    address: SocketAddr,
    _listener: Socket,
    _fillers: Vec<Socket>,
}

impl BlackHole {
    /// Opens one on the loopback interface.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`] where the queue cannot be filled.
    pub fn open() -> io::Result<Self> {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        listener.listen(0)?;
        let address = listener
            .local_addr()?
            .as_socket()
            .ok_or(io::ErrorKind::Unsupported)?;
        let mut fillers = Vec::new();
        for _ in 0..8 {
            let filler = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            let full = filler
                .connect_timeout(&address.into(), Duration::from_millis(100))
                .is_err();
            fillers.push(filler);
            if full {
                return Ok(Self {
                    address,
                    _listener: listener,
                    _fillers: fillers,
                });
            }
        }
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Where it is.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}
