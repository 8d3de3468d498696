//! The way to the target through a proxy.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use talkspace_core::FailureKind;
use talkspace_core::transport::TransportError;
use talkspace_net::Proxy;
use talkspace_net::error::not_sent;
use talkspace_net::proxy::{Destination, Step, Tunnel};

use crate::dial::Dial;
use crate::error::is_wait;
use crate::pool::Lease;

/// Has the proxy at the other end of `lease` connect to the host and port, in what
/// is left of the time that `dial` has.
///
/// # Errors
///
/// What the proxy did, or what ended the exchange.
pub(crate) fn open(
    proxy: &Proxy,
    lease: &mut Lease,
    host: &str,
    port: u16,
    dial: &Dial<'_>,
) -> Result<(), TransportError> {
    let destination = match proxy.wants_address() {
        true => Destination::Address(first_address(host, port, dial)?),
        false => Destination::new(host, port),
    };
    let mut tunnel = Tunnel::new(proxy, &destination)?;
    let wait = |tunnel: &Tunnel<'_>| -> Result<Duration, TransportError> {
        dial.step_timeout().map_err(|error| match error.kind() {
            FailureKind::Timeout => tunnel.timed_out(),
            _ => error,
        })
    };
    loop {
        match tunnel.next() {
            Step::Send(bytes) => {
                let mut left = &*bytes;
                while !left.is_empty() {
                    let sent = lease.wire().write(left, wait(&tunnel)?);
                    let sent = unless_waiting(sent).map_err(|error| tunnel.broken(error))?;
                    left = left.get(sent.unwrap_or(0)..).unwrap_or_default();
                }
            }
            Step::Receive => {
                let read = lease.wire().read(wait(&tunnel)?);
                let read = unless_waiting(read).map_err(|error| tunnel.broken(error))?;
                if read.is_some() {
                    tunnel.received(&lease.wire().input.split())?;
                }
            }
            Step::Done => return Ok(()),
        }
    }
}

/// `None` when a step only found that its time was over.
fn unless_waiting<T>(step: io::Result<T>) -> io::Result<Option<T>> {
    match step {
        Err(error) if is_wait(&error) => Ok(None),
        step => step.map(Some),
    }
}

fn first_address(host: &str, port: u16, dial: &Dial<'_>) -> Result<SocketAddr, TransportError> {
    let found = dial.addresses(host, port)?;
    found.first().copied().ok_or_else(|| {
        let none = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        not_sent(FailureKind::Resolve, none)
    })
}
