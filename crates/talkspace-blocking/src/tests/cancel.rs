//! A token ends its own exchange, at once, and no other.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use talkspace_conformance::wire::BlackHole;
use talkspace_core::transport::{BlockingTransport as _, Exchange, TransportError};
use talkspace_core::{CancelToken, Delivery, FailureKind, Limits};
use talkspace_net::origin::Origin;
use talkspace_net::{Settings, TransportBuilder};

use super::peer::{Peer, Script, responding, script};
use super::{collect, fetch, get, post, transport};
use crate::connection::Connection;
use crate::dial::Dial;
use crate::pool::Lease;
use crate::watch::Watch;
use crate::wire::Wire;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
/// Any machine is so far by then.
const SOON: Duration = Duration::from_secs(60);
/// A limit that is not met before, so that it was the cancel that ended it.
const AGES: Duration = Duration::from_secs(600);

fn generous() -> Limits {
    let mut limits = Limits::default();
    (
        limits.connect_timeout,
        limits.response_timeout,
        limits.read_timeout,
    ) = (AGES, AGES, AGES);
    limits
}

/// Runs the exchange, cancels it when the gate opens, and says how it failed.
fn cancelled_at(gate: mpsc::Receiver<()>, mut exchange: Exchange) -> TransportError {
    *exchange.limits_mut() = generous();
    cancelled(gate, move |cancel| {
        transport().exchange(exchange, cancel).and_then(collect)
    })
}

/// Runs the work on a thread, and cancels it once the gate is open and it waits
/// for something.
fn cancelled<T: Send + 'static>(
    gate: mpsc::Receiver<()>,
    work: impl FnOnce(&CancelToken) -> Result<T, TransportError> + Send + 'static,
) -> TransportError {
    static WORKERS: AtomicUsize = AtomicUsize::new(0);
    let name = format!("worker {}", WORKERS.fetch_add(1, Ordering::Relaxed));
    let cancel = CancelToken::new();
    let worker = thread::Builder::new().name(name.clone()).spawn({
        let cancel = cancel.clone();
        move || work(&cancel).map(drop)
    });
    let worker = worker.unwrap();
    gate.recv().unwrap();
    while cfg!(target_os = "linux") && !sleeps(&name) && !worker.is_finished() {
        thread::yield_now();
    }
    let begin = Instant::now();
    cancel.cancel();
    cancel.cancel();
    let error = worker.join().unwrap().unwrap_err();
    assert!(begin.elapsed() < SOON);
    assert_eq!(error.kind(), FailureKind::Cancelled, "{error:?}");
    error
}

/// Whether the thread of this name waits for the system. Linux says so.
fn sleeps(name: &str) -> bool {
    let asleep = format!("({name}) S ");
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    // A thread may end while it is looked at.
    let about =
        threads.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("stat")).ok());
    about.into_iter().any(|about| about.contains(&asleep))
}

/// Cancels what connects to an address that is found like this.
fn cancelled_dialling(port: u16, resolve: impl Fn() -> Vec<SocketAddr> + Send + Sync + 'static) {
    let (open, gate) = mpsc::channel();
    let error = cancelled(gate, move |cancel| {
        let watch = Watch {
            limits: generous(),
            cancel: cancel.clone(),
        };
        let settings = TransportBuilder::<Settings>::default().resolver(move |_| {
            open.send(()).unwrap();
            Ok(resolve())
        });
        let sockets = settings.build().unwrap().sockets;
        Dial::new(&watch, &sockets, Instant::now()).run("a.example", port)
    });
    assert_eq!(error.delivery(), Delivery::NotSent);
}

/// A script that says when it has done its part and waits for the close.
fn gated(
    part: impl FnOnce(&mut super::peer::Socket) + Send + 'static,
) -> (Script, mpsc::Receiver<()>) {
    let (open, gate) = mpsc::channel();
    let script = script(move |mut socket| {
        part(&mut socket);
        open.send(()).unwrap();
        socket.expect_close();
    });
    (script, gate)
}

