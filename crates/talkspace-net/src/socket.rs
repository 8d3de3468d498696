//! Sockets: who finds the addresses of a host, and what a socket is before it
//! connects to one of them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, TcpKeepalive, Type};
use talkspace_core::FailureKind;
use talkspace_core::transport::TransportError;

use crate::error::not_sent;
use crate::resolve::Resolver;

#[cfg(test)]
mod tests;

/// The longest that Linux takes for TCP keep-alive.
const LONGEST_KEEP_ALIVE: Duration = Duration::from_secs(32_767);
/// Systems count it in seconds, and zero is not one of their values.
const SHORTEST_KEEP_ALIVE: Duration = Duration::from_secs(1);

/// How sockets are made. Clones share the resolver.
#[derive(Clone, Debug, Default)]
pub struct Sockets {
    pub(crate) resolver: Option<Arc<Resolver>>,
    local_v4: Option<Ipv4Addr>,
    local_v6: Option<Ipv6Addr>,
    keep_alive: Option<Duration>,
}

impl Sockets {
    /// Who finds the addresses of a host: the system, unless another was set.
    pub fn resolver(&self) -> &Arc<Resolver> {
        self.resolver.as_ref().unwrap_or_else(|| Resolver::system())
    }

    pub(crate) fn set_local(&mut self, address: IpAddr) {
        match address {
            IpAddr::V4(address) => self.local_v4 = Some(address),
            IpAddr::V6(address) => self.local_v6 = Some(address),
        }
    }

    pub(crate) fn set_keep_alive(&mut self, idle: Duration) {
        let idle = idle.clamp(SHORTEST_KEEP_ALIVE, LONGEST_KEEP_ALIVE);
        self.keep_alive = Some(idle);
    }

    /// Those of a host's addresses that a socket can be connected to from the
    /// local addresses that were set.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Connect`] when there are addresses, and none of them is of
    /// the family of a local one.
    pub fn reachable(&self, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, TransportError> {
        let (only, other) = match (self.local_v4, self.local_v6) {
            (Some(_), None) => ("IPv4", "IPv6"),
            (None, Some(_)) => ("IPv6", "IPv4"),
            _ => return Ok(addresses),
        };
        let (usable, rest): (Vec<_>, Vec<_>) = addresses
            .into_iter()
            .partition(|address| address.is_ipv4() == (only == "IPv4"));
        if usable.is_empty() && !rest.is_empty() {
            let why = format!(
                "the local address that is set is one of {only}, and the host has only addresses \
                 of {other}"
            );
            let error = io::Error::new(io::ErrorKind::AddrNotAvailable, why);
            return Err(not_sent(FailureKind::Connect, error));
        }
        Ok(usable)
    }

    /// A socket that can be connected to `address`.
    ///
    /// # Errors
    ///
    /// When the system has none, or has not the local address or the option that
    /// was set.
    pub fn open(&self, address: &SocketAddr) -> io::Result<Socket> {
        let domain = Domain::for_address(*address);
        let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
        let local = match address {
            SocketAddr::V4(_) => self.local_v4.map(IpAddr::V4),
            SocketAddr::V6(_) => self.local_v6.map(IpAddr::V6),
        };
        if let Some(local) = local {
            socket
                .bind(&SocketAddr::new(local, 0).into())
                .map_err(|error| explain(&error, format!("cannot send from {local}")))?;
        }
        if let Some(idle) = self.keep_alive {
            socket
                .set_tcp_keepalive(&keep_alive(idle))
                .map_err(|error| explain(&error, "cannot set TCP keep-alive".to_owned()))?;
        }
        Ok(socket)
    }
}

/// The number of probes is the system's own.
fn keep_alive(idle: Duration) -> TcpKeepalive {
    let set = TcpKeepalive::new().with_time(idle);
    // Elsewhere the pace of the probes is the system's own, too.
    #[cfg(any(
        target_os = "android",
        target_os = "freebsd",
        target_os = "linux",
        target_os = "netbsd",
        target_os = "windows",
        target_vendor = "apple",
    ))]
    let set = set.with_interval(idle);
    set
}

fn explain(error: &io::Error, what: String) -> io::Error {
    io::Error::new(error.kind(), format!("{what}: {error}"))
}
