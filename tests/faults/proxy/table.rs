//! What the system's own table of sockets tells, without touching one.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use talkspace_conformance::wire::table::{State, Table};

use super::TIMEOUT;

/// Waits until the table says so, where there is one.
pub(super) fn wait_until(what: &str, is_so: impl Fn(&Table) -> bool) {
    let until = Instant::now() + TIMEOUT;
    while let Some(table) = Table::read() {
        if is_so(&table) {
            return;
        }
        assert!(Instant::now() < until, "it never came to this: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Whether what was sent from `here` is at `there`: that socket is not as it was,
/// or it has read what came and this one knows.
pub(super) fn has_come(table: &Table, here: SocketAddr, there: SocketAddr) -> bool {
    let Some(at) = table.socket(there, here) else {
        return true;
    };
    let sent = table.socket(here, there);
    let is_known = sent.is_some_and(|socket| socket.unacknowledged == 0);
    at.state != State::Established || at.unread > 0 || is_known
}
