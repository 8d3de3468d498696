//! One connection of a client, from its first request to its end.

use std::io::{self, Read, Write};
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};

use super::Shared;
use crate::fault::{Fault, Idle, Instead, Part, Then, spin};

/// What is to happen to a connection that waits.
pub(super) struct Order(pub(super) Idle);

/// A response to no request, as good as any: a client that takes it for its own
/// reports what did not happen.
const GARBAGE: &str =
    r#"{"ConferenceResponse":{"status":201,"message":"","conferenceId":"c","uri":""}}"#;

/// What becomes of a connection after an exchange.
enum After {
    Keep,
    /// Nothing more is served on it.
    Spoil,
    Drop,
}

struct Link {
    shared: Arc<Shared>,
    stream: Arc<TcpStream>,
    /// What was read of a request.
    input: BytesMut,
    number: watch::Receiver<u64>,
    spoiled: bool,
}

/// Serves a connection until it ends.
pub(super) async fn serve(
    shared: Arc<Shared>,
    id: u64,
    stream: Arc<TcpStream>,
    mut orders: mpsc::UnboundedReceiver<Order>,
) {
    let mut link = Link {
        number: shared.number.subscribe(),
        shared: Arc::clone(&shared),
        stream,
        input: BytesMut::new(),
        spoiled: false,
    };
    loop {
        let after = tokio::select! {
            biased;
            Some(Order(idle)) = orders.recv() => link.obey(idle).await,
            _ = link.stream.readable() => {
                match shared.lock().connections.get_mut(&id) {
                    Some(connection) => connection.busy = true,
                    None => return,
                }
                link.exchange().await
            }
        };
        match after {
            Ok(After::Keep) => {}
            Ok(After::Spoil) => link.spoiled = true,
            Ok(After::Drop) | Err(_) => break,
        }
        shared.is_free(id);
    }
    // The last handle closes the socket, before anybody hears of it.
    let mut state = shared.lock();
    state.connections.remove(&id);
    drop(link);
    drop(state);
    shared.changed.notify_all();
}

impl Link {
    async fn obey(&mut self, idle: Idle) -> io::Result<After> {
        match idle {
            Idle::Close => {
                SockRef::from(&*self.stream).shutdown(Shutdown::Write)?;
                Ok(After::Spoil)
            }
            Idle::Reset => self.reset(),
            Idle::Garbage => {
                let response = message(201, "application/json", GARBAGE.as_bytes());
                self.write(&response).await?;
                Ok(After::Spoil)
            }
            Idle::Race { close, .. } => {
                spin(close);
                let mut unread = [MaybeUninit::uninit(); 16 * 1024];
                let unread = SockRef::from(&*self.stream).peek(&mut unread);
                let unread = unread.unwrap_or_default();
                self.shared.note(|exchange| exchange.arrived += unread);
                Ok(After::Drop)
            }
        }
    }

    /// Something came: a request, or the end.
    async fn exchange(&mut self) -> io::Result<After> {
        if self.try_fill()? == Some(0) {
            return Ok(After::Drop);
        }
        if self.input.is_empty() {
            return Ok(After::Keep);
        }
        if self.spoiled {
            return self.reset();
        }
        let (fault, exchange) = self.shared.take_fault();
        match fault {
            Fault::Pass
            | Fault::Outage
            | Fault::Idle(_)
            | Fault::Refuse
            | Fault::NeverAccept
            | Fault::ResetOnAccept => {
                let response = self.applied().await?;
                self.write(&response.bytes).await?;
                Ok(After::Keep)
            }
            Fault::Request { read, then } => {
                while self.input.len() < read && self.request_length().is_none() {
                    if self.fill().await? == 0 {
                        return Ok(After::Drop);
                    }
                }
                self.end(then, exchange).await
            }
            Fault::Late(then) => {
                let request = self.request().await?;
                self.shared.lock().late.push(request);
                self.end(then, exchange).await
            }
            Fault::Response { part, then } => {
                let response = self.applied().await?;
                let end = match part {
                    Part::Nothing => 0,
                    Part::HalfHead => response.head / 2,
                    Part::HalfBody => response.head + (response.bytes.len() - response.head) / 2,
                };
                self.write(&response.bytes[..end]).await?;
                if end == response.bytes.len() {
                    // There is no body to halve: nothing is missing.
                    return Ok(After::Keep);
                }
                self.end(then, exchange).await
            }
            Fault::Drip => {
                let response = self.applied().await?;
                let (drops, rest) = response.bytes.split_at(response.bytes.len().min(512));
                for drop in drops.chunks(1) {
                    self.write(drop).await?;
                    tokio::task::yield_now().await;
                }
                self.write(rest).await?;
                Ok(After::Keep)
            }
            Fault::Interim(count) => {
                let response = self.applied().await?;
                let interim = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n";
                self.write(&interim.repeat(count)).await?;
                self.write(&response.bytes).await?;
                Ok(After::Keep)
            }
            Fault::Instead { response, applied } => {
                if applied {
                    self.applied().await?;
                } else {
                    self.request().await?;
                }
                let response = self.instead(response);
                self.write(&response).await?;
                Ok(After::Keep)
            }
        }
    }

