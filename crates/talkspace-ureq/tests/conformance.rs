//! What of the contract the transport keeps. The rest is in the file, with the reasons.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use talkspace_conformance::{Capability, Context, blocking};
use talkspace_ureq::UreqTransport;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

fn main() -> ExitCode {
    blocking("talkspace-ureq", env!("CARGO_PKG_VERSION"), transport)
        .claims(&[Capability::KeepAlive, Capability::Tls, Capability::Proxy])
        // What it cannot interrupt lasts as long as this.
        .timeout(Duration::from_secs(1))
        .expected_failures(include_str!("../expected_failures.txt"))
        .run_from_env()
}

#[cfg(test)]
fn transport(context: &Context) -> UreqTransport {
    let root = Certificate::from_pem(context.roots_pem().as_bytes());
    let root = root.expect("the root of the suite is a certificate");
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::new_with_certs(&[root]))
        .build();
    let mut config = UreqTransport::config_builder().tls_config(tls);
    if let Some(proxy) = context.proxy() {
        let proxy = ureq::Proxy::new(proxy).expect("the proxy of the suite has a URL");
        config = config.proxy(Some(proxy));
    }
    UreqTransport::new(config.build().new_agent())
}
