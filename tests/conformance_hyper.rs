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
        |context| transport(context.roots_pem()),
        move |task| runtime.block_on(task),
    );
    Ok(suite
        .claims(&[Capability::KeepAlive, Capability::Tls])
        .strict()
        .run_from_env())
}

#[cfg(test)]
fn transport(roots_pem: &str) -> HyperTransport {
    HyperTransport::builder()
        .only_root_certificates_pem(roots_pem)
        .build()
        .expect("the root of the suite is a certificate")
}
