//! The deadline, on a clock that leaps.
//!
//! A paused clock leaps to the next timer as soon as no task can run, so it is
//! paused when nothing more can come from the peer. What is measured then is
//! the exchange alone: how far beyond its deadline the clock had to leap. It then
//! ends with the word that the clock is paused, in place of a timeout.

use std::future::Future;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use bytes::Bytes;
use talkspace_conformance::wire::BlackHole;
use talkspace_core::transport::{Exchange, ResponseBody, Transport as _, TransportError};
use talkspace_core::{Delivery, FailureKind, Limits};
use tokio::sync::oneshot;
use tokio::time::{Instant, pause, resume};

use super::peer::{Peer, SOON, Socket, script};
use super::{collect, fail, get, post, transport, with_limits};

const RUNS: u64 = 20;
/// The runtime rounds a moment, and the leap to it, up to milliseconds.
const TICK: Duration = Duration::from_millis(2);

/// The exchange, with this deadline and no other limit before it.
fn until(deadline: Instant, mut exchange: Exchange) -> Exchange {
    let ages = Duration::from_secs(24 * 60 * 60);
    let mut limits = Limits::default();
    limits.deadline = Some(deadline.into_std());
    (
        limits.connect_timeout,
        limits.response_timeout,
        limits.read_timeout,
    ) = (ages, ages, ages);
    *exchange.limits_mut() = limits;
    exchange
}

/// Deadlines that a busy machine does not meet before the clock is paused.
fn deadlines() -> impl Iterator<Item = Instant> {
    let mut rng = 7_u64;
    (0..RUNS).map(move |_| {
        rng = rng.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        Instant::now() + Duration::from_secs(60) + Duration::from_micros(rng >> 40)
    })
}

/// Pauses the clock, and holds how `step` ends against the deadline.
async fn ends_in_time<T>(
    deadline: Instant,
    delivery: Delivery,
    step: impl Future<Output = Result<T, TransportError>>,
) {
    pause();
    let outcome = step.await;
    let now = Instant::now();
    resume();
    let error = outcome.map(drop).unwrap_err();
    assert_eq!(error.kind(), FailureKind::Other, "{error:?}");
    assert_eq!(error.delivery(), delivery);
    let leap = now - deadline;
    assert!((deadline..=deadline + TICK).contains(&now), "{leap:?}");
}

/// A peer that does its part, says so, and waits for the close.
fn gated(part: impl FnOnce(&mut Socket) + Send + 'static) -> (Peer, oneshot::Receiver<()>) {
    let (open, gate) = oneshot::channel();
    let peer = Peer::with([script(move |mut socket| {
        part(&mut socket);
        open.send(()).unwrap();
        socket.read_to_close();
    })]);
    (peer, gate)
}

/// Begins an exchange, and comes back when the gate opens.
async fn begun(
    exchange: Exchange,
    gate: oneshot::Receiver<()>,
) -> impl Future<Output = Result<http::Response<ResponseBody>, TransportError>> {
    let task = tokio::spawn(async move { transport().exchange(exchange).await });
    gate.await.unwrap();
    async { task.await.unwrap() }
}

#[tokio::test]
async fn it_ends_connecting() {
    let hole = BlackHole::open().unwrap();
    for deadline in deadlines() {
        let exchange = until(deadline, get(&format!("http://{}", hole.address())));
        let connecting = async { transport().exchange(exchange).await };
        ends_in_time(deadline, Delivery::NotSent, connecting).await;
    }
}

#[tokio::test]
async fn it_ends_the_handshake() {
    for deadline in deadlines() {
        let (peer, gate) = gated(|_| {});
        let exchange = until(deadline, get(&peer.url("").replace("http", "https")));
        let handshake = begun(exchange, gate).await;
        ends_in_time(deadline, Delivery::NotSent, handshake).await;
        peer.done().await;
    }
}

