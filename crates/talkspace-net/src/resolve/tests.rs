//! Names are looked up aside, once for all who wait.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use super::Resolver;

/// Far longer than anything here takes, and it ends a test that hangs.
const SOON: Duration = Duration::from_secs(60);

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
fn a_resolver_that_panics_leaves_nobody_waiting() {
    let resolver = Resolver::new(|_| panic!("as a resolver may"));
    for _ in 0..2 {
        let (tell, told) = mpsc::channel();
        resolver.look_up("a.example", move |found| tell.send(found).unwrap());
        let error = told.recv_timeout(SOON).unwrap().unwrap_err();
        assert_eq!(error.to_string(), "the resolver panicked");
    }
}
