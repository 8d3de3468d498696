//! Limits: each ends what it must, by its name, and nothing else.

use std::future::poll_fn;
use std::net::TcpListener;
use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::Poll;
use std::thread::sleep;
use std::time::{Duration, Instant};

use talkspace_conformance::wire::BlackHole;
use talkspace_core::transport::{Exchange, Transport as _};
use talkspace_core::{Delivery, FailureKind, Phase};

use super::peer::{Peer, responding, script};
use super::{fail, fetch, get, post, transport, with_limits};

const SHORT: Duration = Duration::from_millis(60);

/// A limit that is not met.
const FAR: Duration = Duration::from_secs(60);

/// Asserts that the exchange times out in `phase`, no earlier than `SHORT`.
async fn times_out(exchange: Exchange, phase: Phase, delivery: Delivery) {
    let ended = ends_in(exchange, Instant::now(), SHORT).await;
    assert_eq!(ended, (Some(phase), delivery));
}

/// In which phase the exchange times out, which is not before this time.
pub(super) async fn ends_in(
    exchange: Exchange,
    begin: Instant,
    limit: Duration,
) -> (Option<Phase>, Delivery) {
    let error = fail(&transport(), exchange).await;
    assert_eq!(error.kind(), FailureKind::Timeout, "{error:?}");
    assert!(begin.elapsed() >= limit, "{:?}", begin.elapsed());
    (error.phase(), error.delivery())
}

/// Tries with longer times if the machine was too busy for the short ones: who
/// is to wait in a phase has to get there, and a peer has to wake. What is
/// wrong with a client is so with the longest times, too.
pub(super) async fn stretched(came_so_far: impl AsyncFn(Duration) -> bool) {
    for scale in [1, 8, 64] {
        if came_so_far(scale * SHORT).await {
            return;
        }
    }
    panic!("it never came so far");
}

/// A peer that takes the request, writes `response` and waits for the close.
fn silent_after(response: &'static [u8]) -> Peer {
    Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(response);
        socket.expect_close();
    })])
}

/// A peer whose response has one byte every 5 ms, without end.
fn dripping(begin: &'static [u8]) -> Peer {
    Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(begin);
        while socket.try_write(b"x") {
            sleep(Duration::from_millis(5));
        }
    })])
}

#[tokio::test]
async fn a_deadline_in_the_past_touches_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let past = with_limits(&url, |limits| limits.deadline = Some(Instant::now()));
    let error = fail(&transport(), past).await;
    assert_eq!(error.kind(), FailureKind::Timeout);
    assert_eq!(error.delivery(), Delivery::NotSent);
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "no connection was made");
}

#[tokio::test]
async fn connecting_has_a_limit() {
    let hole = BlackHole::open().unwrap();
    let url = format!("http://{}", hole.address());
    let exchange = with_limits(&url, |limits| limits.connect_timeout = SHORT);
    times_out(exchange, Phase::Connect, Delivery::NotSent).await;
    let begin = Instant::now();
    let exchange = with_limits(&url, |limits| limits.deadline = Some(begin + SHORT));
    let ended = ends_in(exchange, begin, SHORT).await;
    assert_eq!(ended, (Some(Phase::Connect), Delivery::NotSent));
}

#[tokio::test]
async fn the_handshake_is_part_of_connecting() {
    let peer = Peer::with([script(|mut socket| socket.expect_close())]);
    let url = peer.url("").replace("http", "https");
    let exchange = with_limits(&url, |limits| limits.connect_timeout = SHORT);
    times_out(exchange, Phase::Connect, Delivery::NotSent).await;
    peer.done().await;
}

#[tokio::test]
async fn the_response_timeout_is_a_limit_of_its_own() {
    stretched(async |time| {
        let peer = silent_after(b"");
        let exchange = with_limits(&peer.url("/"), |limits| limits.response_timeout = time);
        let ended = ends_in(exchange, Instant::now(), time).await;
        if ended != (Some(Phase::Head), Delivery::MaybeSent) {
            return false;
        }
        peer.done().await;
        true
    })
    .await;
}

#[tokio::test]
async fn waiting_for_the_response_is_not_idleness() {
    stretched(async |time| {
        let peer = Peer::with([script(move |mut socket| {
            socket.read_request();
            sleep(2 * time);
            socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
        })]);
        let exchange = with_limits(&peer.url("/"), |limits| limits.read_timeout = time);
        let Ok(response) = transport().exchange(exchange).await else {
            return false;
        };
        assert_eq!(response.status(), 204);
        drop(response);
        peer.done().await;
        true
    })
    .await;
}

#[tokio::test]
async fn silence_in_the_head_and_in_the_body_is_ended() {
    for (response, phase) in [
        (&b"HTTP/1.1 200 OK\r\n"[..], Phase::Head),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab",
            Phase::Body,
        ),
    ] {
        stretched(async |time| {
            let peer = silent_after(response);
            let exchange = with_limits(&peer.url("/"), |limits| limits.read_timeout = time);
            let ended = ends_in(exchange, Instant::now(), time).await;
            if ended != (Some(phase), Delivery::MaybeSent) {
                return false;
            }
            peer.done().await;
            true
        })
        .await;
    }
}

