//! reqwest, async.

use std::hint::black_box;

use bench::asynchronous;
use bench::work::{self, Created};
use bench::{Origin, Outcome};
use bytes::Bytes;
use reqwest::{Certificate, Client};

#[derive(Clone)]
struct Reqwest {
    client: Client,
    url: String,
    origin: Origin,
}

fn main() -> Outcome<()> {
    asynchronous::run(|origin| {
        peers::provide()?;
        let mut builder = Client::builder();
        if let Some(root) = &origin.root {
            builder = builder.tls_certs_only([Certificate::from_pem(root)?]);
        }
        let reqwest = Reqwest {
            client: builder.build()?,
            url: origin.url(work::PATH),
            origin: origin.clone(),
        };
        Ok(async move || Ok(reqwest.clone()))
    })
}

impl asynchronous::Client for Reqwest {
    async fn create(&mut self) -> Outcome<()> {
        let request = self.client.post(&self.url).form(&work::FIELDS);
        let response = request.send().await?.error_for_status()?;
        let response: Created = response.json().await?;
        response.check()?;
        black_box(response);
        Ok(())
    }

    async fn download(&mut self, path: &str) -> Outcome<u64> {
        let request = self.client.get(self.origin.url(path));
        let mut response = request.send().await?.error_for_status()?;
        let mut length = 0;
        while let Some(piece) = response.chunk().await? {
            length += piece.len() as u64;
        }
        Ok(length)
    }

    async fn upload(&mut self, file: Bytes) -> Outcome<()> {
        let request = self.client.post(self.origin.url(work::UPLOAD_PATH));
        let response = request.body(file).send().await?.error_for_status()?;
        black_box(response.bytes().await?);
        Ok(())
    }
}
