//! ureq.

use std::hint::black_box;
use std::sync::Arc;

use bench::blocking;
use bench::work::{self, Created};
use bench::{Origin, Outcome};
use bytes::Bytes;
use rustls::crypto::ring;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

#[derive(Clone)]
struct Ureq {
    agent: Agent,
    url: String,
    origin: Origin,
}

fn main() -> Outcome<()> {
    blocking::run(|origin| {
        // Its pool keeps three connections by default, which many threads would fight for.
        let mut config = Agent::config_builder()
            .max_idle_connections(1024)
            .max_idle_connections_per_host(1024);
        if let Some(root) = &origin.root {
            let roots = RootCerts::new_with_certs(&[Certificate::from_pem(root)?]);
            let tls = TlsConfig::builder()
                .root_certs(roots)
                .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()));
            config = config.tls_config(tls.build());
        }
        let ureq = Ureq {
            agent: config.build().new_agent(),
            url: origin.url(work::PATH),
            origin: origin.clone(),
        };
        Ok(move || Ok(ureq.clone()))
    })
}

impl blocking::Client for Ureq {
    fn create(&mut self) -> Outcome<()> {
        let mut response = self.agent.post(&self.url).send_form(work::FIELDS)?;
        peers::created(response.status().as_u16())?;
        black_box(Created::read(&response.body_mut().read_to_vec()?)?);
        Ok(())
    }

    fn download(&mut self, path: &str) -> Outcome<u64> {
        let mut response = self.agent.get(self.origin.url(path)).call()?;
        let mut count = work::Count::default();
        Ok(std::io::copy(
            &mut response.body_mut().as_reader(),
            &mut count,
        )?)
    }

    fn upload(&mut self, file: Bytes) -> Outcome<()> {
        let url = self.origin.url(work::UPLOAD_PATH);
        let mut response = self.agent.post(url).send(file.as_ref())?;
        black_box(response.body_mut().read_to_vec()?);
        Ok(())
    }
}
