//! The async transport keeps the promises of the contract.

use std::io;
use std::process::ExitCode;

use talkspace_conformance::{Capability, asynchronous};
use talkspace_hyper::HyperTransport;
use tokio::runtime::Builder;

fn main() -> io::Result<ExitCode> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let suite = asynchronous(
        "talkspace-hyper",
        env!("CARGO_PKG_VERSION"),
        |_context| transport(),
        move |task| runtime.block_on(task),
    );
    Ok(suite.claims(&[Capability::KeepAlive]).run_from_env())
}

#[cfg(test)]
fn transport() -> HyperTransport {
    HyperTransport::new().expect("the system's roots can be read")
}
