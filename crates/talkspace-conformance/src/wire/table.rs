//! The system's table of TCP sockets, where it shows one.
//!
//! It tells what no socket tells of itself: whether what was sent has come to the other side's
//! kernel. Linux has it, in proc_net(5).

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;

/// One end of a connection.
pub(crate) struct Socket {
    pub(crate) state: State,
    /// Bytes, an end among them, that the other side's kernel has not acknowledged.
    pub(crate) unacknowledged: u64,
    /// Bytes that came and that nobody here has read.
    pub(crate) unread: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Established,
    Connecting,
    Other,
}

/// The system's table at this moment, or `None` where there is none.
pub(crate) fn read() -> Option<Table> {
    let four = fs::read_to_string("/proc/net/tcp").ok()?;
    let six = fs::read_to_string("/proc/net/tcp6").unwrap_or_default();
    Some(Table { rows: four + &six })
}

pub(crate) struct Table {
    rows: String,
}

impl Table {
    /// The socket that is bound to `local` and connected to `remote`.
    pub(crate) fn socket(&self, local: SocketAddr, remote: SocketAddr) -> Option<Socket> {
        let local = written(local);
        self.to(remote)
            .find(|(from, _)| *from == local)
            .map(|(_, socket)| socket)
    }

    /// How many sockets connect to `remote`.
    pub(crate) fn connecting(&self, remote: SocketAddr) -> usize {
        // A table that changes while it is read may show a socket twice.
        let sockets = self
            .to(remote)
            .filter(|(_, socket)| socket.state == State::Connecting)
            .map(|(local, _)| local);
        sockets.collect::<BTreeSet<_>>().len()
    }

    fn to(&self, remote: SocketAddr) -> impl Iterator<Item = (&str, Socket)> {
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
