//! A transport over plain sockets, and a TalkSpace created through it.
//!
//! ```sh
//! cargo run --bin talkspace -- sandbox    # in another terminal
//! export TALKSPACE_BASE_URL=http://127.0.0.1:8080
//! export TALKSPACE_APP_KEY=11111111-2222-3333-4444-555555555555
//! cargo run -p talkspace-conformance --example own_transport
//! ```

#![allow(clippy::print_stdout, reason = "a program for people")]

use std::io::{Read, Write};
use std::net::TcpStream;

use http::Response;
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, TransportError,
};
use talkspace_core::{BlockingClient, CancelToken, CreateTalkspace, FailureKind};

/// It takes a connection for each exchange, and trusts `Content-Length`.
pub(crate) struct Sockets;

fn closed(error: std::io::Error) -> TransportError {
    TransportError::maybe_sent(FailureKind::Closed).with_source(error)
}

impl BlockingTransport for Sockets {
    fn exchange(
        &self,
        exchange: Exchange,
        _cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        let (request, limits) = exchange.into_parts();
        let protocol = || TransportError::maybe_sent(FailureKind::Protocol);
        let uri = request.uri();
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let query = uri
            .query()
            .map_or_else(String::new, |query| format!("?{query}"));
        let mut socket = TcpStream::connect(authority)
            .map_err(|error| TransportError::not_sent(FailureKind::Connect).with_source(error))?;
        socket
            .set_read_timeout(Some(limits.response_timeout))
            .map_err(closed)?;

        let mut message =
            format!("{} {}{query} HTTP/1.1\r\n", request.method(), uri.path()).into_bytes();
        message.extend(format!("Host: {authority}\r\nConnection: close\r\n").into_bytes());
        message.extend(format!("Content-Length: {}\r\n", request.body().len()).into_bytes());
        for (name, value) in request.headers() {
            message.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        message.extend(b"\r\n");
        message.extend(request.body().read_to_bytes()?);
        socket.write_all(&message).map_err(closed)?;

        let mut response = Vec::new();
        while !response.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            if socket.read(&mut byte).map_err(closed)? == 0 {
                return Err(TransportError::maybe_sent(FailureKind::Closed));
            }
            response.extend(byte);
        }
        let head = String::from_utf8_lossy(&response).to_lowercase();
        let status = head.get(9..12).ok_or_else(protocol)?;
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.and_then(|text| text.parse().ok()).unwrap_or(0)];
        socket.read_exact(&mut body).map_err(closed)?;
        let response = Response::builder()
            .status(status)
            .body(bytes::Bytes::from(body).into());
        response.map_err(|_| protocol())
    }
}

pub(crate) fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("TALKSPACE_BASE_URL")?;
    let key = std::env::var("TALKSPACE_APP_KEY")?;
    let client = BlockingClient::builder(url.as_str(), key).build_blocking(Sockets)?;
    let made = client.send(CreateTalkspace::new("eta"))?;
    println!("created {}", made.conference_id);
    Ok(())
}
