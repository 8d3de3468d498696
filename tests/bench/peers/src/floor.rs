//! The least there is: a request that was written before, over a socket.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use bench::{Outcome, work};

use crate::created;

/// A connection that sends one request again and again.
#[derive(Debug)]
pub struct Floor {
    stream: TcpStream,
    request: Vec<u8>,
    received: [u8; 4096],
}

impl Floor {
    /// Connects.
    ///
    /// # Errors
    ///
    /// When no server listens there.
    pub fn connect(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let request = format!(
            "POST {} HTTP/1.1\r\nhost: {address}\r\n\
             content-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{}",
            work::PATH,
            work::FORM.len(),
            work::FORM
        );
        Ok(Self {
            stream,
            request: request.into_bytes(),
            received: [0; 4096],
        })
    }

    /// Makes one exchange and parses the head of the response; the body, which
    /// is not read yet.
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
            let expected = head
                .headers
                .iter()
                .find(|header| header.name.eq_ignore_ascii_case("content-length"))
                .and_then(|header| std::str::from_utf8(header.value).ok()?.parse().ok())
                .unwrap_or(0);
            created(head.code.unwrap_or_default())?;
            if length >= start + expected {
                return Ok(self
                    .received
                    .get(start..start + expected)
                    .unwrap_or_default());
            }
        }
    }
}
