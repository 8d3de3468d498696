//! The file that the author of a client writes, here for a plain one.
//!
//! With `HTTP1_FAULT=TruncationIsSuccess`, or the name of another [`Fault`], it shows what
//! the suite says of a client with that fault.

use std::env;
use std::process::ExitCode;

use http1_conformance::{Capability, blocking};
use mutants::{Fault, Plain};

mod mutants;

fn main() -> Result<ExitCode, String> {
    let fault = env::var("HTTP1_FAULT").ok();
    let fault = fault.map(|name| planted(&name)).transpose()?;
    Ok(
        blocking("plain", env!("CARGO_PKG_VERSION"), move |context| {
            Plain::of(context, fault)
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
