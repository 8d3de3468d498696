//! A peer on a real socket, in threads of its own.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::{HandshakeKind, ServerConfig, ServerConnection, StreamOwned};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How long anything that must happen may take, on any machine: no limit of an
/// exchange that is under test is near.
pub(super) const SOON: Duration = Duration::from_secs(60);

/// What a peer does on one connection.
pub(super) type Script = Box<dyn FnOnce(Socket) + Send>;

pub(super) fn script(script: impl FnOnce(Socket) + Send + 'static) -> Script {
    Box::new(script)
}

/// Responds to every request that comes with `response`, until the client closes.
pub(super) fn responding(response: &'static [u8]) -> Script {
    script(move |mut socket| {
        while socket.try_read_request().is_some() {
            socket.write(response);
        }
    })
}

/// Takes one connection after the other, each with the next script.
pub(super) struct Peer {
    address: SocketAddr,
    result: oneshot::Receiver<thread::Result<TcpListener>>,
}

impl Peer {
    pub(super) fn with(scripts: impl IntoIterator<Item = Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let scripts: Vec<Script> = scripts.into_iter().collect();
        let (send, result) = oneshot::channel();
        thread::spawn(move || {
            let running: Vec<JoinHandle<()>> = scripts
                .into_iter()
                .map(|script| {
                    let (stream, _) = listener.accept().unwrap();
                    thread::spawn(move || script(Socket::new(stream)))
                })
                .collect();
            let ended: thread::Result<()> = running.into_iter().try_for_each(JoinHandle::join);
            let _ = send.send(ended.map(|()| listener));
        });
        Self { address, result }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Waits for all scripts; one connection more than scripts is a failure.
    pub(super) async fn done(self) {
        let ended = timeout(SOON, self.result).await;
        let listener = ended.expect("every script must end").unwrap();
        let listener = listener.expect("no script may panic");
        listener.set_nonblocking(true).unwrap();
        assert!(listener.accept().is_err(), "a connection too many");
    }
}

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// One connection as the peer sees it.
pub(super) struct Socket {
    tcp: TcpStream,
    stream: Box<dyn Stream>,
    unread: Vec<u8>,
    /// Whether a session of TLS was taken up again.
    pub(super) resumed: bool,
}

/// A request as it came.
pub(super) struct Seen {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Socket {
    fn new(tcp: TcpStream) -> Self {
        tcp.set_read_timeout(Some(SOON)).unwrap();
        tcp.set_nodelay(true).unwrap();
        let stream = Box::new(tcp.try_clone().unwrap());
        Self {
            tcp,
            stream,
            unread: Vec::new(),
            resumed: false,
        }
    }

    /// Does the TLS handshake as a server.
    pub(super) fn secure(self, config: &Arc<ServerConfig>) -> io::Result<Self> {
        let stream = self.handshake(config)?;
        Ok(Self {
            resumed: stream.conn.handshake_kind() == Some(HandshakeKind::Resumed),
            stream: Box::new(stream),
            ..self
        })
    }

    /// Does the TLS handshake, and gives the session for what an HTTP peer does not do.
    pub(super) fn handshake(
        &self,
        config: &Arc<ServerConfig>,
    ) -> io::Result<StreamOwned<ServerConnection, TcpStream>> {
        let session = ServerConnection::new(config.clone()).unwrap();
        let mut stream = StreamOwned::new(session, self.tcp.try_clone().unwrap());
        while stream.conn.is_handshaking() {
            let result = stream.conn.complete_io(&mut stream.sock);
            if let Err(error) = result {
                let _ = stream.conn.write_tls(&mut stream.sock);
                return Err(error);
            }
        }
        Ok(stream)
    }

    /// So that what is not read stays with the client.
    pub(super) fn keep_window_small(&self) {
        let socket = socket2::SockRef::from(&self.tcp);
        socket.set_recv_buffer_size(64 * 1024).unwrap();
    }

    pub(super) fn read_head(&mut self) -> String {
        self.try_read_head().expect("a request")
    }

    pub(super) fn try_read_head(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.unread.windows(4).position(|at| at == b"\r\n\r\n") {
                let rest = self.unread.split_off(end + 4);
                let head = std::mem::replace(&mut self.unread, rest);
                return Some(String::from_utf8(head).unwrap());
            }
            let mut buffer = [0; 16 * 1024];
            match self.stream.read(&mut buffer) {
                Ok(0) | Err(_) => return None,
                Ok(read) => self.unread.extend_from_slice(&buffer[..read]),
            }
        }
    }

    pub(super) fn read_request(&mut self) -> Seen {
        self.try_read_request().expect("a request")
    }

    pub(super) fn try_read_request(&mut self) -> Option<Seen> {
        let head = self.try_read_head()?;
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |value| value.parse().unwrap());
        let mut body = std::mem::take(&mut self.unread);
        if body.len() < length {
            let read = body.len();
            body.resize(length, 0);
            self.stream.read_exact(&mut body[read..]).ok()?;
        }
        self.unread = body.split_off(length);
        Some(Seen { head, body })
    }

    pub(super) fn read_exact(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.unread);
        let read = bytes.len();
        bytes.resize(length, 0);
        self.stream.read_exact(&mut bytes[read..]).unwrap();
        bytes
    }

    /// Some of what comes; nothing once the client has closed.
    pub(super) fn try_read(&mut self) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.unread);
        if bytes.is_empty() {
            bytes.resize(16 * 1024, 0);
            let read = self.stream.read(&mut bytes).unwrap_or(0);
            bytes.truncate(read);
        }
        bytes
    }

    /// Everything that comes until the client closes.
    pub(super) fn read_to_close(&mut self) -> Vec<u8> {
        let mut all = std::mem::take(&mut self.unread);
        match self.stream.read_to_end(&mut all) {
            Err(error) if is_timeout(&error) => panic!("the client must close"),
            _ => all,
        }
    }

    /// Asserts that the client closes.
    pub(super) fn expect_close(&mut self) {
        self.read_to_close();
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        // A client that has left is what some scripts wait for.
        self.try_write(bytes);
    }

    /// Whether the client still listens.
    pub(super) fn try_write(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok() && self.stream.flush().is_ok()
    }

    /// Says that nothing more will come, and goes on listening.
    pub(super) fn end(&mut self) {
        self.tcp.shutdown(Shutdown::Write).unwrap();
    }

    /// Closes with a reset in place of an orderly end.
    pub(super) fn reset(self) {
        socket2::SockRef::from(&self.tcp)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}
