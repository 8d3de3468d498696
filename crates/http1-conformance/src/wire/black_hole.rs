//! An address where connecting never ends.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use super::table::Table;

/// How long the system may take to queue a connection. One that tells nothing of queues, though it
/// has a table, is found out by that.
const QUEUED: Duration = Duration::from_secs(10);
/// How long a connection waits that finds no place, where the system has no table.
const NO_PLACE: Duration = Duration::from_millis(100);
/// More than any system lets wait beyond what it was told.
const MOST: usize = 8;

/// A listener whose queue is full, so that connecting waits.
///
/// No address of another machine is needed for it: the kernel drops the
/// handshakes that it has no room for, which Linux does.
///
/// ```
/// use std::net::TcpStream;
/// use std::time::Duration;
/// use http1_conformance::wire::BlackHole;
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
    listener: Socket,
    /// What fills the queue, and what found no place in it.
    fillers: Vec<Socket>,
    /// How many of those still connect.
    connecting: usize,
}

impl BlackHole {
    /// Opens one on the loopback interface.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`] where the queue cannot be filled.
    pub fn open() -> io::Result<Self> {
        Self::at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    /// Opens one at this address of this machine, though it had a listener just now.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and when the address cannot be listened at.
    pub fn at(address: SocketAddr) -> io::Result<Self> {
        let listener = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        // Elsewhere it would let others listen there too.
        #[cfg(unix)]
        listener.set_reuse_address(true)?;
        listener.bind(&address.into())?;
        listener.listen(0)?;
        let address = listener
            .local_addr()?
            .as_socket()
            .ok_or(io::ErrorKind::Unsupported)?;
        let mut hole = Self {
            address,
            listener,
            fillers: Vec::new(),
            connecting: 0,
        };
        hole.fill()?;
        Ok(hole)
    }

    fn fill(&mut self) -> io::Result<()> {
        // Of a queue of no length, the first takes the only place.
        let first = Socket::new(Domain::for_address(self.address), Type::STREAM, None)?;
        first.connect(&self.address.into())?;
        self.fillers.push(first);
        let begin = Instant::now();
        while let Some(table) = Table::read() {
            if table.queued(self.address) > 0 {
                return Ok(());
            }
            if begin.elapsed() > QUEUED {
                break;
            }
            thread::yield_now();
        }
        while self.fillers.len() < MOST {
            let filler = Socket::new(Domain::for_address(self.address), Type::STREAM, None)?;
            let found_none = filler
                .connect_timeout(&self.address.into(), NO_PLACE)
                .is_err();
            self.fillers.push(filler);
            if found_none {
                self.connecting = Table::read().map_or(0, |table| table.connecting(self.address));
                return Ok(());
            }
        }
        Err(io::ErrorKind::Unsupported.into())
    }

    /// How many connect at once, or `None` where the system has no table of its sockets.
    #[must_use]
    pub fn connecting(&self) -> Option<usize> {
        let table = Table::read()?;
        let mut all = table.connecting(self.address);
        if all > self.connecting {
            all = table.connecting_until(&Table::read()?, self.address);
        }
        Some(all.saturating_sub(self.connecting))
    }

    /// Waits for a connection attempt; `false` when none comes in time. Where the system has
    /// no table of its sockets, it is guessed after a moment.
    #[must_use]
    pub fn reached(&self, within: Duration) -> bool {
        let begin = Instant::now();
        while begin.elapsed() < within {
            match self.connecting() {
                Some(0) => thread::sleep(Duration::from_millis(1)),
                Some(_) => return true,
                None => {
                    thread::sleep(Duration::from_millis(100));
                    return true;
                }
            }
        }
        false
    }

    /// Takes a connection after all: the first that another made. Waits for it.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn accept(&self) -> io::Result<TcpStream> {
        loop {
            let (socket, from) = self.listener.accept()?;
            let mut fillers = self.fillers.iter();
            if !fillers.any(|filler| filler.local_addr().is_ok_and(|local| local == from)) {
                return Ok(socket.into());
            }
        }
    }

    /// Where it is.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}
