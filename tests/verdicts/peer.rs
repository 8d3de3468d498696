//! A peer that serves one odd response, and an ordinary one to the next request.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use crate::table::Row;

const ORDINARY: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

pub(crate) struct Peer {
    address: SocketAddr,
    /// Whether the second request came over the first connection.
    reused: mpsc::Receiver<bool>,
    thread: JoinHandle<()>,
}

impl Peer {
    pub(crate) fn serving(row: &Row) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (bytes, closes) = (row.bytes.clone(), row.closes);
        let (send, reused) = mpsc::channel();
        let thread = thread::spawn(move || {
            let (mut first, _) = listener.accept().unwrap();
            first.set_nodelay(true).unwrap();
            assert!(read_head(&mut first), "a request");
            // A client that rejects what it has read may have closed the connection.
            let _ = first.write_all(&bytes);
            let is_reused = !closes && {
                let again = read_head(&mut first);
                if again {
                    first.write_all(ORDINARY).unwrap();
                }
                again
            };
            drop(first);
            if !closes && !is_reused {
                let (mut second, _) = listener.accept().unwrap();
                assert!(read_head(&mut second), "a second request");
                second.write_all(ORDINARY).unwrap();
            }
            let _ = send.send(is_reused);
        });
        Self {
            address,
            reused,
            thread,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// To be read after the second exchange.
    pub(crate) fn was_reused(self) -> bool {
        let reused = self.reused.recv();
        self.thread.join().unwrap();
        reused.unwrap()
    }
}

/// Reads a request without a body; false when the client has closed the connection.
fn read_head(socket: &mut TcpStream) -> bool {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.ends_with(b"\r\n\r\n") {
        match socket.read(&mut buffer) {
            Ok(0) | Err(_) => return false,
            Ok(read) => head.extend_from_slice(&buffer[..read]),
        }
    }
    true
}
