//! Connections that the application makes: here over Unix sockets.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use talkspace_core::transport::BlockingTransport as _;
use talkspace_core::{CancelToken, Delivery, FailureKind, Phase};

use super::peer::{Peer, script};
use super::tls::Authority;
use super::{builder, fail, fetch, get, post, reaches_io_error, with_limits};
use crate::{Connector, HttpTransport};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// A service at a path, which a test plays itself.
struct Service {
    path: PathBuf,
    accepted: Receiver<UnixStream>,
}

impl Service {
    fn start(name: &str) -> Self {
        let file = format!("talkspace-blocking-{name}-{}", std::process::id());
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
    fn transport(&self) -> HttpTransport {
        let path = self.path.clone();
        let connector = Connector::new(move |target| {
            assert_eq!((target.host(), target.port()), ("service.example", 80));
            UnixStream::connect(&path)
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

#[test]
fn what_a_connector_makes_is_used_again() {
    let service = Service::start("again");
    let transport = service.transport();
    let served = thread::spawn(move || {
        let mut stream = service.accepted.recv().unwrap();
        let requests = [serve(&mut stream), serve(&mut stream)];
        assert!(service.accepted.try_recv().is_err(), "one connection does");
        requests
    });
    for _ in 0..2 {
        let (status, body) = fetch(&transport, get("http://Service.example/a"));
        assert_eq!((status, &body[..]), (200, &b"ok"[..]));
    }
    for request in served.join().unwrap() {
        assert!(request.starts_with("GET /a HTTP/1.1\r\nhost: Service.example\r\n"));
    }
}

#[test]
fn one_that_the_peer_closed_or_wrote_to_meanwhile_is_not() {
    for garbage in [&b""[..], b"HTTP/1.1 408 Late\r\ncontent-length: 0\r\n\r\n"] {
        let service = Service::start("stale");
        let transport = service.transport();
        let serving = thread::spawn(move || {
            let mut stream = service.accepted.recv().unwrap();
            serve(&mut stream);
            (service, stream)
        });
        fetch(&transport, get("http://service.example/"));
        let (service, mut stream) = serving.join().unwrap();
        stream.write_all(garbage).unwrap();
        drop(stream);
        let serving = thread::spawn(move || serve(&mut service.accepted.recv().unwrap()));
        let sent = post("http://service.example/", bytes::Bytes::new());
        assert_eq!(fetch(&transport, sent).0, 200);
        assert!(serving.join().unwrap().starts_with("POST "));
    }
}

#[test]
fn a_connector_that_fails_or_hangs_has_sent_nothing() {
    let fails = Connector::new(|_| Err::<TcpStream, _>(io::Error::other("no way")));
    let transport = builder().connector(fails).build().unwrap();
    let error = fail(&transport, get("http://service.example/"));
    assert_eq!(error.kind(), FailureKind::Connect);
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(reaches_io_error(&error));

    let limit = Duration::from_millis(200);
    let hangs = Connector::new(move |target| -> io::Result<TcpStream> {
        assert!(target.deadline() <= Instant::now() + limit);
        loop {
            thread::park();
        }
    });
    let transport = builder().connector(hangs).build().unwrap();
    let begin = Instant::now();
    let exchange = with_limits("http://service.example/", |limits| {
        limits.connect_timeout = limit;
    });
    let error = fail(&transport, exchange);
    assert!(begin.elapsed() + Duration::from_millis(5) >= limit);
    assert_eq!(
        (error.kind(), error.phase()),
        (FailureKind::Timeout, Some(Phase::Connect))
    );
    assert_eq!(error.delivery(), Delivery::NotSent);
}

#[test]
fn tls_goes_over_what_a_connector_makes() {
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
    let transport = HttpTransport::builder()
        .only_root_certificates_pem(authority.pem())
        .connector(Connector::new(move |_| TcpStream::connect(address)))
        .build()
        .unwrap();
    for _ in 0..2 {
        assert_eq!(fetch(&transport, get("https://service.example/")).0, 200);
    }
    drop(transport);
    peer.done();
}

#[test]
fn a_cancellation_wakes_whatever_waits() {
    // A connector that hangs, and a stream on which nothing comes.
    let service = Service::start("cancel");
    let hangs = Connector::new(|_| -> io::Result<TcpStream> {
        loop {
            thread::park();
        }
    });
    let hanging = builder().connector(hangs).build().unwrap();
    for (transport, connects) in [(hanging, false), (service.transport(), true)] {
        let cancel = CancelToken::new();
        thread::scope(|scope| {
            let get = get("http://service.example/");
            let sent = scope.spawn(|| transport.exchange(get, &cancel).map(drop));
            if connects {
                let mut stream = service.accepted.recv().unwrap();
                stream.read_exact(&mut [0]).unwrap();
                cancel.cancel();
                assert!(stream.read_to_end(&mut Vec::new()).is_ok(), "it is closed");
            } else {
                cancel.cancel();
            }
            let error = sent.join().unwrap().unwrap_err();
            assert_eq!(error.kind(), FailureKind::Cancelled);
        });
    }
}
