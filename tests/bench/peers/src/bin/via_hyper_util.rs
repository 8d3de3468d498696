//! hyper-util's client with its pool, and serde; TLS by hyper-rustls.

use std::hint::black_box;

use bench::asynchronous;
use bench::work::{self, Created};
use bench::{Origin, Outcome};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

#[derive(Clone)]
struct Pooled {
    client: Pool,
    url: String,
    origin: Origin,
}

#[derive(Clone)]
enum Pool {
    Plain(Client<HttpConnector, Full<Bytes>>),
    Secure(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
}

fn main() -> Outcome<()> {
    asynchronous::run(|origin| {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let builder = Client::builder(TokioExecutor::new());
        let client = match origin.root {
            None => Pool::Plain(builder.build(connector)),
            Some(_) => {
                connector.enforce_http(false);
                let connector = HttpsConnectorBuilder::new()
                    .with_tls_config(peers::tls(origin)?)
                    .https_only()
                    .enable_http1()
                    .wrap_connector(connector);
                Pool::Secure(builder.build(connector))
            }
        };
        let pooled = Pooled {
            client,
            url: origin.url(work::PATH),
            origin: origin.clone(),
        };
        Ok(async move || Ok(pooled.clone()))
    })
}

impl Pool {
    async fn send(&self, request: Request<Full<Bytes>>) -> Outcome<Response<Incoming>> {
        Ok(match self {
            Self::Plain(client) => client.request(request).await?,
            Self::Secure(client) => client.request(request).await?,
        })
    }
}

impl asynchronous::Client for Pooled {
    async fn create(&mut self) -> Outcome<()> {
        let request = Request::post(self.url.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(peers::form()))?;
        let response = self.client.send(request).await?;
        peers::created(response.status().as_u16())?;
        let body = response.into_body().collect().await?.to_bytes();
        black_box(Created::read(&body)?);
        Ok(())
    }

    async fn download(&mut self, path: &str) -> Outcome<u64> {
        let request = Request::get(self.origin.url(path)).body(Full::default())?;
        let response = self.client.send(request).await?;
        peers::expect(response.status().as_u16(), 200)?;
        peers::length(response.into_body()).await
    }

    async fn upload(&mut self, file: Bytes) -> Outcome<()> {
        let request = Request::post(self.origin.url(work::UPLOAD_PATH)).body(Full::from(file))?;
        let response = self.client.send(request).await?;
        peers::expect(response.status().as_u16(), 200)?;
        peers::length(response.into_body()).await.map(drop)
    }
}
