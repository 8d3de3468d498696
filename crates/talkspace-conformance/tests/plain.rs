//! The file that an adapter's author writes, here for the reference.

use std::process::ExitCode;

use talkspace_conformance::reference::Plain;
use talkspace_conformance::{Capability, blocking};

fn main() -> ExitCode {
    blocking("plain", env!("CARGO_PKG_VERSION"), |_context| Plain::new())
        .claims(&[Capability::KeepAlive])
        .run_from_env()
}
