//! The cases that notice faults of TLS.

use super::{Fault, Killers};

pub(super) const KILLERS: Killers = &[
    (
        Fault::SkipTlsVerify,
        &["tls/wrong-name", "tls/expired", "tls/untrusted-root"],
    ),
    (Fault::NamesOnly, &["tls/ip-san"]),
    (Fault::RootsIgnored, &["tls/private-root-ok", "tls/ip-san"]),
    (
        Fault::PlainFallback,
        &["tls/handshake-eof", "tls/plain-http-on-tls-port"],
    ),
    (Fault::HandshakeUnlimited, &["tls/handshake-silence"]),
    (Fault::NoServerName, &["tls/server-name"]),
    (Fault::TlsBytesCount, &["tls/no-data-is-silence"]),
];