#[test]
fn before_it_begins_nothing_is_touched() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let cancel = CancelToken::new();
    cancel.cancel();
    let error = transport().exchange(get(&url), &cancel).unwrap_err();
    assert_eq!(error.kind(), FailureKind::Cancelled);
    assert_eq!(error.delivery(), Delivery::NotSent);
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "no connection was made");
    // Nor is it noticed what is wrong with it.
    let error = transport().exchange(get("ftp://a.example"), &cancel);
    assert_eq!(error.unwrap_err().kind(), FailureKind::Cancelled);
}

#[test]
fn while_it_resolves() {
    let (end, ended) = mpsc::channel::<()>();
    let ended = Mutex::new(ended);
    cancelled_dialling(80, move || {
        let _ = ended.lock().unwrap().recv_timeout(SOON * 2);
        Vec::new()
    });
    drop(end);
}

#[test]
fn while_it_connects() {
    let hole = BlackHole::open().unwrap();
    let address = hole.address();
    cancelled_dialling(address.port(), move || vec![address]);
}

#[test]
fn in_the_handshake() {
    let (script, gate) = gated(|_| {});
    let peer = Peer::with([script]);
    let error = cancelled_at(gate, get(&peer.url("").replace("http", "https")));
    assert_eq!(error.delivery(), Delivery::NotSent);
    peer.done();
}

#[test]
fn while_it_waits_for_the_head_and_in_the_body() {
    for response in [
        &b""[..],
        b"HTTP/1.1 200 O",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart",
        b"HTTP/1.1 200 OK\r\n\r\na body that looks whole when cancelled",
    ] {
        let (script, gate) = gated(|socket| {
            socket.read_request();
            socket.write(response);
        });
        let peer = Peer::with([script]);
        let error = cancelled_at(gate, get(&peer.url("/")));
        assert_eq!(error.delivery(), Delivery::MaybeSent);
        peer.done();
    }
}

#[test]
fn on_a_connection_that_served_before() {
    let (open, gate) = mpsc::channel();
    let peer = Peer::with([script(move |mut socket| {
        socket.read_request();
        socket.write(OK);
        socket.read_request();
        open.send(()).unwrap();
        socket.expect_close();
    })]);
    let (transport, url) = (transport(), peer.url("/"));
    fetch(&transport, get(&url));
    cancelled(gate, move |cancel| transport.exchange(get(&url), cancel));
    peer.done();
}

#[test]
fn in_an_upload() {
    let (script, gate) = gated(|socket| {
        socket.read_head();
    });
    let peer = Peer::with([script]);
    let error = cancelled_at(gate, post(&peer.url("/"), vec![7; 32 << 20]));
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    peer.done();
}

#[test]
fn a_late_cancellation_does_no_harm() {
    let peer = Peer::with([responding(OK)]);
    let transport = transport();
    for _ in 0..3 {
        let cancel = CancelToken::new();
        let response = transport.exchange(get(&peer.url("/")), &cancel).unwrap();
        assert_eq!(&collect(response).unwrap()[..], b"ok");
        cancel.cancel();
    }
    drop(transport);
    peer.done();
}

#[test]
fn what_was_shut_down_does_not_go_back() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let connection = Connection {
        origin: Origin::of(&"http://a.example".parse().unwrap()).unwrap(),
        wire: Wire::new(Arc::new(stream)),
        born: Instant::now(),
    };
    let cancel = CancelToken::new();
    let lease = Lease::new(Box::new(connection), &cancel);
    cancel.cancel();
    assert!(lease.release().is_none());
}

#[test]
fn a_neighbour_and_the_next_request_are_fine() {
    let (script, gate) = gated(|socket| {
        socket.read_request();
    });
    let peer = Peer::with([script, responding(OK)]);
    let (transport, cancel) = (transport(), CancelToken::new());
    let cancelled = thread::spawn({
        let (transport, cancel, url) = (transport.clone(), cancel.clone(), peer.url("/"));
        move || transport.exchange(get(&url), &cancel).map(drop)
    });
    gate.recv().unwrap();
    assert_eq!(fetch(&transport, get(&peer.url("/"))).0, 200);
    cancel.cancel();
    assert!(cancelled.join().unwrap().is_err());
    assert_eq!(fetch(&transport, get(&peer.url("/"))).0, 200);
    drop(transport);
    peer.done();
}
