//! How much of what was written the peer has yet to acknowledge.
//!
//! A system takes megabytes of a body into its buffers at once, and sends them
//! for as long as the line needs. Linux tells how many are left: by `SIOCOUTQ`,
//! for which there is no safe function, and by `sock_diag(7)`, which takes
//! nothing but a socket. It is polled only in a long silence.

use std::net::SocketAddr;
use std::sync::OnceLock;

use socket2::SockRef;

#[cfg(test)]
mod tests;

/// A request of up to so many bytes is taken to be with the peer at once.
pub const SMALL: u64 = 16 * 1024;

/// The most that a system may take of a body where it does not tell how much of
/// it is left: ten seconds' worth of a line with 26 KB/s.
const BLIND_BUFFER: usize = 256 * 1024;

/// Whether this system tells.
static TELLS: OnceLock<bool> = OnceLock::new();

/// To be called with each new connection between the local and the remote end.
pub fn prepare(socket: SockRef<'_>, ends: Option<(SocketAddr, SocketAddr)>) {
    if !TELLS.get_or_init(|| unacknowledged(ends).is_some()) {
        keep_small(socket);
    }
}

fn keep_small(socket: SockRef<'_>) {
    // With a buffer as it was, a slow line is only given up too early.
    let _ = socket.set_send_buffer_size(BLIND_BUFFER);
}

/// The bytes that the peer has yet to acknowledge, on the connection between
/// the local and the remote end. `None` where the system does not tell.
pub fn unacknowledged(ends: Option<(SocketAddr, SocketAddr)>) -> Option<u32> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    return ends.and_then(|(local, remote)| sock_diag::unacknowledged(local, remote).ok());
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    return ends.and(None);
}

/// Whether the peer took something between two looks, by how much was
/// unacknowledged at each.
pub fn is_less(before: Option<u32>, left: Option<u32>) -> bool {
    match (before, left) {
        (_, None) => false,
        // Where it is gone at the first poll, it went in the last moment.
        (None, Some(left)) => left == 0,
        (Some(before), Some(left)) => left < before,
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod sock_diag {
    use std::io::{self, Read, Write};
    use std::net::{IpAddr, SocketAddr};

    use socket2::{Domain, Protocol, Socket, Type};

    // linux/netlink.h, linux/sock_diag.h
    const AF_NETLINK: i32 = 16;
    const NETLINK_SOCK_DIAG: i32 = 4;
    const NLM_F_REQUEST: u16 = 1;
    const SOCK_DIAG_BY_FAMILY: u16 = 20;
    /// A `nlmsghdr` and an `inet_diag_req_v2`.
    const REQUEST_SIZE: u32 = 16 + 56;
    /// Where `idiag_wqueue` is in a `nlmsghdr` and an `inet_diag_msg`.
    const WRITE_QUEUE: usize = 16 + 60;

    pub(super) fn unacknowledged(local: SocketAddr, remote: SocketAddr) -> io::Result<u32> {
        let kernel = Socket::new(
            Domain::from(AF_NETLINK),
            Type::DGRAM,
            Some(Protocol::from(NETLINK_SOCK_DIAG)),
        )?;
        kernel.set_nonblocking(true)?;
        (&kernel).write_all(&request(local, remote))?;
        let mut reply = [0; 512];
        let length = (&kernel).read(&mut reply)?;
        let reply = reply.get(..length).unwrap_or_default();
        let is_found = reply.get(4..6) == Some(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
        match reply.get(WRITE_QUEUE..).and_then(<[u8]>::first_chunk) {
            Some(queue) if is_found => Ok(u32::from_ne_bytes(*queue)),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Asks for the one connection between the two.
    fn request(local: SocketAddr, remote: SocketAddr) -> Vec<u8> {
        let (family, scope) = match local {
            SocketAddr::V4(_) => (Domain::IPV4, 0),
            SocketAddr::V6(local) => (Domain::IPV6, local.scope_id()),
        };
        let mut request = Vec::with_capacity(REQUEST_SIZE as usize);
        request.extend(REQUEST_SIZE.to_ne_bytes());
        request.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
        request.extend(NLM_F_REQUEST.to_ne_bytes());
        request.extend([0; 8]);
        request.extend([
            i32::from(family) as u8,
            i32::from(Protocol::TCP) as u8,
            0,
            0,
        ]);
        // In any state.
        request.extend(u32::MAX.to_ne_bytes());
        request.extend(local.port().to_be_bytes());
        request.extend(remote.port().to_be_bytes());
        request.extend(address(local));
        request.extend(address(remote));
        request.extend(scope.to_ne_bytes());
        // With any cookie.
        request.extend([0xff; 8]);
        request
    }

    fn address(end: SocketAddr) -> [u8; 16] {
        match end.ip() {
            IpAddr::V6(address) => address.octets(),
            IpAddr::V4(address) => {
                let [a, b, c, d] = address.octets();
                [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            }
        }
    }
}
