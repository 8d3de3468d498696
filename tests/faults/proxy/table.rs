//! The system's own table of sockets, which tells what has come to one without
//! touching it. Linux has it; it is long, so it is read where that matters.

use std::fs;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use super::PATIENCE;

const ESTABLISHED: &str = "01";
const LISTENS: &str = "0A";

pub(super) struct Table(String);

/// Waits until the table says so, where there is one.
pub(super) fn wait_until(what: &str, is_so: impl Fn(&Table) -> bool) {
    let until = Instant::now() + PATIENCE;
    while cfg!(target_os = "linux") {
        if is_so(&Table(fs::read_to_string("/proc/net/tcp").unwrap())) {
            return;
        }
        assert!(Instant::now() < until, "it never came to this: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

impl Table {
    /// Whether what was sent from `here` is at `there`: that socket is not as it
    /// was, or it has read what came and this one knows.
    pub(super) fn has_come(&self, here: SocketAddr, there: SocketAddr) -> bool {
        let Some((state, _, unread)) = self.socket(there, here) else {
            return true;
        };
        let sent = self.socket(here, there);
        state != ESTABLISHED || unread > 0 || sent.is_some_and(|(_, unsent, _)| unsent == 0)
    }

    /// Whether the queue of whoever listens at `address` has taken somebody.
    pub(super) fn has_taken_one(&self, address: SocketAddr) -> bool {
        let nobody = SocketAddr::from(([0, 0, 0, 0], 0));
        let listener = self.socket(address, nobody);
        // Of a listener, it counts who waits to be accepted.
        listener.is_some_and(|(state, _, waiting)| state == LISTENS && waiting > 0)
    }

    /// The state of a socket, and how many bytes are not acknowledged by its
    /// peer, and how many were not read.
    fn socket(&self, local: SocketAddr, peer: SocketAddr) -> Option<(&str, u64, u64)> {
        let ends = format!(" {} {} ", written(local), written(peer));
        let row = &self.0[self.0.find(&ends)? + ends.len()..];
        let (state, row) = row.split_once(' ')?;
        let (queues, _) = row.split_once(' ')?;
        let (unsent, unread) = queues.split_once(':')?;
        let number = |text| u64::from_str_radix(text, 16).ok();
        Some((state, number(unsent)?, number(unread)?))
    }
}

/// An address as it is in the table.
fn written(address: SocketAddr) -> String {
    let SocketAddr::V4(address) = address else {
        panic!("{address} is not of IPv4");
    };
    // The bytes in the order of the network, as a number of this machine.
    let number = u32::from_ne_bytes(address.ip().octets());
    format!("{number:08X}:{:04X}", address.port())
}
