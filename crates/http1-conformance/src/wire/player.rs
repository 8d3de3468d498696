//! Plays one script on one connection.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::ops::ControlFlow::{self, Break, Continue};
use std::thread;
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes, BytesMut};
use socket2::SockRef;

use super::gate::Gate;
use super::log::{Log, What};
use super::message::{Request, asks_to_close, head_length, is_whole_response};
use super::script::Step;
use super::table::Table;
use super::tls::{Session, Tls};

/// What is written at once.
const SEGMENT: usize = 64 * 1024;

/// How much of a response is kept to see where it ends.
const KEPT: usize = 64 * 1024;

/// What looking at the table of sockets may cost on one connection. The table is long on some
/// machines.
const PEEKS: Duration = Duration::from_secs(1);

/// Longer than a segment takes to the other end of the loopback interface. Where it is not, the
/// kernel may join two.
const ON_ITS_WAY: Duration = Duration::from_millis(2);

pub(super) struct Player<'a> {
    stream: &'a TcpStream,
    log: &'a Log,
    connection: usize,
    /// Bytes that came and that no step has taken.
    pending: BytesMut,
    /// The head of the request whose body comes next.
    head: Bytes,
    /// What was sent since then, if it is not much.
    sent: BytesMut,
    /// Whether it closes when a request asks for that.
    closes: bool,
    /// What may yet be spent on looking whether the client has read.
    peeks_left: Duration,
    /// Opened when a peer that stopped reading is to go on.
    read_on: &'a Gate,
    tls: Option<Session>,
}

impl<'a> Player<'a> {
    pub(super) fn new(
        stream: &'a TcpStream,
        log: &'a Log,
        connection: usize,
        read_on: &'a Gate,
        tls: Option<&Tls>,
    ) -> Self {
        Self {
            stream,
            log,
            connection,
            pending: BytesMut::new(),
            head: Bytes::new(),
            sent: BytesMut::new(),
            closes: true,
            peeks_left: PEEKS,
            read_on,
            tls: tls.and_then(Session::new),
        }
    }

