//! The system's table of TCP sockets, where it shows one.
//!
//! It tells what no socket tells of itself: whether what was sent has come to the other side's
//! kernel, and which connections wait to be accepted. Linux has it, in proc_net(5). It is the whole system's, so
//! it may be long, and is not to be read often.

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

#[cfg(all(test, target_os = "linux"))]
mod tests;

/// One end of a connection.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Socket {
    /// How far the connection is.
    pub state: State,
    /// Bytes, an end among them, that the other side's kernel has not acknowledged.
    pub unacknowledged: u64,
    /// Bytes that came and that have not been read; of a listener, the connections that wait to
    /// be accepted.
    pub unread: u64,
}

/// The state of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// Both sides are open.
    Established,
    /// It waits for the other side to take the connection.
    Connecting,
    /// The other side has closed, and this one has not.
    CloseWait,
    /// It takes connections.
    Listening,
    /// Any other.
    Other,
}

/// The system's table at one moment.
///
/// ```
/// use std::net::{TcpListener, TcpStream};
/// use http1_conformance::wire::table::Table;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let client = TcpStream::connect(listener.local_addr()?)?;
/// if let Some(table) = Table::read() {
///     let socket = table.socket(client.local_addr()?, client.peer_addr()?);
///     assert_eq!(socket.map(|socket| socket.unread), Some(0));
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Table {
    rows: String,
}

impl Table {
    /// The table at this moment, or `None` where the system has none.
    #[must_use]
    pub fn read() -> Option<Self> {
        let four = fs::read_to_string("/proc/net/tcp").ok()?;
        let six = fs::read_to_string("/proc/net/tcp6").unwrap_or_default();
        Some(Self { rows: four + &six })
    }

    /// The socket that is bound to `local` and connected to `remote`.
    #[must_use]
    pub fn socket(&self, local: SocketAddr, remote: SocketAddr) -> Option<Socket> {
        let local = written(local);
        self.rows_to(remote)
            .find(|(from, _)| *from == local)
            .map(|(_, socket)| socket)
    }

    /// The sockets that are connected to `remote`, or try to be.
    #[must_use]
    pub fn to(&self, remote: SocketAddr) -> Vec<Socket> {
        // A table that changes while it is read may show a socket twice.
        let sockets: BTreeMap<_, _> = self.rows_to(remote).collect();
        sockets.into_values().collect()
    }

    /// How many sockets are connecting to `remote`.
    #[must_use]
    pub fn connecting(&self, remote: SocketAddr) -> usize {
        let sockets = self.to(remote);
        let connecting = sockets.iter().filter(|it| it.state == State::Connecting);
        connecting.count()
    }

    /// How many sockets were connecting to `remote` all the time from this table to `later`:
    /// what was there in turns, while a table was read, does not count together.
    pub(super) fn connecting_until(&self, later: &Self, remote: SocketAddr) -> usize {
        let now: BTreeMap<_, _> = self.rows_to(remote).collect();
        let then: BTreeMap<_, _> = later.rows_to(remote).collect();
        let is_connecting =
            |row: Option<&Socket>| row.is_some_and(|it| it.state == State::Connecting);
        let both = now
            .keys()
            .filter(|local| is_connecting(now.get(*local)) && is_connecting(then.get(*local)));
        both.count()
    }

    /// How many connections wait to be accepted by the listener at `address`.
    #[must_use]
    pub fn queued(&self, address: SocketAddr) -> u64 {
        let unspecified = match address {
            SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
            SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
        };
        let listener = self.socket(address, unspecified);
        listener
            .filter(|listener| listener.state == State::Listening)
            .map_or(0, |listener| listener.unread)
    }

    fn rows_to(&self, remote: SocketAddr) -> impl Iterator<Item = (&str, Socket)> {
        let remote = written(remote);
        self.rows.lines().filter_map(move |row| {
            let mut columns = row.split_ascii_whitespace().skip(1);
            let local = columns.next()?;
            if columns.next()? != remote {
                return None;
            }
            let state = match columns.next()? {
                "01" => State::Established,
                "02" => State::Connecting,
                "08" => State::CloseWait,
                "0A" => State::Listening,
                _ => State::Other,
            };
            let (unacknowledged, unread) = columns.next()?.split_once(':')?;
            let count = |digits| u64::from_str_radix(digits, 16).ok();
            let socket = Socket {
                state,
                unacknowledged: count(unacknowledged)?,
                unread: count(unread)?,
            };
            Some((local, socket))
        })
    }
}

/// An address as the table has it: words of 32 bits, each in the machine's own order.
fn written(address: SocketAddr) -> String {
    let octets = match address {
        SocketAddr::V4(address) => address.ip().octets().to_vec(),
        SocketAddr::V6(address) => address.ip().octets().to_vec(),
    };
    let words = octets.chunks_exact(4).map(|word| {
        let word = word.try_into().unwrap_or_default();
        format!("{:08X}", u32::from_ne_bytes(word))
    });
    format!("{}:{:04X}", words.collect::<String>(), address.port())
}
