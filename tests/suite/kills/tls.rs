//! The cases that notice faults of TLS.

use super::{Fault, Killers};

pub(super) const KILLERS: Killers = &[
    (
        Fault::SkipTlsVerify,
        &[
            "tls/wrong-name",
            "tls/expired",
            "tls/untrusted-root",
            "tls/host-field-not-verified",
        ],
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
    (Fault::AlertRequired, &["tls/no-close-notify/known-length"]),
    (Fault::VerifiesHostField, &["tls/host-field-not-verified"]),
    (Fault::VerifiesOnce, &["tls/each-connection-verified"]),
    (Fault::OffersHttp2, &["tls/no-http2-offered"]),
    (
        Fault::NoClientCertificate,
        &["tls/client-certificate/shown"],
    ),
    (Fault::AlertIsClosed, &["tls/client-certificate/missing"]),
    (Fault::AlertIsUnsent, &["tls/alert/after-request"]),
    (Fault::AlertIsEnd, &["tls/alert/in-body"]),
];
