//! Sends every client the same response, as quickly as it can: one thread, a
//! readiness queue, and no more of HTTP than where a request ends.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read as _, Write as _};

use bench::{Outcome, work};
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

/// Larger than any request of the benchmark.
const ROOM: usize = 4096;
const LISTENER: Token = Token(usize::MAX);

struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

fn main() -> Outcome<()> {
    let response = format!(
        "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
        work::RESPONSE.len(),
        work::RESPONSE
    );
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(1024);
    let mut listener = TcpListener::bind("127.0.0.1:0".parse()?)?;
    poll.registry()
        .register(&mut listener, LISTENER, Interest::READABLE)?;
    writeln!(
        io::stdout(),
        "listening on http://{}",
        listener.local_addr()?
    )?;
    io::stdout().flush()?;

    let mut connections = HashMap::new();
    let mut next = 0;
    loop {
        match poll.poll(&mut events, None) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error.into()),
            _ => {}
        }
        for event in &events {
            let token = event.token();
            if token == LISTENER {
                accept(&listener, &poll, &mut connections, &mut next)?;
            } else if let Some(connection) = connections.get_mut(&token) {
                // Whatever goes wrong with a connection is the end of it.
                if !serve(connection, response.as_bytes()).unwrap_or(false) {
                    connections.remove(&token);
                }
            }
        }
    }
}

fn accept(
    listener: &TcpListener,
    poll: &Poll,
    connections: &mut HashMap<Token, Connection>,
    next: &mut usize,
) -> io::Result<()> {
    loop {
        let mut stream = match listener.accept() {
            Ok((stream, _)) => stream,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        };
        stream.set_nodelay(true)?;
        let token = Token(*next);
        *next += 1;
        poll.registry()
            .register(&mut stream, token, Interest::READABLE)?;
        let received = Vec::with_capacity(ROOM);
        connections.insert(token, Connection { stream, received });
    }
}

/// Reads what has come and responds to each whole request; whether there may be
/// more. A response fits the socket's buffer, so that writing never waits.
fn serve(connection: &mut Connection, response: &[u8]) -> io::Result<bool> {
    let mut chunk = [0; ROOM];
    loop {
        match connection.stream.read(&mut chunk) {
            Ok(0) => return Ok(false),
            Ok(count) => {
                let chunk = chunk.get(..count).unwrap_or_default();
                connection.received.extend_from_slice(chunk);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        while let Some(length) = whole_request(&connection.received) {
            connection.received.drain(..length);
            connection.stream.write_all(response)?;
        }
    }
}

/// The length of the first request, if all of it is there.
fn whole_request(received: &[u8]) -> Option<usize> {
    let head = received.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let length = received
        .get(..head)?
        .split(|byte| *byte == b'\n')
        .find_map(content_length)?;
    let whole = head + length;
    (received.len() >= whole).then_some(whole)
}

fn content_length(line: &[u8]) -> Option<usize> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at(colon);
    if !name.eq_ignore_ascii_case(b"content-length") {
        return None;
    }
    std::str::from_utf8(value.get(1..)?)
        .ok()?
        .trim()
        .parse()
        .ok()
}
