//! Bodies of requests: exact, bounded, and honest about their failures.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use talkspace_core::transport::{BlockingTransport as _, Body, BodyPart, BodyStream};
use talkspace_core::{BodySource, CancelToken, Delivery, FailureKind};

use super::peer::{Peer, script};
use super::{fail, fetch, post, transport};

type Fault = fn() -> io::Result<usize>;

/// A source of `length` bytes which does as it is told at `fault_at`.
#[derive(Clone)]
struct Source {
    length: u64,
    fault_at: u64,
    fault: Fault,
    read_up_to: Arc<AtomicU64>,
}

impl Source {
    fn new(length: u64) -> Self {
        Self::failing(length, u64::MAX, || Ok(0))
    }

    fn failing(length: u64, fault_at: u64, fault: Fault) -> Self {
        Self {
            length,
            fault_at,
            fault,
            read_up_to: Arc::default(),
        }
    }
}

fn byte_at(offset: u64) -> u8 {
    (offset % 251) as u8
}

impl BodySource for Source {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if offset >= self.fault_at {
            return (self.fault)();
        }
        let room = buffer.len().min((self.fault_at - offset) as usize);
        for (byte, at) in buffer[..room].iter_mut().zip(offset..) {
            *byte = byte_at(at);
        }
        let end = offset + room as u64;
        self.read_up_to.fetch_max(end, Ordering::SeqCst);
        Ok(room)
    }
}

#[test]
fn a_reader_is_sent_as_it_comes_and_once() {
    let peer = Peer::with([script(|mut socket| {
        let seen = socket.read_request();
        assert!(seen.head.contains("content-length: 200002\r\n"));
        let read = seen.body.strip_prefix(b"<").unwrap();
        let read = read.strip_suffix(b">").unwrap();
        assert!(read.iter().copied().eq((0..200_000).map(byte_at)));
        socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
    })]);
    let bytes: Vec<u8> = (0..200_010).map(byte_at).collect();
    let reader = BodyStream::from_reader(io::Cursor::new(bytes), 200_000);
    let body = Body::from_parts([
        BodyPart::Bytes("<".into()),
        BodyPart::Stream(reader.clone()),
        BodyPart::Bytes(">".into()),
    ]);
    let transport = transport();
    assert_eq!(fetch(&transport, post(&peer.url("/"), body)).0, 204);
    assert!(reader.is_spent());
    peer.done();
}

#[test]
fn a_source_that_fails_at_once_does_not_lie_about_the_head() {
    for _ in 0..50 {
        let (send, seen) = mpsc::channel();
        let peer = Peer::with([script(move |mut socket| {
            send.send(socket.read_to_close().len()).unwrap();
        })]);
        let source = Source::failing(9, 0, || Err(io::Error::other("no disk")));
        let error = fail(
            &transport(),
            post(&peer.url("/"), Body::from_source(source)),
        );
        assert_eq!(error.kind(), FailureKind::BodySource);
        let nothing_came = seen.recv().unwrap() == 0;
        assert!(nothing_came || error.delivery() == Delivery::MaybeSent);
        peer.done();
    }
}

#[test]
fn an_interim_response_does_not_end_the_upload() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_head();
        socket.write(b"HTTP/1.1 100 Continue\r\n\r\n");
        assert_eq!(socket.read_exact(16 << 20), vec![7; 16 << 20]);
        socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        socket.read_request();
        socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
    })]);
    let transport = transport();
    let exchange = post(&peer.url("/"), vec![7; 16 << 20]);
    assert_eq!(fetch(&transport, exchange).0, 200);
    // Nothing was left over: the connection serves again.
    assert_eq!(fetch(&transport, post(&peer.url("/"), "x")).0, 204);
    peer.done();
}

#[test]
fn a_source_is_not_read_far_ahead_of_the_peer() {
    const LENGTH: u64 = 32 << 20;
    let source = Source::new(LENGTH);
    let read_up_to = source.read_up_to.clone();
    let (go_on, may_go_on) = mpsc::channel();
    let (send, received) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_head();
        may_go_on.recv().unwrap();
        send.send(socket.read_to_close().len() as u64).unwrap();
    })]);
    let (url, cancel) = (peer.url("/"), CancelToken::new());
    let sender = thread::spawn({
        let (transport, cancel) = (transport(), cancel.clone());
        move || transport.exchange(post(&url, Body::from_source(source)), &cancel)
    });
    // The sockets fill up, then nothing moves. If it is the machine that does not
    // move for so long, less was read ahead than might have been.
    let mut before = u64::MAX;
    while before != read_up_to.load(Ordering::SeqCst) || before == 0 {
        before = read_up_to.load(Ordering::SeqCst);
        thread::sleep(std::time::Duration::from_millis(60));
    }
    cancel.cancel();
    assert!(sender.join().unwrap().is_err());
    go_on.send(()).unwrap();
    let ahead = read_up_to.load(Ordering::SeqCst) - received.recv().unwrap();
    assert!(ahead <= 1 << 20, "{ahead} bytes ahead");
    peer.done();
}
