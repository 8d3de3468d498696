//! hyper-util's client with its pool, and serde.

use std::hint::black_box;

use bench::Outcome;
use bench::asynchronous::{self, Create};
use bench::work::{self, Created};
use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

#[derive(Clone)]
struct Pooled {
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
}

fn main() -> Outcome<()> {
    asynchronous::run(|address| {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let pooled = Pooled {
            client: Client::builder(TokioExecutor::new()).build(connector),
            url: format!("http://{address}{}", work::PATH),
        };
        Ok(async move || Ok(pooled.clone()))
    })
}

impl Create for Pooled {
    async fn create(&mut self) -> Outcome<()> {
        let request = Request::post(self.url.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(peers::form()))?;
        let response = self.client.request(request).await?;
        peers::created(response.status().as_u16())?;
        let body = response.into_body().collect().await?.to_bytes();
        black_box(Created::read(&body)?);
        Ok(())
    }
}
