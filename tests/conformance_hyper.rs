//! The async transport keeps the promises of the contract.

use std::io;
use std::process::ExitCode;

use talkspace_conformance::{Capability, Context, asynchronous};
use talkspace_hyper::{HyperTransport, Proxy};
use tokio::runtime::Builder;

fn main() -> io::Result<ExitCode> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let suite = asynchronous(
        "talkspace-hyper",
        env!("CARGO_PKG_VERSION"),
        transport,
        move |task| runtime.block_on(task),
    );
    Ok(suite
        .claims(&[Capability::KeepAlive, Capability::Tls, Capability::Proxy])
        .strict()
        .run_from_env())
}

#[cfg(test)]
fn transport(context: &Context) -> HyperTransport {
    let mut builder = HyperTransport::builder().only_root_certificates_pem(context.roots_pem());
    if let Some(proxy) = context.proxy() {
        builder = builder.proxy(Proxy::new(proxy).expect("the proxy of the suite has a URL"));
    }
    builder
        .build()
        .expect("the root of the suite is a certificate")
}
