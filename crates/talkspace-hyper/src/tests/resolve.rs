//! Names are looked up aside, once for all who wait.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use talkspace_core::{Delivery, FailureKind, Phase};
use tokio::runtime::Builder;
use tokio::time::Instant;

use super::peer::{Peer, SOON, answering};
use super::{fetch, get, transport};
use crate::dial::dial;
use crate::resolve::Resolver;

/// A resolver that finds nothing before it is let, and counts the questions.
fn hanging(
    found: fn() -> io::Result<Vec<SocketAddr>>,
) -> (Arc<Resolver>, mpsc::Sender<()>, Arc<AtomicUsize>) {
    let (go, may_go) = mpsc::channel();
    let asked = Arc::new(AtomicUsize::new(0));
    let may_go = Mutex::new(may_go);
    let resolver = Resolver::new({
        let asked = asked.clone();
        move |_| {
            asked.fetch_add(1, Ordering::Relaxed);
            let _ = may_go.lock().unwrap().recv();
            found()
        }
    });
    (resolver, go, asked)
}

#[test]
fn many_who_wait_for_a_name_ask_once() {
    let address = || Ok(vec![SocketAddr::from(([127, 0, 0, 1], 0))]);
    let (resolver, go, asked) = hanging(address);
    let (tell, told) = mpsc::channel();
    for round in 1..=2 {
        for _ in 0..64 {
            let tell = tell.clone();
            resolver.look_up("a.example", move |found| tell.send(found).unwrap());
        }
        go.send(()).unwrap();
        for _ in 0..64 {
            assert_eq!(
                told.recv_timeout(SOON).unwrap().unwrap(),
                address().unwrap()
            );
        }
        assert_eq!(
            asked.load(Ordering::Relaxed),
            round,
            "a later one asks anew"
        );
    }
}

#[test]
fn a_name_does_not_wait_for_another_and_a_failure_is_told_to_all() {
    let (resolver, go, asked) = hanging(|| Err(io::ErrorKind::NotFound.into()));
    let (tell, told) = mpsc::channel();
    for host in ["a.example", "b.example", "a.example"] {
        let tell = tell.clone();
        resolver.look_up(host, move |found| tell.send(found).unwrap());
    }
    drop(go);
    for _ in 0..3 {
        let error = told.recv_timeout(SOON).unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[test]
fn a_runtime_ends_while_a_look_up_hangs() {
    let (resolver, go, _asked) = hanging(|| Ok(Vec::new()));
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(async {
        let until = Instant::now() + Duration::from_millis(30);
        dial("a.example", 80, &resolver, until).await.unwrap_err()
    });
    assert_eq!(error.kind(), FailureKind::Timeout);
    assert_eq!(error.phase(), Some(Phase::Connect));
    assert_eq!(error.delivery(), Delivery::NotSent);
    drop(runtime);
    // It hangs still: this is what ends it.
    go.send(()).unwrap();
}

#[test]
fn a_look_up_needs_none_of_the_threads_for_blocking() {
    let runtime = Builder::new_current_thread()
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (end, ended) = mpsc::channel::<()>();
    let busy = runtime.spawn_blocking(move || ended.recv());
    let peer = Peer::with([answering(b"HTTP/1.1 204 No Content\r\n\r\n")]);
    let url = format!("http://localhost:{}/", peer.address().port());
    let transport = transport();
    let (status, _) = runtime.block_on(fetch(&transport, get(&url)));
    assert_eq!(status, 204);
    assert!(!busy.is_finished());
    end.send(()).unwrap();
    drop(transport);
    runtime.block_on(peer.done());
}
