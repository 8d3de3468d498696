//! Names are looked up aside, and no runtime waits for that.

use std::sync::{Mutex, mpsc};
use std::time::Duration;

use talkspace_core::{Delivery, FailureKind, Phase};
use talkspace_net::{Settings, TransportBuilder};
use tokio::runtime::Builder;
use tokio::time::Instant;

use super::peer::{Peer, responding};
use super::{fetch, get, transport};
use crate::dial::dial;

#[test]
fn a_runtime_ends_while_a_look_up_hangs() {
    let (go, may_go) = mpsc::channel::<()>();
    let may_go = Mutex::new(may_go);
    let settings = TransportBuilder::<Settings>::default().resolver(move |_| {
        let _ = may_go.lock().unwrap().recv();
        Ok(Vec::new())
    });
    let sockets = settings.build().unwrap().sockets;
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(async {
        let until = Instant::now() + Duration::from_millis(30);
        dial("a.example", 80, &sockets, until).await.unwrap_err()
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
    let peer = Peer::with([responding(b"HTTP/1.1 204 No Content\r\n\r\n")]);
    let url = format!("http://localhost:{}/", peer.address().port());
    let transport = transport();
    let (status, _) = runtime.block_on(fetch(&transport, get(&url)));
    assert_eq!(status, 204);
    assert!(!busy.is_finished());
    end.send(()).unwrap();
    drop(transport);
    runtime.block_on(peer.done());
}
