//! How bytes get in and out of a connection, plain or through TLS.

use std::io::{self, IoSlice, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use rustls::{ClientConnection, ProtocolVersion};
use talkspace_net::gather::gather;
use talkspace_net::tls::{ends_handshake, explained, is_tls};

use crate::connector::Stream;
use crate::error::is_wait;

/// How much is read at once: a whole record of TLS.
const READ_SIZE: usize = 16 * 1024;
/// And without TLS, once that much was there.
const LARGE_READ_SIZE: usize = 32 * 1024;

/// How often an idle connection is read from while nothing comes but what is for
/// TLS alone. rustls reads 4 KiB at once, and servers send two session tickets
/// of some hundred bytes.
const READS_FOR_TLS: usize = 4;

/// A connection whose every step does at most one wait, of a given length.
pub(crate) struct Wire {
    socket: Socket,
    tls: Option<Box<ClientConnection>>,
    /// What was read and not used yet.
    pub(crate) input: BytesMut,
    /// When something was last read.
    read_at: Instant,
    /// Whether the peer ever sent anything but what is for TLS alone.
    heard: bool,
    /// Whether the peer ended the handshake, though this side was done with it.
    rejected: bool,
    scratch: Vec<u8>,
}

impl Wire {
    pub(crate) fn new(stream: Arc<dyn Stream>) -> Self {
        Self {
            socket: Socket {
                stream,
                read_timeout: None,
                write_timeout: None,
                written: 0,
                waits: true,
            },
            tls: None,
            input: BytesMut::new(),
            read_at: Instant::now(),
            heard: false,
            rejected: false,
            scratch: vec![0; READ_SIZE],
        }
    }

    pub(crate) fn stream(&self) -> &Arc<dyn Stream> {
        &self.socket.stream
    }

    /// The local and the remote end, if it is a TCP socket.
    pub(crate) fn ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        let stream = self.stream().as_tcp()?;
        Some((stream.local_addr().ok()?, stream.peer_addr().ok()?))
    }

    /// How many bytes were handed to the system so far, TLS and all.
    pub(crate) fn written(&self) -> u64 {
        self.socket.written
    }

    /// Begins TLS; [`handshake`](Self::handshake) then goes on with it.
    pub(crate) fn start_tls(&mut self, tls: ClientConnection) {
        self.tls = Some(Box::new(tls));
    }

    /// Does one step of the handshake. False when there is none left.
    pub(crate) fn handshake(&mut self, wait: Duration) -> io::Result<bool> {
        let Some(tls) = self.tls.as_deref_mut() else {
            return Ok(false);
        };
        if tls.wants_write() {
            self.socket.set_write_timeout(wait)?;
            tls.write_tls(&mut self.socket)?;
        } else if tls.is_handshaking() {
            self.socket.set_read_timeout(wait)?;
            if receive(tls, &mut self.socket)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(tls.is_handshaking() || tls.wants_write())
    }

    /// Reads into [`input`](Self::input): how many bytes, zero at a clean end,
    /// or `None` when what arrived was for TLS alone.
    pub(crate) fn read(&mut self, wait: Duration) -> io::Result<Option<usize>> {
        self.socket.set_read_timeout(wait)?;
        self.read_some()
    }

    /// As [`read`](Self::read), of what is there already.
    pub(crate) fn read_now(&mut self) -> io::Result<Option<usize>> {
        self.socket.waits = false;
        let read = self.read_some();
        self.socket.waits = true;
        read
    }

    fn read_some(&mut self) -> io::Result<Option<usize>> {
        let read = match self.tls.as_deref_mut() {
            None => self.socket.read(&mut self.scratch)?,
            Some(tls) => {
                let mut read = tls.reader().read(&mut self.scratch);
                if read.as_ref().is_err_and(is_wait) {
                    if let Err(error) = receive(tls, &mut self.socket) {
                        // Later than the handshake, it is about a request (RFC 8446 §4.4.4).
                        self.rejected = !self.heard
                            && tls.protocol_version() == Some(ProtocolVersion::TLSv1_3)
                            && ends_handshake(&error);
                        return Err(error);
                    }
                    read = tls.reader().read(&mut self.scratch);
                }
                match read {
                    Err(error) if is_wait(&error) => return Ok(None),
                    read => read?,
                }
            }
        };
        self.read_at = Instant::now();
        self.heard |= read > 0;
        self.input
            .extend_from_slice(self.scratch.get(..read).unwrap_or_default());
        if self.tls.is_none() && read == READ_SIZE {
            self.scratch.resize(LARGE_READ_SIZE, 0);
        }
        Ok(Some(read))
    }

    /// Whether no request that was written can have been read.
    pub(crate) fn is_rejected(&self) -> bool {
        self.rejected
    }

    /// The reason why the peer ended the connection, if it gave one.
    pub(crate) fn last_words(&mut self) -> Option<io::Error> {
        self.read_now().err().filter(is_tls)
    }

    /// Takes bytes from the start of `bytes` to send them, and says how many.
    /// They are out once nothing is [`pending`](Self::pending).
    pub(crate) fn write(&mut self, bytes: &[u8], wait: Duration) -> io::Result<usize> {
        self.socket.set_write_timeout(wait)?;
        let Some(tls) = self.tls.as_deref_mut() else {
            return self.socket.write(bytes);
        };
        let taken = if tls.wants_write() {
            0
        } else {
            tls.writer().write(bytes)?
        };
        match tls.write_tls(&mut self.socket) {
            // What was taken is no longer the caller's. A socket that is
            // broken will say so again.
            Err(_) if taken > 0 => Ok(taken),
            Err(error) => Err(error),
            Ok(_) => Ok(taken),
        }
    }

    /// Whether bytes that were taken have yet to be sent.
    pub(crate) fn pending(&self) -> bool {
        self.tls.as_deref().is_some_and(|tls| tls.wants_write())
    }

    /// When the peer was last heard.
    pub(crate) fn read_at(&self) -> Instant {
        self.read_at
    }

    /// Whether the peer said nothing, neither data nor FIN or close_notify. What is
    /// for TLS alone, as session tickets are, says nothing; but who sends it
    /// without end must not hold the caller.
    pub(crate) fn is_quiet(&mut self) -> bool {
        for _ in 0..READS_FOR_TLS {
            match self.read_now() {
                Ok(None) => {}
                Ok(Some(_)) => return false,
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            }
        }
        false
    }
}

/// Reads from the socket once and decrypts what came.
fn receive(tls: &mut ClientConnection, socket: &mut Socket) -> io::Result<usize> {
    let read = tls.read_tls(socket)?;
    if let Err(error) = tls.process_new_packets() {
        // The peer gets to know why, if it still listens.
        let _ = tls.write_tls(socket);
        let error = io::Error::new(io::ErrorKind::InvalidData, error);
        return Err(explained(error));
    }
    Ok(read)
}

/// A socket that counts, and that sets only those timeouts that have changed.
struct Socket {
    stream: Arc<dyn Stream>,
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
    written: u64,
    /// Whether a read waits for bytes.
    waits: bool,
}

impl Socket {
    fn set_read_timeout(&mut self, wait: Duration) -> io::Result<()> {
        if self.read_timeout != Some(wait) {
            self.stream.set_read_timeout(wait)?;
            self.read_timeout = Some(wait);
        }
        Ok(())
    }

    fn set_write_timeout(&mut self, wait: Duration) -> io::Result<()> {
        if self.write_timeout != Some(wait) {
            self.stream.set_write_timeout(wait)?;
            self.write_timeout = Some(wait);
        }
        Ok(())
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.waits {
            true => self.stream.read(buffer),
            false => self.stream.read_now(buffer),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.stream.write(bytes)?;
        if written == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.written += written as u64;
        Ok(written)
    }

    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        self.write(&gather(buffers))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
