//! The blocking transport keeps the promises of the contract.

use std::process::ExitCode;

use talkspace_blocking::HttpTransport;
use talkspace_conformance::{Capability, blocking};

fn main() -> ExitCode {
    blocking(
        "talkspace-blocking",
        env!("CARGO_PKG_VERSION"),
        |_context| transport(),
    )
    .claims(&[Capability::KeepAlive])
    .run_from_env()
}

#[cfg(test)]
fn transport() -> HttpTransport {
    HttpTransport::new().expect("the system's roots can be read")
}
