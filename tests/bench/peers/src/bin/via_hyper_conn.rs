//! One connection of hyper's own, without a pool, and serde. It has no TLS.

use std::hint::black_box;

use bench::Outcome;
use bench::asynchronous::{self, Client};
use bench::work::{self, Created};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderValue, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
}

fn main() -> Outcome<()> {
    asynchronous::run(|origin| {
        let address = origin.address;
        Ok(async move || {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            let host = HeaderValue::try_from(address.to_string())?;
            Ok(Connection { sender, host })
        })
    })
}

impl Client for Connection {
    async fn create(&mut self) -> Outcome<()> {
        let request = Request::post(work::PATH)
            .header(HOST, self.host.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(peers::form()))?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        peers::created(response.status().as_u16())?;
        let body = response.into_body().collect().await?.to_bytes();
        black_box(Created::read(&body)?);
        Ok(())
    }

    async fn download(&mut self, path: &str) -> Outcome<u64> {
        let request = Request::get(path)
            .header(HOST, self.host.clone())
            .body(Full::default())?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        peers::expect(response.status().as_u16(), 200)?;
        peers::length(response.into_body()).await
    }
}
