//! The blocking transport keeps the promises of the contract.

use std::process::ExitCode;

use talkspace_blocking::HttpTransport;
use talkspace_conformance::{Capability, blocking};

fn main() -> ExitCode {
    blocking("talkspace-blocking", env!("CARGO_PKG_VERSION"), |context| {
        transport(context.roots_pem())
    })
    .claims(&[Capability::KeepAlive, Capability::Tls])
    .strict()
    .run_from_env()
}

#[cfg(test)]
fn transport(roots_pem: &str) -> HttpTransport {
    HttpTransport::builder()
        .only_root_certificates_pem(roots_pem)
        .build()
        .expect("the root of the suite is a certificate")
}
