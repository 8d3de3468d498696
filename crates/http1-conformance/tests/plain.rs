//! The file that an adapter's author writes, here for the reference.
//!
//! With `HTTP1_FAULT=TruncationIsSuccess`, or the name of another [`Fault`], it shows what
//! the suite says of an adapter with that fault.

use std::env;
use std::process::ExitCode;

use http1_conformance::reference::{Fault, Plain};
use http1_conformance::{Capability, blocking};

fn main() -> Result<ExitCode, String> {
    let fault = env::var("HTTP1_FAULT").ok();
    let fault = fault.map(|name| planted(&name)).transpose()?;
    Ok(
        blocking("plain", env!("CARGO_PKG_VERSION"), move |context| {
            fault
                .map_or_else(Plain::new, Plain::with_fault)
                .trusting(context.roots_pem())
                .showing(context.client_certificate_pem())
                .finding(context.addresses())
                .through(context.proxy())
        })
        .contract()
        .claims(&[
            Capability::KeepAlive,
            Capability::Tls,
            Capability::ClientCertificate,
            Capability::Addresses,
            Capability::Proxy,
        ])
        .strict()
        .run_from_env(),
    )
}

fn planted(name: &str) -> Result<Fault, String> {
    let mut faults = Fault::ALL.iter().copied();
    faults
        .find(|fault| format!("{fault:?}") == name)
        .ok_or_else(|| format!("HTTP1_FAULT is one of {:?}", Fault::ALL))
}
