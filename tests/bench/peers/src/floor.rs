//! The least there is: a request that was written before, over a socket.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use bench::{Origin, Outcome, work};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::{created, expect, tls};

/// A connection that sends one request again and again.
#[derive(Debug)]
pub struct Floor {
    stream: Stream,
    address: SocketAddr,
    tls: Option<Arc<ClientConfig>>,
    request: Vec<u8>,
    received: [u8; 4096],
}

/// How much of a file is read or written at once.
const PIECE: usize = 64 * 1024;

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Secure(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Stream {
    fn connect(address: SocketAddr, tls: Option<&Arc<ClientConfig>>) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let Some(tls) = tls else {
            return Ok(Self::Plain(stream));
        };
        let name = ServerName::from(address.ip());
        let connection = ClientConnection::new(tls.clone(), name)?;
        Ok(Self::Secure(Box::new(StreamOwned::new(connection, stream))))
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes),
            Self::Secure(stream) => stream.write_all(bytes),
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Secure(stream) => stream.read(buffer),
        }
    }
}

impl Floor {
    /// Connects.
    ///
    /// # Errors
    ///
    /// When no server listens there.
    pub fn connect(origin: &Origin) -> Outcome<Self> {
        let address = origin.address;
        let tls = match &origin.root {
            Some(_) => Some(Arc::new(tls(origin)?)),
            None => None,
        };
        let request = format!(
            "POST {} HTTP/1.1\r\nhost: {address}\r\n\
             content-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{}",
            work::PATH,
            work::FORM.len(),
            work::FORM
        );
        Ok(Self {
            stream: Stream::connect(address, tls.as_ref())?,
            address,
            tls,
            request: request.into_bytes(),
            received: [0; 4096],
        })
    }

    /// Makes one exchange and parses the head of the response; the body, which
    /// is not read yet. Connects anew after a response that says `close`.
    ///
    /// # Errors
    ///
    /// When it is not the response that was expected.
    pub fn exchange(&mut self) -> Outcome<&[u8]> {
        self.stream.write_all(&self.request)?;
        let mut length = 0;
        loop {
            let room = self.received.get_mut(length..).unwrap_or_default();
            let count = self.stream.read(room)?;
            if count == 0 {
                return Err("the response ends too early".into());
            }
            length += count;
            let received = self.received.get(..length).unwrap_or_default();
            let mut headers = [httparse::EMPTY_HEADER; 16];
            let mut head = httparse::Response::new(&mut headers);
            let httparse::Status::Complete(start) = head.parse(received)? else {
                continue;
            };
            let field = |name: &str| {
                let mut fields = head.headers.iter();
                fields.find(|field| field.name.eq_ignore_ascii_case(name))
            };
            let expected = field("content-length")
                .and_then(|field| std::str::from_utf8(field.value).ok()?.parse().ok())
                .unwrap_or(0);
            let closes = field("connection").is_some();
            created(head.code.unwrap_or_default())?;
            if length >= start + expected {
                if closes {
                    self.stream = Stream::connect(self.address, self.tls.as_ref())?;
                }
                return Ok(self
                    .received
                    .get(start..start + expected)
                    .unwrap_or_default());
            }
        }
    }

    /// Takes in the file at a path, and says how many bytes it has.
    ///
    /// # Errors
    ///
    /// When it breaks off.
    pub fn download(&mut self, path: &str) -> Outcome<u64> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.address);
        self.stream.write_all(request.as_bytes())?;
        let mut piece = vec![0; PIECE];
        let mut length = 0;
        let (start, expected) = loop {
            length += self
                .stream
                .read(piece.get_mut(length..).unwrap_or_default())?;
            if let Some(head) = head(piece.get(..length).unwrap_or_default())? {
                break head;
            }
        };
        let mut received = length - start;
        while received < expected {
            match self.stream.read(&mut piece)? {
                0 => return Err("the file ends too early".into()),
                count => received += count,
            }
        }
        Ok(received as u64)
    }

    /// Sends a file.
    ///
    /// # Errors
    ///
    /// When the server does not take it.
    pub fn upload(&mut self, file: &[u8]) -> Outcome<()> {
        let request = format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n\r\n",
            work::UPLOAD_PATH,
            self.address,
            file.len()
        );
        self.stream.write_all(request.as_bytes())?;
        for piece in file.chunks(PIECE) {
            self.stream.write_all(piece)?;
        }
        let mut length = 0;
        loop {
            let room = self.received.get_mut(length..).unwrap_or_default();
            length += self.stream.read(room)?;
            let received = self.received.get(..length).unwrap_or_default();
            if let Some((start, expected)) = head(received)? {
                if length >= start + expected {
                    return Ok(());
                }
            }
        }
    }
}

/// The length of the head and of the body, once the head is whole.
fn head(received: &[u8]) -> Outcome<Option<(usize, usize)>> {
    if received.is_empty() {
        return Err("the response ends too early".into());
    }
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(start) = head.parse(received)? else {
        return Ok(None);
    };
    expect(head.code.unwrap_or_default(), 200)?;
    let mut fields = head.headers.iter();
    let length = fields.find(|field| field.name.eq_ignore_ascii_case("content-length"));
    let length = length.ok_or("no length")?;
    Ok(Some((start, std::str::from_utf8(length.value)?.parse()?)))
}