    fn instead(&self, response: Instead) -> Vec<u8> {
        let (status, kind, body) = match response {
            Instead::Page(status) => {
                let page = format!("<html><h1>{status}</h1><p>nginx</p></html>");
                (status, "text/html", Bytes::from(page))
            }
            Instead::Envelope(status) => {
                let error_body = self.shared.lock().error_body.unwrap();
                (status, "application/json", error_body(status))
            }
        };
        message(status, kind, &body)
    }

    async fn end(&mut self, then: Then, exchange: u64) -> io::Result<After> {
        match then {
            Then::Reset => return self.reset(),
            Then::Close => SockRef::from(&*self.stream).shutdown(Shutdown::Write)?,
            Then::Stall => {
                // Nothing is read: a large request stands still.
                let _ = self.number.wait_for(|number| *number > exchange).await;
            }
        }
        while self.fill().await? > 0 {}
        Ok(After::Drop)
    }

    fn reset(&mut self) -> io::Result<After> {
        while self.try_fill()?.is_some_and(|count| count > 0) {}
        SockRef::from(&*self.stream).set_linger(Some(Duration::ZERO))?;
        Ok(After::Drop)
    }

    /// Reads a whole request and takes it out of the input.
    async fn request(&mut self) -> io::Result<Bytes> {
        loop {
            if let Some(length) = self.request_length() {
                let request = self.input.split_to(length).freeze();
                if !self.input.is_empty() {
                    self.shared.note(|exchange| exchange.beyond = true);
                }
                return Ok(request);
            }
            if self.fill().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Reads a whole request and has the sandbox respond to it.
    async fn applied(&mut self) -> io::Result<Response> {
        let request = self.request().await?;
        let address = self.shared.sandbox.lock().unwrap().as_ref().unwrap().0;
        let mut upstream = TcpStream::connect(address).await?;
        // A reset leaves no address in use behind.
        SockRef::from(&upstream).set_linger(Some(Duration::ZERO))?;
        upstream.write_all(&request).await?;
        let line = request.split(|byte| *byte == b'\r').next();
        let line = String::from_utf8_lossy(line.unwrap_or_default()).into_owned();
        self.shared.note(|exchange| exchange.forwarded.push(line));
        Response::read(&mut upstream).await
    }

    /// The length of the request in the input, once it is whole.
    fn request_length(&self) -> Option<usize> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        let head = match request.parse(&self.input) {
            Ok(httparse::Status::Complete(head)) => head,
            _ => return None,
        };
        let whole = head + content_length(request.headers).unwrap_or(0);
        (self.input.len() >= whole).then_some(whole)
    }

    /// Reads what is there: how many bytes, zero at the end, or `None`.
    fn try_fill(&mut self) -> io::Result<Option<usize>> {
        let mut buffer = [0; 16 * 1024];
        match self.stream.try_read(&mut buffer) {
            Ok(count) => {
                self.input.extend_from_slice(&buffer[..count]);
                self.shared.note(|exchange| exchange.arrived += count);
                Ok(Some(count))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn fill(&mut self) -> io::Result<usize> {
        loop {
            self.stream.readable().await?;
            if let Some(count) = self.try_fill()? {
                return Ok(count);
            }
        }
    }

    async fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            self.stream.writable().await?;
            match self.stream.try_write(bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// A response that is made here.
fn message(status: u16, kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Has the sandbox respond to a request whose sender is gone.
pub(super) fn forward(address: SocketAddr, request: &[u8]) -> io::Result<()> {
    let mut upstream = std::net::TcpStream::connect(address)?;
    SockRef::from(&upstream).set_linger(Some(Duration::ZERO))?;
    upstream.write_all(request)?;
    // Once it responds, it is done.
    match upstream.read(&mut [0])? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

/// A response of the sandbox.
struct Response {
    bytes: Vec<u8>,
    /// The length of its head.
    head: usize,
}

impl Response {
    async fn read(upstream: &mut TcpStream) -> io::Result<Self> {
        let mut bytes = Vec::new();
        loop {
            if upstream.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let mut headers = [httparse::EMPTY_HEADER; 64];
            let mut response = httparse::Response::new(&mut headers);
            if let Ok(httparse::Status::Complete(head)) = response.parse(&bytes) {
                let length = content_length(response.headers).unwrap_or(0);
                if bytes.len() >= head + length {
                    return Ok(Self { bytes, head });
                }
            }
        }
    }
}

fn content_length(headers: &[httparse::Header<'_>]) -> Option<usize> {
    let is_length =
        |header: &&httparse::Header<'_>| header.name.eq_ignore_ascii_case("content-length");
    let length = headers.iter().find(is_length)?;
    std::str::from_utf8(length.value).ok()?.parse().ok()
}
