//! Bodies of requests: exact, bounded, and honest about their failures.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use bytes::Bytes;
use talkspace_core::transport::{Body, Transport as _};
use talkspace_core::{BodySource, Delivery, FailureKind};
use tokio::sync::oneshot;

use super::peer::{Peer, script};
use super::{fail, fetch, post, transport};

/// Only passes when something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

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

#[tokio::test]
async fn a_source_that_fails_at_once_does_not_lie_about_the_head() {
    for _ in 0..50 {
        let (send, seen) = oneshot::channel();
        let peer = Peer::with([script(|mut socket| {
            send.send(socket.read_to_close().len()).unwrap();
        })]);
        let source = Source::failing(9, 0, || Err(io::Error::other("no disk")));
        let error = fail(
            &transport(),
            post(&peer.url("/"), Body::from_source(source)),
        )
        .await;
        assert_eq!(error.kind(), FailureKind::BodySource);
        let nothing_came = seen.await.unwrap() == 0;
        assert!(nothing_came || error.delivery() == Delivery::MaybeSent);
        peer.done().await;
    }
}

/// A source in memory, which remembers whether it was read.
struct InMemory {
    bytes: Bytes,
    was_read: Arc<AtomicBool>,
    panics: bool,
}

impl InMemory {
    fn new(panics: bool) -> (Self, Arc<AtomicBool>) {
        let was_read = Arc::new(AtomicBool::new(false));
        let source = Self {
            bytes: (0..1 << 20).map(byte_at).collect(),
            was_read: was_read.clone(),
            panics,
        };
        (source, was_read)
    }
}

impl BodySource for InMemory {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.was_read.store(true, Ordering::SeqCst);
        self.bytes.read_at(offset, buffer)
    }

    fn in_memory(&self, offset: u64, length: usize) -> Option<Bytes> {
        assert!(!self.panics, "a source that panics, as this test wants");
        self.bytes.in_memory(offset, length)
    }
}

#[tokio::test]
async fn what_is_in_memory_is_not_read() {
    let peer = Peer::with([script(move |mut socket| {
        let seen = socket.read_request();
        assert!(seen.body.iter().copied().eq((0..1 << 20).map(byte_at)));
        socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
    })]);
    let (source, was_read) = InMemory::new(false);
    let exchange = post(&peer.url("/"), Body::from_source(source));
    assert_eq!(fetch(&transport(), exchange).await.0, 204);
    assert!(!was_read.load(Ordering::SeqCst));
    peer.done().await;
}

#[tokio::test]
async fn a_panic_of_what_is_in_memory_is_the_sources() {
    let peer = Peer::with([script(|mut socket| drop(socket.read_to_close()))]);
    let (source, _) = InMemory::new(true);
    let exchange = post(&peer.url("/"), Body::from_source(source));
    let error = fail(&transport(), exchange).await;
    assert_eq!(error.kind(), FailureKind::BodySource, "{error:?}");
    peer.done().await;
}

/// A source whose first piece takes its time, and whose second waits for the
/// peer to have that.
struct Halting(Mutex<mpsc::Receiver<()>>);

const PIECE: u64 = 64 * 1024;

impl BodySource for Halting {
    fn len(&self) -> u64 {
        2 * PIECE
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match offset {
            0 => std::thread::sleep(2 * crate::upload::QUICK),
            _ => {
                let arrived = self.0.lock().unwrap();
                arrived.recv_timeout(PATIENCE).map_err(io::Error::other)?;
            }
        }
        Ok(buffer.len())
    }
}

#[tokio::test]
async fn what_was_slow_to_read_does_not_wait_for_more() {
    let (arrives, arrived) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_head();
        socket.read_exact(PIECE as usize);
        arrives.send(()).unwrap();
        socket.read_exact(PIECE as usize);
        socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
    })]);
    let source = Body::from_source(Halting(Mutex::new(arrived)));
    assert_eq!(
        fetch(&transport(), post(&peer.url("/"), source)).await.0,
        204
    );
    peer.done().await;
}

#[tokio::test]
async fn a_source_is_not_read_far_ahead_of_the_peer() {
    const LENGTH: u64 = 32 << 20;
    let source = Source::new(LENGTH);
    let read_up_to = source.read_up_to.clone();
    let (go_on, may_go_on) = mpsc::channel();
    let (send, received) = oneshot::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_head();
        may_go_on.recv().unwrap();
        send.send(socket.read_to_close().len() as u64).unwrap();
    })]);
    let transport = transport();
    let mut exchange =
        Box::pin(transport.exchange(post(&peer.url("/"), Body::from_source(source))));
    // The sockets fill up, then nothing moves. If it is the machine that does not
    // move for so long, less was read ahead than might have been.
    let mut before = u64::MAX;
    while before != read_up_to.load(Ordering::SeqCst) || before == 0 {
        before = read_up_to.load(Ordering::SeqCst);
        let pause = tokio::time::sleep(Duration::from_millis(60));
        tokio::select! { _ = &mut exchange => unreachable!(), () = pause => {} }
    }
    drop(exchange);
    go_on.send(()).unwrap();
    let ahead = read_up_to.load(Ordering::SeqCst) - received.await.unwrap();
    assert!(ahead <= 1 << 20, "{ahead} bytes ahead");
    peer.done().await;
}

#[tokio::test]
async fn a_dropped_upload_closes_and_leaves_no_task() {
    let (send, begun) = oneshot::channel();
    let (ended, may_read) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_head();
        send.send(()).unwrap();
        may_read.recv().unwrap();
        socket.expect_close();
    })]);
    let transport = transport();
    tokio::select! {
        _ = transport.exchange(post(&peer.url("/"), vec![7; 32 << 20])) => unreachable!(),
        begun = begun => begun.unwrap(),
    }
    // Even while the peer does not read, so that nothing can be flushed.
    tokio::task::yield_now().await;
    let metrics = tokio::runtime::Handle::current().metrics();
    assert_eq!(metrics.num_alive_tasks(), 0);
    ended.send(()).unwrap();
    peer.done().await;
}
