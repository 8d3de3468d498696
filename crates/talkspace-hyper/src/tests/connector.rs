//! Connections that the application makes: here over Unix sockets.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use talkspace_core::transport::Transport as _;
use talkspace_core::{Delivery, FailureKind, Phase};
use tokio::net::TcpStream;

use super::peer::{Peer, script};
use super::tls::Authority;
use super::{builder, fail, fetch, get, post, reaches_io_error, with_limits};
use crate::{Connector, HyperTransport};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// A service at a path, which a test plays itself.
struct Service {
    path: PathBuf,
    accepted: Receiver<UnixStream>,
}

impl Service {
    fn start(name: &str) -> Self {
        let file = format!("talkspace-hyper-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(file);
        let _ = std::fs::remove_file(&path);
        let listener = UnixListener::bind(&path).unwrap();
        let (tell, accepted) = mpsc::channel();
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                if tell.send(stream).is_err() {
                    return;
                }
            }
        });
        Self { path, accepted }
    }

    /// What connects to it, whatever the target.
    fn transport(&self) -> HyperTransport {
        let path = self.path.clone();
        let connector = Connector::new(move |target| {
            assert_eq!((target.host(), target.port()), ("service.example", 80));
            tokio::net::UnixStream::connect(path.clone())
        });
        builder()
            .pool_idle_timeout(Duration::MAX)
            .connector(connector)
            .build()
            .unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Reads a request without a body, and responds.
fn serve(stream: &mut UnixStream) -> String {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        request.extend(byte);
    }
    stream.write_all(OK).unwrap();
    String::from_utf8(request).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_connector_makes_is_used_again() {
    let service = Service::start("again");
    let transport = service.transport();
    let served = thread::spawn(move || {
        let mut stream = service.accepted.recv().unwrap();
        let requests = [serve(&mut stream), serve(&mut stream)];
        assert!(service.accepted.try_recv().is_err(), "one connection does");
        requests
    });
    for _ in 0..2 {
        let (status, body) = fetch(&transport, get("http://Service.example/a")).await;
        assert_eq!((status, &body[..]), (200, &b"ok"[..]));
    }
    for request in served.join().unwrap() {
        assert!(request.starts_with("GET /a HTTP/1.1\r\nhost: Service.example\r\n"));
    }
}

/// The runtime has no time to see the peer's close, so it is the probe that must.
#[tokio::test]
async fn one_that_the_peer_closed_or_wrote_to_meanwhile_is_not() {
    for garbage in [&b""[..], b"HTTP/1.1 408 Late\r\ncontent-length: 0\r\n\r\n"] {
        let service = Service::start("stale");
        let transport = service.transport();
        let serving = thread::spawn(move || {
            let mut stream = service.accepted.recv().unwrap();
            serve(&mut stream);
            (service, stream)
        });
        fetch(&transport, get("http://service.example/")).await;
        // Blocks the only thread of the runtime.
        let (service, mut stream) = serving.join().unwrap();
        stream.write_all(garbage).unwrap();
        drop(stream);
        let serving = thread::spawn(move || serve(&mut service.accepted.recv().unwrap()));
        let sent = post("http://service.example/", bytes::Bytes::new());
        assert_eq!(fetch(&transport, sent).await.0, 200);
        assert!(serving.join().unwrap().starts_with("POST "));
    }
}

#[tokio::test]
async fn a_connector_that_fails_or_hangs_has_sent_nothing() {
    let fails = Connector::new(|_| async { Err::<TcpStream, _>(io::Error::other("no way")) });
    let transport = builder().connector(fails).build().unwrap();
    let error = fail(&transport, get("http://service.example/")).await;
    assert_eq!(error.kind(), FailureKind::Connect);
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(reaches_io_error(&error));

    let limit = Duration::from_millis(200);
    let hangs = Connector::new(move |target| {
        assert!(target.deadline() <= Instant::now() + limit);
        std::future::pending::<io::Result<TcpStream>>()
    });
    let transport = builder().connector(hangs).build().unwrap();
    let begin = Instant::now();
    let exchange = with_limits("http://service.example/", |limits| {
        limits.connect_timeout = limit;
    });
    let error = transport.exchange(exchange).await.unwrap_err();
    assert!(begin.elapsed() + Duration::from_millis(5) >= limit);
    assert_eq!(
        (error.kind(), error.phase()),
        (FailureKind::Timeout, Some(Phase::Connect))
    );
    assert_eq!(error.delivery(), Delivery::NotSent);
}

#[tokio::test]
async fn tls_goes_over_what_a_connector_makes() {
    let authority = Authority::new();
    let config = authority.server("service.example");
    let peer = Peer::with([script(move |socket| {
        let mut socket = socket.secure(&config).unwrap();
        for _ in 0..2 {
            socket.read_request();
            socket.write(OK);
        }
    })]);
    let address = peer.address();
    let transport = HyperTransport::builder()
        .only_root_certificates_pem(authority.pem())
        .connector(Connector::new(move |_| TcpStream::connect(address)))
        .build()
        .unwrap();
    for _ in 0..2 {
        assert_eq!(
            fetch(&transport, get("https://service.example/")).await.0,
            200
        );
    }
    drop(transport);
    peer.done().await;
}
