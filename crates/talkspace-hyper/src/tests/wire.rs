//! The account that the stream keeps.

use std::io::IoSlice;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use talkspace_core::{Delivery, FailureKind, Limits};
use tokio::io::{AsyncReadExt as _, AsyncWrite as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;

use crate::meter::Meter;
use crate::watch::Watch;
use crate::wire::{Careful, Socket, Wire};

async fn wire() -> (Arc<Meter>, Wire, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socket = TcpStream::connect(listener.local_addr().unwrap()).await;
    let (peer, _) = listener.accept().await.unwrap();
    let meter = Arc::new(Meter::new());
    meter.begin(1024, false);
    let wire = Wire::new(Box::new(Socket::Tcp(socket.unwrap())), meter.clone());
    (meter, wire, peer)
}

fn write(wire: &mut Wire) -> Poll<std::io::Result<usize>> {
    let mut cx = Context::from_waker(Waker::noop());
    Pin::new(wire).poll_write(&mut cx, b"GET")
}

#[tokio::test]
async fn not_sent_is_a_promise_for_the_time_to_come() {
    let (meter, mut wire, peer) = wire().await;
    assert_eq!(meter.seal(), Delivery::NotSent);
    assert!(matches!(write(&mut wire), Poll::Ready(Err(_))));
    drop(wire);
    peer.readable().await.unwrap();
    assert_eq!(peer.try_read(&mut [0; 8]).unwrap(), 0, "nothing came");
}

/// TLS has a buffer for each record, and a system call for each takes longer than
/// to copy them into one.
#[tokio::test]
async fn many_buffers_leave_in_one_write() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socket = TcpStream::connect(listener.local_addr().unwrap()).await;
    let mut socket = Careful::new(Socket::Tcp(socket.unwrap()));
    let (mut peer, _) = listener.accept().await.unwrap();
    let buffers = [&b"one, "[..], b"", b"two, ", b"three"].map(IoSlice::new);
    let mut cx = Context::from_waker(Waker::noop());
    let written = Pin::new(&mut socket).poll_write_vectored(&mut cx, &buffers);
    assert!(matches!(written, Poll::Ready(Ok(15))), "{written:?}");
    drop(socket);
    let mut came = String::new();
    peer.read_to_string(&mut came).await.unwrap();
    assert_eq!(came, "one, two, three");
}

#[tokio::test]
async fn a_request_is_sent_when_it_is_flushed_with_its_body() {
    let (meter, mut wire, _peer) = wire().await;
    let mut cx = Context::from_waker(Waker::noop());
    assert!(matches!(write(&mut wire), Poll::Ready(Ok(3))));
    assert!(Pin::new(&mut wire).poll_flush(&mut cx).is_ready());
    assert!(!meter.progress().sent, "the body is to come");
    meter.body_is_taken();
    assert!(Pin::new(&mut wire).poll_flush(&mut cx).is_ready());
    assert!(meter.progress().sent);
    assert_eq!(meter.seal(), Delivery::MaybeSent);
}

/// The engine's channel keeps a request that was put there as the connection
/// ended, and its response never comes.
#[tokio::test]
async fn a_request_that_is_not_taken_is_not_waited_for() {
    let meter = Arc::new(Meter::new());
    meter.begin(1024, true);
    let mut watch = Watch::new(meter.clone(), &Limits::default(), Handle::current(), None);
    let lost = pin!(std::future::pending::<()>());
    let (outcome, ()) = tokio::join!(watch.within(lost), async { meter.connection_ended() });
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), FailureKind::Closed);
    assert_eq!(error.delivery(), Delivery::NotSent);

    // What the engine did pass on counts, and the end stays known.
    meter.begin(1024, true);
    let mut watch = Watch::new(meter, &Limits::default(), Handle::current(), None);
    assert!(watch.within(pin!(async {})).await.is_ok());
    assert!(
        watch
            .within(pin!(std::future::pending::<()>()))
            .await
            .is_err()
    );
}
