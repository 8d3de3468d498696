//! A place where connecting never ends.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use super::table;

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
    /// How many sockets connected here when it was opened.
    before: usize,
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
                    before: table::read().map_or(0, |table| table.connecting(address)),
                    address,
                    _listener: listener,
                    _fillers: fillers,
                });
            }
        }
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Waits until somebody connects; `false` when nobody does in time. Where the system has
    /// no table of its sockets, it is guessed after a moment.
    #[must_use]
    pub fn reached(&self, within: Duration) -> bool {
        let begin = Instant::now();
        while begin.elapsed() < within {
            match table::read() {
                Some(table) if table.connecting(self.address) > self.before => return true,
                Some(_) => thread::sleep(Duration::from_millis(1)),
                None => {
                    thread::sleep(Duration::from_millis(100));
                    return true;
                }
            }
        }
        false
    }

    /// Where it is.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}
