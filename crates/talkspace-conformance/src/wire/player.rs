//! Plays one script on one connection.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::ops::ControlFlow::{self, Break, Continue};
use std::thread;
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes, BytesMut};
use rustls::ServerConnection;
use socket2::SockRef;

use super::log::{Log, What};
use super::message::{Request, head_length};
use super::script::Step;
use super::tls::Tls;

/// What becomes of the socket after the last step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// The peer closes it.
    Close,
    /// It stays open, unread, until the peer stops.
    Keep,
}

pub(super) struct Player<'a> {
    stream: &'a TcpStream,
    log: &'a Log,
    connection: usize,
    /// Bytes that came and that no step has taken.
    pending: BytesMut,
    /// The head of the request whose body comes next.
    head: Bytes,
    reading: bool,
    tls: Option<ServerConnection>,
}

impl<'a> Player<'a> {
    pub(super) fn new(
        stream: &'a TcpStream,
        log: &'a Log,
        connection: usize,
        tls: Option<&Tls>,
    ) -> Self {
        Self {
            stream,
            log,
            connection,
            pending: BytesMut::new(),
            head: Bytes::new(),
            reading: true,
            tls: tls.and_then(|tls| ServerConnection::new(tls.0.clone()).ok()),
        }
    }

    pub(super) fn play(mut self, steps: &[Step]) -> After {
        if self.play_all(steps).is_break() {
            return After::Close;
        }
        if !self.reading {
            return After::Keep;
        }
        while self.read_more().is_continue() {}
        After::Close
    }

    fn play_all(&mut self, steps: &[Step]) -> ControlFlow<()> {
        steps.iter().try_for_each(|step| self.play_one(step))
    }