    /// Plays the steps, and reads on until the client closes.
    pub(super) fn play(mut self, steps: &[Step]) {
        if self.play_all(steps).is_continue() {
            self.close_if_asked();
            while self.read_more().is_continue() {}
        }
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
            Step::Write(bytes) => self.write(bytes)?,
            Step::WriteEach(bytes, per_segment) => {
                for segment in bytes.chunks((*per_segment).max(1)) {
                    self.write(&bytes.slice_ref(segment))?;
                    self.until_read();
                }
            }
            Step::UntilRead => self.until_read(),
            Step::Gate(gate) => {
                self.record(What::AtGate(gate.name()));
                gate.pass();
                self.record(What::PassedGate(gate.name()));
            }
            Step::Echo => {
                let target = target_of(&self.head);
                let response = format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{target}",
                    target.len()
                );
                self.write(&Bytes::from(response))?;
            }
            Step::Pause(duration) => thread::sleep(*duration),
            Step::RenewKeys => {
                if let Some(tls) = &mut self.tls {
                    tls.renew_keys(self.stream);
                }
            }
            Step::Alert(code) => {
                self.alert(*code);
                return Break(());
            }
            Step::HalfClose | Step::Cut => {
                if let (Some(tls), Step::HalfClose) = (&mut self.tls, step) {
                    tls.close(self.stream);
                }
                // It fails only when the client is gone, which reading will show.
                let _ = self.stream.shutdown(Shutdown::Write);
                self.record(What::HalfClosed);
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
                self.read_on.pass();
            }
            Step::Relay(to) => {
                // Whichever end closes, the client has seen the end of its connection.
                let _ = self.relay(*to);
                self.record(What::ClientClosed);
                return Break(());
            }
            Step::ExpectClientClose(within) => self.expect_client_close(*within)?,
            Step::ExpectOpen(so_long) => self.expect_open(*so_long),
            Step::StayOpen => self.closes = false,
            Step::Repeat(steps) => loop {
                self.play_all(steps)?;
            },
        }
        Continue(())
    }

    /// Ends the session with an alert, and waits for the client to close.
    fn alert(&mut self, code: u8) {
        let mut stream = self.stream;
        let session = self.tls.take();
        if let Some(record) = session.and_then(|session| session.fatal_alert(code))
            && stream.write_all(&record).is_ok()
        {
            self.record(What::Alerted(code));
        }
        let _ = stream.shutdown(Shutdown::Write);
        // Closed with bytes unread, the connection would be reset, and the alert lost.
        let _ = io::copy(&mut stream, &mut io::sink());
        self.record(What::ClientClosed);
    }

    /// Ends the connection after the response to a request that says `close`, as a server does
    /// (RFC 9112 §9.6). Some clients say so, and then read to the end of the connection.
    fn close_if_asked(&mut self) {
        let to_head = self.head.starts_with(b"HEAD ");
        let sent = self.sent.split().freeze();
        if self.closes && asks_to_close(&self.head) && is_whole_response(&sent, to_head) {
            let _ = self.play_one(&Step::HalfClose);
        }
    }

    fn read_head(&mut self) -> ControlFlow<()> {
        self.close_if_asked();
        loop {
            if let Some(length) = head_length(&self.pending) {
                self.head = self.pending.split_to(length).freeze();
                return Continue(());
            }
            self.read_more()?;
        }
    }

    fn read_body(&mut self) -> ControlFlow<()> {
        if let Some(length) = Request::announced_length(&self.head) {
            while self.pending.len() < length {
                self.read_more()?;
            }
            self.pending.advance(length);
            return Continue(());
        }
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
            Some(tls) => tls.read(stream, &mut buffer)?,
            None => stream.read(&mut buffer)?,
        };
        let bytes = Bytes::copy_from_slice(buffer.get(..count).unwrap_or_default());
        if count > 0 {
            self.pending.extend_from_slice(&bytes);
            self.record(What::Received(bytes));
        }
        Ok(count)
    }

    /// Where that costs too much, or the system has no table of its sockets, a moment has to
    /// do. Then the kernel may join segments, which makes it easier for the client.
    fn until_read(&mut self) {
        let (Ok(here), Ok(there)) = (self.stream.local_addr(), self.stream.peer_addr()) else {
            return;
        };
        let begin = Instant::now();
        while begin.elapsed() < self.peeks_left {
            let Some(table) = Table::read() else { break };
            let arrived = table.socket(here, there);
            let read = table.socket(there, here);
            // The client's system may keep an acknowledgment back for tens of milliseconds.
            let has_arrived = arrived.is_none_or(|socket| socket.unacknowledged == 0)
                || begin.elapsed() >= ON_ITS_WAY;
            if has_arrived && read.is_none_or(|socket| socket.unread == 0) {
                self.peeks_left -= begin.elapsed().min(self.peeks_left);
                return;
            }
            thread::yield_now();
        }
        self.peeks_left = Duration::ZERO;
        thread::sleep(Duration::from_millis(1));
    }

    fn write(&mut self, bytes: &Bytes) -> ControlFlow<()> {
        let mut rest = bytes.clone();
        while !rest.is_empty() {
            let segment = rest.slice(..rest.len().min(SEGMENT));
            let mut stream = self.stream;
            let written = match &mut self.tls {
                Some(tls) => tls.write(stream, &segment),
                None => stream.write(&segment),
            };
            match written {
                Ok(count) if count > 0 => {
                    let sent = rest.split_to(count);
                    if self.sent.len() < KEPT {
                        self.sent.extend_from_slice(&sent);
                    }
                    self.record(What::Sent(sent));
                }
                Ok(_) | Err(_) => {
                    self.record(What::ClientReset);
                    return Break(());
                }
            }
        }
        Continue(())
    }

    fn relay(&mut self, to: SocketAddr) -> io::Result<()> {
        let (mut here, there) = (self.stream, TcpStream::connect(to)?);
        there.set_nodelay(true)?;
        (&there).write_all(&self.pending)?;
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut here = self.stream;
                let _ = io::copy(&mut &there, &mut here);
                let _ = here.shutdown(Shutdown::Both);
            });
            let _ = io::copy(&mut here, &mut &there);
            let _ = there.shutdown(Shutdown::Both);
        });
        Ok(())
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

    fn expect_open(&mut self, so_long: Duration) {
        let until = Instant::now() + so_long;
        while let Some(read) = self.receive_until(until) {
            if matches!(read, Ok(0) | Err(_)) {
                let text = "the client keeps its direction open until it has the response";
                self.record(What::Unmet(text.to_owned()));
                return;
            }
        }
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
