//! The blocking transport keeps the promises of the contract.

use std::process::ExitCode;

use talkspace_blocking::{HttpTransport, Proxy};
use talkspace_conformance::{Capability, Context, blocking};

fn main() -> ExitCode {
    blocking("talkspace-blocking", env!("CARGO_PKG_VERSION"), transport)
        .claims(&[
            Capability::KeepAlive,
            Capability::Tls,
            Capability::ClientCertificate,
            Capability::Addresses,
            Capability::Proxy,
        ])
        .strict()
        .run_from_env()
}

#[cfg(test)]
fn transport(context: &Context) -> HttpTransport {
    let mut builder = HttpTransport::builder().only_root_certificates_pem(context.roots_pem());
    if let Some(proxy) = context.proxy() {
        builder = builder.proxy(Proxy::new(proxy).expect("the proxy of the suite has a URL"));
    }
    if let Some(pem) = context.client_certificate_pem() {
        builder = builder.client_certificate_pem(pem);
    }
    if !context.addresses().is_empty() {
        let addresses = context.addresses().to_vec();
        builder = builder.resolver(move |host| {
            let known = addresses.iter().filter(|(known, _)| known == host);
            Ok(known.map(|(_, address)| (*address, 0).into()).collect())
        });
    }
    builder
        .build()
        .expect("the root of the suite is a certificate")
}
