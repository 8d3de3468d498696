//! Limits: each ends what it must, by its name, and nothing else.

use std::future::poll_fn;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::Poll;
use std::thread::sleep;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use talkspace_core::{Delivery, Exchange, FailureKind, Phase, Transport as _};

use super::peer::{Peer, answering, script};
use super::{fail, fetch, get, post, transport, with_limits};

const SHORT: Duration = Duration::from_millis(60);
/// What a busy machine may add.
const SLACK: Duration = Duration::from_secs(2);

/// Asserts that the exchange times out in `phase`, no earlier than `SHORT`.
async fn times_out(exchange: Exchange, phase: Phase, delivery: Delivery) {
    let begin = Instant::now();
    let error = fail(&transport(), exchange).await;
    assert_eq!(error.kind(), FailureKind::Timeout, "{error:?}");
    assert_eq!(error.phase(), Some(phase));
    assert_eq!(error.delivery(), delivery);
    assert!((SHORT..SHORT + SLACK).contains(&begin.elapsed()));
}

/// A peer that takes the request, writes `answer` and waits for the close.
fn silent_after(answer: &'static [u8]) -> Peer {
    Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(answer);
        socket.expect_close();
    })])
}

/// A peer whose answer has one byte every 5 ms, without end.
fn dripping(begin: &'static [u8]) -> Peer {
    Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(begin);
        for _ in 0..SLACK.as_millis() / 5 {
            socket.write(b"x");
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

/// A listener whose backlog is full: a further connect gets no answer.
pub(super) struct BlackHole {
    pub(super) address: SocketAddr,
    _listener: Socket,
    _filling: Vec<TcpStream>,
}

impl BlackHole {
    pub(super) fn on(address: &str) -> Self {
        let address: SocketAddr = address.parse().unwrap();
        let listener = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
        listener.bind(&address.into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let mut filling = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, SHORT) {
            filling.push(stream);
        }
        Self {
            address,
            _listener: listener,
            _filling: filling,
        }
    }
}

#[tokio::test]
async fn connecting_has_a_limit() {
    let hole = BlackHole::on("127.0.0.1:0");
    let url = format!("http://{}", hole.address);
    let exchange = with_limits(&url, |limits| limits.connect = SHORT);
    times_out(exchange, Phase::Connect, Delivery::NotSent).await;
    let exchange = with_limits(&url, |limits| {
        limits.deadline = Some(Instant::now() + SHORT);
    });
    times_out(exchange, Phase::Connect, Delivery::NotSent).await;
}

#[tokio::test]
async fn the_handshake_is_part_of_connecting() {
    let peer = Peer::with([script(|mut socket| socket.expect_close())]);
    let url = peer.url("").replace("http", "https");
    let exchange = with_limits(&url, |limits| limits.connect = SHORT);
    times_out(exchange, Phase::Connect, Delivery::NotSent).await;
    peer.done().await;
}

#[tokio::test]
async fn the_first_byte_has_a_limit_of_its_own() {
    let peer = silent_after(b"");
    let exchange = with_limits(&peer.url("/"), |limits| limits.first_byte = SHORT);
    times_out(exchange, Phase::Head, Delivery::MaybeSent).await;
    peer.done().await;
}

#[tokio::test]
async fn waiting_for_the_first_byte_is_not_idleness() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        sleep(4 * SHORT);
        socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
    })]);
    let exchange = with_limits(&peer.url("/"), |limits| limits.idle = 2 * SHORT);
    assert_eq!(fetch(&transport(), exchange).await.0, 204);
    peer.done().await;
}

#[tokio::test]
async fn silence_in_the_head_and_in_the_body_is_ended() {
    for (answer, phase) in [
        (&b"HTTP/1.1 200 OK\r\n"[..], Phase::Head),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab",
            Phase::Body,
        ),
    ] {
        let peer = silent_after(answer);
        let exchange = with_limits(&peer.url("/"), |limits| limits.idle = SHORT);
        times_out(exchange, phase, Delivery::MaybeSent).await;
        peer.done().await;
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
    exchange.limits.idle = SHORT;
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
        let peer = dripping(begin);
        let exchange = with_limits(&peer.url("/"), |limits| {
            limits.idle = 3 * SHORT;
            limits.deadline = Some(Instant::now() + 5 * SHORT);
        });
        times_out(exchange, phase, Delivery::MaybeSent).await;
    }
}

#[tokio::test]
async fn a_reader_that_pauses_is_not_a_silent_peer() {
    let (paused, may_go_on) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na");
        may_go_on.recv().unwrap();
        sleep(SHORT / 4);
        socket.write(b"b");
    })]);
    let exchange = with_limits(&peer.url("/"), |limits| limits.idle = 4 * SHORT);
    let answer = transport().exchange(exchange).await.unwrap();
    let mut body = answer.into_body();
    assert_eq!(body.chunk().await.unwrap().as_deref(), Some(&b"a"[..]));
    tokio::time::sleep(6 * SHORT).await;
    paused.send(()).unwrap();
    assert_eq!(body.chunk().await.unwrap().as_deref(), Some(&b"b"[..]));
    peer.done().await;
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
    let deadline = Instant::now() + 6 * SHORT;
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
    let peer = Peer::with([answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")]);
    let far = Duration::from_secs(60 * 60 * 24 * 365 * 100_000);
    let exchange = with_limits(&peer.url("/"), |limits| {
        limits.deadline = Instant::now().checked_add(far);
        limits.connect = Duration::MAX;
        limits.first_byte = Duration::MAX;
        limits.idle = Duration::MAX;
        limits.max_head = usize::MAX;
        limits.max_body = u64::MAX;
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
async fn an_answer_before_the_deadline_is_an_answer() {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        sleep(SHORT);
        socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
    })]);
    let mut exchange = get(&peer.url("/"));
    exchange.limits.deadline = Some(Instant::now() + SLACK);
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
    let last = with_limits(&peer.url("/last"), |limits| limits.first_byte = SHORT);
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