#[tokio::test]
async fn it_ends_sending() {
    let large = Bytes::from(vec![7; 16 << 20]);
    for deadline in deadlines() {
        let (open, gate) = oneshot::channel();
        let (ended, has_ended) = mpsc::channel();
        let peer = Peer::with([script(move |mut socket| {
            socket.read_head();
            open.send(()).unwrap();
            // It reads no more until the other end is gone.
            has_ended.recv().unwrap();
            socket.read_to_close();
        })]);
        let exchange = until(deadline, post(&peer.url("/"), large.clone()));
        let sending = begun(exchange, gate).await;
        ends_in_time(deadline, Delivery::MaybeSent, sending).await;
        ended.send(()).unwrap();
        peer.done().await;
    }
}

#[tokio::test]
async fn it_ends_waiting_for_the_head() {
    for deadline in deadlines() {
        let (peer, gate) = gated(|socket| drop(socket.read_request()));
        let exchange = until(deadline, get(&peer.url("/")));
        let waiting = begun(exchange, gate).await;
        ends_in_time(deadline, Delivery::MaybeSent, waiting).await;
        peer.done().await;
    }
}

#[tokio::test]
async fn it_ends_the_body() {
    for deadline in deadlines() {
        let (peer, gate) = gated(|socket| {
            socket.read_request();
            socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart");
        });
        let exchange = until(deadline, get(&peer.url("/")));
        let response = begun(exchange, gate).await.await.unwrap();
        let mut body = response.into_body();
        assert_eq!(body.chunk().await.unwrap().as_deref(), Some(&b"part"[..]));
        let rest = async { body.chunk().await };
        ends_in_time(deadline, Delivery::MaybeSent, rest).await;
        drop(body);
        peer.done().await;
    }
}

#[tokio::test]
async fn it_ends_a_body_that_never_rests() {
    for deadline in deadlines() {
        let (peer, gate) = gated(|socket| {
            socket.read_request();
            socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n012345678");
        });
        let exchange = until(deadline, get(&peer.url("/")));
        let response = begun(exchange, gate).await.await.unwrap();
        pause();
        tokio::time::advance(deadline - Instant::now()).await;
        resume();
        // There is something to read, and still it is over.
        let error = collect(response).await.unwrap_err();
        assert_eq!(error.kind(), FailureKind::Timeout, "{error:?}");
        peer.done().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_as_long_as_was_asked() {
    for wait in [0, 1, 7, 999, 61_000, 86_400_000].map(Duration::from_millis) {
        let begin = Instant::now();
        transport().sleep(wait).await;
        assert!((wait..=wait + TICK).contains(&begin.elapsed()), "{wait:?}");
    }
    let transport = transport();
    let mut endless = std::pin::pin!(transport.sleep(Duration::MAX));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(endless.as_mut().poll(&mut cx).is_pending());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_sent_is_true_wherever_the_deadline_falls() {
    const COUNT: u32 = 300;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (ended, all_ended) = mpsc::channel();
    let watching = (0..=COUNT).map(|_| {
        let (seen, ended) = (seen.clone(), ended.clone());
        script(move |mut socket| {
            let bytes = socket.read_to_close();
            seen.lock().unwrap().push(String::from_utf8(bytes).unwrap());
            ended.send(()).unwrap();
        })
    });
    let peer = Peer::with(watching);
    let transport = transport();
    let mut unsent = Vec::new();
    for number in 0..COUNT {
        let exchange = with_limits(&peer.url(&format!("/{number}-")), |limits| {
            limits.deadline = Some(std::time::Instant::now() + number * Duration::from_micros(3));
        });
        let error = transport.exchange(exchange).await.unwrap_err();
        assert_eq!(error.kind(), FailureKind::Timeout);
        if error.delivery() == Delivery::NotSent {
            unsent.push(format!("GET /{number}-"));
        }
    }
    // Connections are taken in order: once the last is, no other is to come.
    let last = with_limits(&peer.url("/last"), |limits| {
        limits.response_timeout = Duration::from_millis(600)
    });
    fail(&transport, last).await;
    while !seen.lock().unwrap().iter().any(|got| got.contains("/last")) {
        all_ended.recv_timeout(SOON).unwrap();
    }
    for request in unsent {
        let was_seen = seen
            .lock()
            .unwrap()
            .iter()
            .any(|got| got.contains(&request));
        assert!(!was_seen, "{request}");
    }
}