    /// Plays a step; breaks when the connection is over.
    fn play_one(&mut self, step: &Step) -> ControlFlow<()> {
        match step {
            Step::ReadHead => self.read_head()?,
            Step::ReadBody => self.read_body()?,
            Step::ReadExact(count) => {
                while self.pending.len() < *count {
                    self.read_more()?;
                }
                self.pending.advance(*count);
            }
            Step::Write(bytes) => self.write(bytes, 64 * 1024)?,
            Step::WriteEach(bytes, per_segment) => self.write(bytes, *per_segment)?,
            Step::Gate(gate) => {
                self.record(What::AtGate(gate.name()));
                gate.pass();
                self.record(What::PassedGate(gate.name()));
            }
            Step::Echo => {
                let target = target_of(&self.head);
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{target}",
                    target.len()
                );
                self.write(&Bytes::from(answer), usize::MAX)?;
            }
            Step::Pause(duration) => thread::sleep(*duration),
            Step::HalfClose | Step::Cut => {
                self.record(What::HalfClosed);
                if let (Some(tls), Step::HalfClose) = (&mut self.tls, step) {
                    tls.send_close_notify();
                    let _ = tls.write_tls(&mut &*self.stream);
                }
                // It fails only when the client is gone, which reading will show.
                let _ = self.stream.shutdown(Shutdown::Write);
            }
            Step::Close => {
                self.record(What::Closed);
                return Break(());
            }
            Step::Reset => {
                self.record(What::Reset);
                // Closing with a linger of zero sends RST in place of FIN.
                let _ = SockRef::from(self.stream).set_linger(Some(Duration::ZERO));
                return Break(());
            }
            Step::StopReading => {
                self.record(What::StoppedReading);
                self.reading = false;
            }
            Step::ExpectClientClose(within) => self.expect_client_close(*within)?,
            Step::ExpectSilence(during) => self.expect_silence(*during)?,
            Step::Repeat(steps) => loop {
                self.play_all(steps)?;
            },
        }
        Continue(())
    }

    fn read_head(&mut self) -> ControlFlow<()> {
        loop {
            if let Some(length) = head_length(&self.pending) {
                self.head = self.pending.split_to(length).freeze();
                return Continue(());
            }
            self.read_more()?;
        }
    }

    fn read_body(&mut self) -> ControlFlow<()> {
        loop {
            let mut message = BytesMut::from(&*self.head);
            message.extend_from_slice(&self.pending);
            let (request, taken) = Request::parse(&message.freeze());
            if request.whole {
                self.pending.advance(taken - self.head.len());
                return Continue(());
            }
            self.read_more()?;
        }
    }

    fn read_more(&mut self) -> ControlFlow<()> {
        match self.receive() {
            Ok(0) => {
                self.record(What::ClientClosed);
                Break(())
            }
            Ok(_) => Continue(()),
            Err(_) => {
                self.record(What::ClientReset);
                Break(())
            }
        }
    }

    fn receive(&mut self) -> io::Result<usize> {
        let mut buffer = [0; 16 * 1024];
        let mut stream = self.stream;
        let count = match &mut self.tls {
            Some(tls) => rustls::Stream::new(tls, &mut stream).read(&mut buffer)?,
            None => stream.read(&mut buffer)?,
        };
        let bytes = Bytes::copy_from_slice(buffer.get(..count).unwrap_or_default());
        if count > 0 {
            self.pending.extend_from_slice(&bytes);
            self.record(What::Received(bytes));
        }
        Ok(count)
    }

    fn write(&mut self, bytes: &Bytes, per_segment: usize) -> ControlFlow<()> {
        let mut rest = bytes.clone();
        while !rest.is_empty() {
            let segment = rest.slice(..rest.len().min(per_segment.max(1)));
            let mut stream = self.stream;
            let written = match &mut self.tls {
                Some(tls) => {
                    let mut tls = rustls::Stream::new(tls, &mut stream);
                    tls.write(&segment)
                        .and_then(|count| tls.flush().map(|()| count))
                }
                None => stream.write(&segment),
            };
            match written {
                Ok(count) if count > 0 => self.record(What::Sent(rest.split_to(count))),
                Ok(_) | Err(_) => {
                    self.record(What::ClientReset);
                    return Break(());
                }
            }
        }
        Continue(())
    }

    fn expect_client_close(&mut self, within: Duration) -> ControlFlow<()> {
        let until = Instant::now() + within;
        loop {
            match self.receive_until(until) {
                Some(Ok(0)) => {
                    self.record(What::ClientClosed);
                    return Break(());
                }
                Some(Ok(_)) => {}
                Some(Err(_)) => {
                    self.record(What::ClientReset);
                    return Break(());
                }
                None => {
                    let text = format!("the client closes the connection within {within:?}");
                    self.record(What::Unmet(text));
                    return Continue(());
                }
            }
        }
    }

    fn expect_silence(&mut self, during: Duration) -> ControlFlow<()> {
        let flow = match self.receive_until(Instant::now() + during) {
            None => return Continue(()),
            Some(Ok(0)) => {
                self.record(What::ClientClosed);
                Break(())
            }
            Some(Ok(_)) => Continue(()),
            Some(Err(_)) => {
                self.record(What::ClientReset);
                Break(())
            }
        };
        let text = format!("the client is silent and stays connected for {during:?}");
        self.record(What::Unmet(text));
        flow
    }

    /// Reads once; `None` when nothing came in time.
    fn receive_until(&mut self, until: Instant) -> Option<io::Result<usize>> {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        let _ = self.stream.set_read_timeout(Some(left));
        let result = self.receive();
        let _ = self.stream.set_read_timeout(None);
        match result {
            Err(error) if is_timeout(&error) => None,
            result => Some(result),
        }
    }

    fn record(&self, what: What) {
        self.log.record(self.connection, what);
    }
}

fn target_of(head: &[u8]) -> String {
    let target = head.split(|byte| *byte == b' ').nth(1);
    String::from_utf8_lossy(target.unwrap_or_default()).into_owned()
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}
