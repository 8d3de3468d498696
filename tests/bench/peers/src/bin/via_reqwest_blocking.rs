//! reqwest's blocking client, which has a runtime in a thread of its own.

use std::hint::black_box;

use bench::Outcome;
use bench::blocking;
use bench::work::{self, Created};
use reqwest::Certificate;
use reqwest::blocking::Client;

#[derive(Clone)]
struct Reqwest {
    client: Client,
    url: String,
}

fn main() -> Outcome<()> {
    blocking::run(|origin| {
        peers::provide()?;
        let mut builder = Client::builder();
        if let Some(root) = &origin.root {
            builder = builder.tls_certs_only([Certificate::from_pem(root)?]);
        }
        let reqwest = Reqwest {
            client: builder.build()?,
            url: origin.url(work::PATH),
        };
        Ok(move || Ok(reqwest.clone()))
    })
}

impl blocking::Client for Reqwest {
    fn create(&mut self) -> Outcome<()> {
        let response = self.client.post(&self.url).form(&work::FIELDS).send()?;
        let response: Created = response.error_for_status()?.json()?;
        response.check()?;
        black_box(response);
        Ok(())
    }
}
