//! The file that an adapter's author writes, here for the reference.

use std::process::ExitCode;

use talkspace_conformance::reference::Plain;
use talkspace_conformance::{Capability, blocking};

fn main() -> ExitCode {
    blocking("plain", env!("CARGO_PKG_VERSION"), |context| {
        Plain::new().trusting(context.roots_pem())
    })
    .claims(&[Capability::KeepAlive, Capability::Tls])
    .run_from_env()
}