#[tokio::test]
async fn silence_in_an_upload_is_ended() {
    let (give_up, given_up) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_head();
        given_up.recv().unwrap();
        socket.expect_close();
    })]);
    let mut exchange = post(&peer.url("/"), vec![0; 32 << 20]);
    exchange.limits_mut().read_timeout = SHORT;
    times_out(exchange, Phase::Send, Delivery::MaybeSent).await;
    give_up.send(()).unwrap();
    peer.done().await;
}

#[tokio::test]
async fn only_the_deadline_ends_a_drip() {
    for (begin, phase) in [
        (&b"HTTP/1.1 200 OK\r\nx: "[..], Phase::Head),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n",
            Phase::Body,
        ),
    ] {
        stretched(async |time| {
            let peer = dripping(begin);
            let begin = Instant::now();
            let exchange = with_limits(&peer.url("/"), |limits| {
                limits.read_timeout = time;
                limits.deadline = Some(begin + 4 * time);
            });
            let ended = ends_in(exchange, begin, time).await;
            // Or the peer did not wake for so long that it was silent.
            if begin.elapsed() < 4 * time || ended != (Some(phase), Delivery::MaybeSent) {
                return false;
            }
            peer.done().await;
            true
        })
        .await;
    }
}

#[tokio::test]
async fn a_reader_that_pauses_is_not_a_silent_peer() {
    stretched(async |time| {
        let (paused, may_go_on) = mpsc::channel();
        let peer = Peer::with([script(move |mut socket| {
            socket.read_request();
            socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na");
            may_go_on.recv().unwrap();
            sleep(time / 4);
            socket.write(b"b");
        })]);
        let exchange = with_limits(&peer.url("/"), |limits| limits.read_timeout = time);
        let Ok(response) = transport().exchange(exchange).await else {
            return false;
        };
        let mut body = response.into_body();
        assert_eq!(body.chunk().await.unwrap().as_deref(), Some(&b"a"[..]));
        tokio::time::sleep(2 * time).await;
        paused.send(()).unwrap();
        let Ok(rest) = body.chunk().await else {
            return false;
        };
        assert_eq!(rest.as_deref(), Some(&b"b"[..]));
        peer.done().await;
        true
    })
    .await;
}

#[tokio::test]
async fn the_deadline_holds_even_if_there_is_more_to_read() {
    let (waiting, may_go_on) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na");
        may_go_on.recv().unwrap();
        socket.write(b"b");
        socket.expect_close();
    })]);
    // So far that a busy machine has begun by then, too.
    let deadline = Instant::now() + 20 * SHORT;
    let exchange = with_limits(&peer.url("/"), |limits| limits.deadline = Some(deadline));
    let mut body = transport().exchange(exchange).await.unwrap().into_body();
    assert_eq!(body.chunk().await.unwrap().as_deref(), Some(&b"a"[..]));
    let mut next = Box::pin(body.chunk());
    assert!(poll_once(next.as_mut()).await.is_pending());
    waiting.send(()).unwrap();
    tokio::time::sleep_until(deadline.into()).await;
    assert_eq!(next.await.unwrap_err().phase(), Some(Phase::Body));
    drop(body);
    peer.done().await;
}

async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

#[tokio::test]
async fn huge_limits_are_no_limits() {
    let peer = Peer::with([responding(
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
    )]);
    let far = Duration::from_secs(60 * 60 * 24 * 365 * 100_000);
    let exchange = with_limits(&peer.url("/"), |limits| {
        limits.deadline = Instant::now().checked_add(far);
        limits.connect_timeout = Duration::MAX;
        limits.response_timeout = Duration::MAX;
        limits.read_timeout = Duration::MAX;
        limits.max_header_bytes = usize::MAX;
        limits.max_body_bytes = u64::MAX;
    });
    let transport = transport();
    assert_eq!(fetch(&transport, exchange).await.0, 200);
    let mut endless = Box::pin(transport.sleep(Duration::MAX));
    assert!(poll_once(endless.as_mut()).await.is_pending());
    drop(endless);
    drop(transport);
    peer.done().await;
}

#[tokio::test]
async fn a_response_before_the_deadline_is_a_response() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        sleep(SHORT);
        socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
    })]);
    let mut exchange = get(&peer.url("/"));
    exchange.limits_mut().deadline = Some(Instant::now() + FAR);
    assert_eq!(fetch(&transport(), exchange).await.0, 204);
    peer.done().await;
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
            limits.deadline = Some(Instant::now() + number * Duration::from_micros(3));
        });
        let error = transport.exchange(exchange).await.unwrap_err();
        assert_eq!(error.kind(), FailureKind::Timeout);
        if error.delivery() == Delivery::NotSent {
            unsent.push(format!("GET /{number}-"));
        }
    }
    // Connections are taken in order: once the last is, no other is to come.
    let last = with_limits(&peer.url("/last"), |limits| {
        limits.response_timeout = 10 * SHORT
    });
    fail(&transport, last).await;
    while !seen.lock().unwrap().iter().any(|got| got.contains("/last")) {
        all_ended.recv_timeout(super::peer::SOON).unwrap();
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
