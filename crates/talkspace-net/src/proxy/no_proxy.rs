//! `NO_PROXY`: the hosts that are reached without a proxy, as curl reads it.
//!
//! The kept library for this, hyper-util's `matcher`, has hyper and tokio in its
//! tree, which `talkspace-blocking` does without. `tests/networks` compares with
//! curl itself.

use std::net::IpAddr;

/// A list of names, addresses and networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NoProxy {
    /// A `*` alone: everything is reached without.
    is_all: bool,
    /// In lower case. Each stands for its subdomains too.
    names: Vec<String>,
    networks: Vec<(IpAddr, u32)>,
}

impl NoProxy {
    /// Reads a list whose entries are parted by commas or white space.
    pub(super) fn parse(list: &str) -> Self {
        let mut parsed = Self {
            is_all: list.trim() == "*",
            ..Self::default()
        };
        let entries = list.split(|sign: char| sign == ',' || sign.is_ascii_whitespace());
        for entry in entries {
            match network(entry) {
                Some(network) => parsed.networks.push(network),
                None => parsed.names.extend(name(entry)),
            }
        }
        parsed
    }

    /// Whether `host`, an address perhaps in brackets, is in the list.
    pub(super) fn contains(&self, host: &str) -> bool {
        if self.is_all {
            return true;
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(address) => self
                .networks
                .iter()
                .any(|(network, bits)| is_within(address, *network, *bits)),
            Err(_) => self.names.iter().any(|name| is_below(bare, name)),
        }
    }
}

/// Whether `host`, an address perhaps in brackets, is this machine: by its address,
/// or by a name that never means another one (RFC 6761 §6.3).
pub(super) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => is_below(bare, "localhost"),
    }
}

/// An address alone, or a network such as `10.0.0.0/8`.
fn network(entry: &str) -> Option<(IpAddr, u32)> {
    let (address, bits) = match entry.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (entry, None),
    };
    let bare = address.trim_start_matches('[').trim_end_matches(']');
    let address: IpAddr = bare.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = match bits {
        Some(bits) => bits.parse().ok().filter(|bits| *bits <= most)?,
        None => most,
    };
    Some((address, bits))
}

/// A name without the dots around it.
fn name(entry: &str) -> Option<String> {
    let entry = entry.strip_prefix('.').unwrap_or(entry);
    let entry = entry.strip_suffix('.').unwrap_or(entry);
    (!entry.is_empty()).then(|| entry.to_ascii_lowercase())
}

fn is_within(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    let differs = match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            u128::from(address.to_bits() ^ network.to_bits()) << 96
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => address.to_bits() ^ network.to_bits(),
        _ => return false,
    };
    differs.leading_zeros() >= bits
}

/// Whether `host` is `name`, or a subdomain of it.
fn is_below(host: &str, name: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let Some(rest) = host.len().checked_sub(name.len()) else {
        return false;
    };
    let (above, end) = match (host.get(..rest), host.get(rest..)) {
        (Some(above), Some(end)) => (above, end),
        _ => return false,
    };
    end.eq_ignore_ascii_case(name) && (above.is_empty() || above.ends_with('.'))
}
