//! Runtimes that lack something, and bodies that are read elsewhere.

use std::num::NonZero;
use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use http::Response;
use talkspace_conformance::{Capability, Selection, Task, asynchronous};
use talkspace_core::transport::{ResponseBody, Transport as _, TransportError};
use talkspace_core::{Delivery, FailureKind, GetVersion, Phase};
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;

use super::peer::{Peer, responding, script};
use super::{chain, fetch, get, transport, with_limits};
use crate::Client;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const SHORT: Duration = Duration::from_millis(60);
const AGES: Duration = Duration::from_secs(600);

/// What the error says, with all its causes.
fn said(error: &TransportError) -> String {
    let causes = chain(error).into_iter().map(ToString::to_string);
    causes.collect::<Vec<_>>().join(": ")
}

fn current() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn a_runtime_that_lacks_something_is_an_error_that_says_so() {
    let without_time = Builder::new_current_thread().enable_io().build().unwrap();
    let without_io = Builder::new_current_thread().enable_time().build().unwrap();
    for (runtime, lacks) in [(without_time, "enable_time"), (without_io, "enable_io")] {
        let peer = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", peer.local_addr().unwrap());
        let outcome = runtime.block_on(transport().exchange(get(&url)));
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), FailureKind::Other);
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert!(said(&error).contains(lacks), "{}", said(&error));
        // A client would back off before it retries.
        let client = Client::builder(&url, "11111111-2222-3333-4444-555555555555");
        let client = client.build(transport()).unwrap();
        assert!(runtime.block_on(client.send(GetVersion::new())).is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_is_no_timeout() {
    let peer = Peer::with([responding(b"")]);
    let exchange = get(&peer.url("/"));
    let error = transport().exchange(exchange).await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::Other, "{error:?}");
    assert!(said(&error).contains("paused"), "{}", said(&error));
}

/// A response whose body does not come.
fn begun(runtime: &Runtime, idle: Duration) -> (Peer, Response<ResponseBody>) {
    let peer = Peer::with([script(|mut socket| {
        socket.read_request();
        socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n");
        socket.read_to_close();
    })]);
    let exchange = with_limits(&peer.url("/"), |limits| limits.read_timeout = idle);
    let response = runtime.block_on(transport().exchange(exchange));
    (peer, response.unwrap())
}

#[test]
fn a_body_keeps_its_limits_on_another_runtime() {
    let (home, other) = (current(), current());
    let (peer, response) = begun(&home, SHORT);
    let begin = Instant::now();
    let error = other.block_on(response.into_body().chunk()).unwrap_err();
    assert_eq!(error.phase(), Some(Phase::Body), "{error:?}");
    assert!(begin.elapsed() >= SHORT);
    home.block_on(peer.done());
}

#[test]
fn a_connection_ends_with_its_runtime_though_its_body_is_held() {
    let home = current();
    let (peer, response) = begun(&home, AGES);
    drop(home);
    current().block_on(peer.done());
    drop(response);
}

#[test]
fn where_nothing_drives_a_timer_a_body_fails_at_once() {
    let home = current();
    let bare = Builder::new_current_thread().build().unwrap();
    for on_bare in [false, true] {
        let (peer, response) = begun(&home, AGES);
        let mut body = response.into_body();
        let entered = on_bare.then(|| bare.enter());
        let mut cx = Context::from_waker(Waker::noop());
        let outcome = pin!(body.chunk()).poll(&mut cx);
        drop(entered);
        let Poll::Ready(Err(error)) = outcome else {
            panic!("it must fail at once");
        };
        assert_eq!(error.kind(), FailureKind::Other);
        assert_eq!(error.delivery(), Delivery::MaybeSent);
        assert!(said(&error).contains("runtime"), "{}", said(&error));
        drop(body);
        home.block_on(peer.done());
    }
}

/// Runs a future on this thread, without any runtime.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn a_runtime_with_threads_keeps_the_limits_of_a_body_that_is_read_on_none() {
    let home = Builder::new_multi_thread().enable_all().build().unwrap();
    let (peer, response) = begun(&home, SHORT);
    let error = block_on(response.into_body().chunk()).unwrap_err();
    assert_eq!(error.phase(), Some(Phase::Body), "{error:?}");
    home.block_on(peer.done());

    let (reading, may_go_on) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n");
        may_go_on.recv().unwrap();
        socket.write(b"ok");
    })]);
    let response = home.block_on(transport().exchange(get(&peer.url("/"))));
    let mut body = response.unwrap().into_body();
    reading.send(()).unwrap();
    assert_eq!(block_on(body.chunk()).unwrap().as_deref(), Some(&b"ok"[..]));
    home.block_on(peer.done());
}

#[test]
fn each_runtime_has_its_own_connections() {
    let peer = Peer::with([responding(OK), responding(OK), responding(OK)]);
    let transport = transport();
    let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
    let url = peer.url("/");
    let ask = async || assert_eq!(fetch(&transport, get(&url)).await.0, 200);

    let first = runtime();
    first.block_on(ask());
    // The first stands still, and cannot drive what it made.
    runtime().block_on(ask());
    // The second is gone, and its connection with it.
    let third = runtime();
    third.block_on(ask());
    first.block_on(ask());
    let shown = format!("{transport:?}");
    let forgotten = "what died with its runtime is forgotten";
    assert!(shown.contains("idle: 2,"), "{forgotten}: {shown}");
    drop((first, transport));
    third.block_on(peer.done());
}

/// Nothing runs between two exchanges here, nor another case, and the engine's task has come to rest
/// before. So it learns of the end of an idle connection when it is about to write to it, and no sooner.
#[test]
fn a_connection_that_ended_while_the_runtime_stood_still_is_not_used() {
    let runtime = current();
    let cases = [
        "conn/idle-fin",
        "conn/idle-rst",
        "conn/idle-garbage-not-a-response",
        "retry/core/idle-fin-invisible",
    ];
    let block_on = move |task: Task<'_>| {
        runtime.block_on(async {
            task.await;
            for _ in 0..8 {
                yield_now().await;
            }
        });
    };
    let report = asynchronous("on one thread", "0", |_| transport(), block_on)
        .claims(&[Capability::KeepAlive])
        .run(&Selection::exactly(cases).on_threads(NonZero::<usize>::MIN))
        .unwrap();
    assert_eq!(report.passed().count(), cases.len(), "{report}");
}
