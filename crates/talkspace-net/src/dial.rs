//! The order and the pace in which the addresses of a host are tried (RFC 8305).

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// How long an attempt is alone before the next one begins (§5).
pub const STAGGER: Duration = Duration::from_millis(250);
/// How many attempts may be under way at once.
pub const AT_ONCE: usize = 8;
/// How long an attempt may take where more addresses wait than have a place:
/// long enough for a first packet that was lost.
pub const TURN: Duration = Duration::from_secs(2);

/// Has each address lead to `port`, unless whoever found it chose another.
pub fn set_port(addresses: &mut [SocketAddr], port: u16) {
    for address in addresses {
        if address.port() == 0 {
            address.set_port(port);
        }
    }
}

/// Has the two families take turns, the one that the system prefers first, so
/// that a family without a route does not keep the other waiting (§4).
pub fn by_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let is_first = addresses.first().map(SocketAddr::is_ipv4);
    let (first, second): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| Some(address.is_ipv4()) == is_first);
    let mut second = second.into_iter();
    let mut turns = Vec::new();
    for address in first {
        turns.push(address);
        turns.extend(second.next());
    }
    turns.extend(second);
    turns
}

/// The failure to connect to an address, which names it.
pub fn unreached(address: SocketAddr, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), Unreached { address, error })
}

#[derive(Debug)]
struct Unreached {
    address: SocketAddr,
    error: io::Error,
}

impl fmt::Display for Unreached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.address, self.error)
    }
}

/// It says what the system says, so that is no source.
impl std::error::Error for Unreached {}
