//! What of the contract the transport keeps. The rest is in the file, with the reasons.

use std::io;
use std::process::ExitCode;

use reqwest::tls::Certificate;
use talkspace_conformance::{Capability, Context, asynchronous};
use talkspace_reqwest::ReqwestTransport;
use tokio::runtime::Builder;

fn main() -> io::Result<ExitCode> {
    // The library of reqwest takes whichever the process has.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let suite = asynchronous(
        "talkspace-reqwest",
        env!("CARGO_PKG_VERSION"),
        transport,
        move |task| runtime.block_on(task),
    );
    Ok(suite
        .claims(&[Capability::KeepAlive, Capability::Tls, Capability::Proxy])
        .expected_failures(include_str!("../expected_failures.txt"))
        .run_from_env())
}

#[cfg(test)]
fn transport(context: &Context) -> ReqwestTransport {
    let roots = Certificate::from_pem_bundle(context.roots_pem().as_bytes());
    let mut builder = ReqwestTransport::client_builder()
        .tls_certs_only(roots.expect("the root of the suite is a certificate"));
    if let Some(proxy) = context.proxy() {
        let proxy = reqwest::Proxy::all(proxy);
        builder = builder.proxy(proxy.expect("the proxy of the suite has a URL"));
    }
    ReqwestTransport::new(builder.build().expect("the client can be built"))
}
