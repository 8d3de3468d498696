//! Where a sandbox listens, as people write it.

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

#[cfg(test)]
mod tests;

/// The port that the spec and the help of each command name.
const PORT: u16 = 8080;

/// What is written when nothing else is.
pub(super) const DEFAULT: &str = "127.0.0.1:8080";

/// Finds the addresses in what people write: an address or a name, with or without
/// a port. A port alone is one of this machine.
///
/// # Errors
///
/// What is wrong, and what would be right.
pub(super) fn find(listen: &str) -> Result<Vec<SocketAddr>, String> {
    let text = listen.trim();
    let whole = if let Ok(port) = text.parse::<u16>() {
        format!("127.0.0.1:{port}")
    } else if let Ok(address) = bare(text).parse::<IpAddr>() {
        SocketAddr::new(address, PORT).to_string()
    } else if text.contains(':') {
        text.to_owned()
    } else {
        format!("{text}:{PORT}")
    };
    let found = match whole.starts_with(':') {
        true => Err("it does not say of which address".to_owned()),
        false => whole
            .to_socket_addrs()
            .map(Vec::from_iter)
            .map_err(|why| why.to_string()),
    };
    found.map_err(|why| {
        format!(
            "cannot listen on `{listen}`: {why}; write --listen {DEFAULT} for this machine \
             alone, or --listen 0.0.0.0:{PORT} for others too"
        )
    })
}

fn bare(text: &str) -> &str {
    let inner = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inner.unwrap_or(text)
}

/// Why it cannot be listened there, and what to do.
pub(super) fn cannot(listen: &str, addresses: &[SocketAddr], why: &Error) -> String {
    let shown: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let shown = shown.join(" or ");
    let port = addresses.first().map_or(PORT, SocketAddr::port);
    let told = match why.kind() {
        ErrorKind::AddrInUse => format!(
            "another program listens there, perhaps another sandbox; stop it, or take another \
             port: `--listen {}` (0 takes a free one)",
            listen_at(addresses, if port == u16::MAX { PORT } else { port + 1 })
        ),
        ErrorKind::AddrNotAvailable => {
            "this machine has no such address; --listen 0.0.0.0 takes all that it has".to_owned()
        }
        ErrorKind::PermissionDenied => format!(
            "{why}; ports below 1024 may be for the administrator alone: `--listen {}`",
            listen_at(addresses, PORT)
        ),
        _ => why.to_string(),
    };
    match shown == listen || shown.is_empty() {
        true => format!("cannot listen on {listen}: {told}"),
        false => format!("cannot listen on {listen} ({shown}): {told}"),
    }
}

fn listen_at(addresses: &[SocketAddr], port: u16) -> String {
    let ip = addresses.first().map(SocketAddr::ip);
    ip.map_or_else(
        || format!("127.0.0.1:{port}"),
        |ip| SocketAddr::new(ip, port).to_string(),
    )
}
