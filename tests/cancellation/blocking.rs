//! A token cancels a blocking request in each of its phases.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use talkspace_blocking::HttpTransport;
use talkspace_conformance::wire::BlackHole;
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, TransportError,
};
use talkspace_core::{
    BlockingClient, CancelToken, CreateMedia, CreateTalkspace, Delivery, Error, ErrorKind,
    FailureKind, GetVersion, Limits, MediaFile, PollOptions, RequestOptions, UploadMedia,
};
use talkspace_sandbox::{Clock, Sandbox, SandboxBuilder};

use crate::proc::{connections_to, sleeps, threads, wait_until};

const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;
/// A cancelled request returns at once, but a machine may be as busy as it likes. How
/// long it took is printed.
const SOON: Duration = Duration::from_secs(30);
/// Longer than that, and no longer than a service may ask a client to wait: a
/// thread that goes on after it was not woken.
const AGES: Duration = Duration::from_secs(60);
/// The thread that resolves and connects, as far as the system keeps its name.
const CONNECTING: &str = "talkspace-conne";
/// The thread that sends the request.
const SENDING: &str = "sending";

/// The transport, which says when it begins to wait.
struct Watched {
    inner: HttpTransport,
    sleeps: Mutex<mpsc::Sender<()>>,
}

impl BlockingTransport for Watched {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<http::Response<BlockingResponseBody>, TransportError> {
        self.inner.exchange(exchange, cancel)
    }

    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        self.sleeps.lock().unwrap().send(()).unwrap();
        self.inner.sleep(duration, cancel);
    }
}

/// A request of a client, and what is seen around it.
struct Phase {
    name: &'static str,
    client: BlockingClient,
    port: u16,
    reached: mpsc::Receiver<()>,
    delivery: Delivery,
    /// What it connects to, where no connection is accepted.
    black_hole: Option<BlackHole>,
}

impl Phase {
    /// A client of whatever listens at `address`.
    fn new(name: &'static str, scheme: &str, address: SocketAddr, delivery: Delivery) -> Self {
        let (sleeps, reached) = mpsc::channel();
        let transport = Watched {
            inner: HttpTransport::new(),
            sleeps: Mutex::new(sleeps),
        };
        let mut limits = Limits::default();
        limits.response_timeout = AGES;
        limits.read_timeout = AGES;
        let policy = RequestOptions::default().no_timeout().limits(limits);
        let client = BlockingClient::builder(format!("{scheme}://{address}"), KEY)
            .options(policy)
            .build_blocking(transport)
            .unwrap();
        Self {
            name,
            client,
            port: address.port(),
            reached,
            delivery,
            black_hole: None,
        }
    }

    /// The same with a peer that does this on its first connection, says so,
    /// and then holds the connection.
    fn with_peer(
        name: &'static str,
        scheme: &str,
        delivery: Delivery,
        part: impl FnOnce(&mut TcpStream) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut phase = Self::new(name, scheme, listener.local_addr().unwrap(), delivery);
        let (reach, reached) = mpsc::channel();
        phase.reached = reached;
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            part(&mut stream);
            reach.send(()).unwrap();
            // Until the client closes, or has left with something unread.
            while matches!(stream.peek(&mut [0]), Ok(1)) {
                thread::sleep(Duration::from_millis(5));
            }
        });
        phase
    }

    /// Sends the request, cancels it when it has come to its phase, and holds what
    /// is left against what there was.
    fn cancel<T: Send>(
        self,
        has_come: impl FnOnce(&mpsc::Receiver<()>),
        send: impl FnOnce(&BlockingClient) -> Result<T, Error> + Send,
    ) {
        let cancel = CancelToken::new();
        let client = self.client.with_cancel(&cancel);
        let error = thread::scope(|scope| {
            let sending = thread::Builder::new().name(SENDING.to_owned());
            let sending = sending.spawn_scoped(scope, || {
                let error = send(&client).map(drop).unwrap_err();
                (error, Instant::now())
            });
            let sending = sending.unwrap();
            has_come(&self.reached);
            // What has come to it by then is read.
            wait_until(self.name, || sleeps(SENDING) || sending.is_finished());
            let begin = Instant::now();
            cancel.cancel();
            let (error, free) = sending.join().unwrap();
            let waited = free.saturating_duration_since(begin);
            println!(
                "{:<24} {:>9.3} ms",
                self.name,
                waited.as_secs_f64() * 1000.0
            );
            assert!(waited < SOON, "{}: {waited:?}", self.name);
            error
        });
        let cancelled = ErrorKind::Transport(FailureKind::Cancelled);
        assert_eq!(error.kind(), cancelled, "{}: {error}", self.name);
        assert_eq!(error.delivery(), self.delivery, "{}", self.name);
        assert!(!error.is_retryable(), "{}", self.name);
        // A client keeps connections that nothing is under way on; and a thread
        // that connects ends when that does, which is soon without a listener.
        drop((self.client, client, self.black_hole));
        wait_until(self.name, || {
            connections_to(self.port).is_empty() && threads(CONNECTING) == 0
        });
    }
}

fn is_reached(reached: &mpsc::Receiver<()>) {
    reached.recv_timeout(AGES).unwrap();
}

fn version(client: &BlockingClient) -> Result<(), Error> {
    client.send(GetVersion::new()).map(drop)
}

fn read_head(stream: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
}

#[test]
fn a_token_cancels_a_request_in_every_phase() {
    println!("cancelled while it …     was free after");
    connecting();
    handshaking();
    sending();
    receiving();
    waiting();
}

/// A listener that accepts no more connections, and refuses none.
fn connecting() {
    let hole = BlackHole::open().unwrap();
    let mut phase = Phase::new("connects", "http", hole.address(), Delivery::NotSent);
    phase.black_hole = Some(hole);
    phase.cancel(
        |_| wait_until("it connects", || threads(CONNECTING) == 1),
        version,
    );
}

fn handshaking() {
    Phase::with_peer("TLS handshake", "https", Delivery::NotSent, |stream| {
        stream.read_exact(&mut [0; 5]).unwrap();
    })
    .cancel(is_reached, version);
}

fn sending() {
    let phase = Phase::with_peer("sends", "http", Delivery::MaybeSent, |_| {});
    let port = phase.port;
    let mut mp3 = vec![0; 24 << 20];
    mp3[..3].copy_from_slice(b"ID3");
    let file = MediaFile::mp3(bytes::Bytes::from(mp3)).unwrap();
    phase.cancel(
        |reached| {
            is_reached(reached);
            // Whatever the two systems hold is full when it waits with some of it.
            wait_until("it is stuck", || {
                sleeps(SENDING)
                    && connections_to(port)
                        .first()
                        .is_some_and(|it| it.unacknowledged > 0)
            });
        },
        |client| client.send(UploadMedia::new("0x3e1f2ba8bcb67848", file)),
    );
}

fn receiving() {
    for (name, response) in [
        ("waits for the head", ""),
        ("reads the head", "HTTP/1.1 200 O"),
        (
            "reads the body",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n01.02",
        ),
        ("reads until the close", "HTTP/1.1 200 OK\r\n\r\n01.02.06"),
    ] {
        Phase::with_peer(name, "http", Delivery::MaybeSent, |stream| {
            read_head(stream);
            stream.write_all(response.as_bytes()).unwrap();
        })
        .cancel(is_reached, version);
    }
}

fn waiting() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let phase = Phase::new("waits for a retry", "http", address, Delivery::MaybeSent);
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_head(&mut stream);
        let ages = AGES.as_secs();
        write!(
            stream,
            "HTTP/1.1 503 Later\r\nRetry-After: {ages}\r\nContent-Length: 0\r\n\r\n"
        )
        .unwrap();
        let _ = stream.read(&mut [0]);
    });
    phase.cancel(is_reached, version);

    let server = Sandbox::builder()
        .examples()
        .clock(Clock::frozen())
        .start()
        .unwrap();
    let options = PollOptions::default().timeout(AGES * 2).backoff(AGES, AGES);
    let phase = |name| Phase::new(name, "http", server.local_addr(), Delivery::Responded);

    let media = phase("waits for media");
    let empty = media.client.send(CreateMedia::new()).unwrap().media_id;
    media.cancel(is_reached, |client| client.wait_for_media(empty, options));
    phase("waits for a registration").cancel(is_reached, |client| {
        client.wait_for_registration("stranger", options)
    });
    let participant = phase("waits for a participant");
    let talkspace = participant
        .client
        .send(CreateTalkspace::new("eta"))
        .unwrap();
    participant.cancel(is_reached, |client| {
        client.wait_for_participant(talkspace.conference_id, "@theta", options)
    });
}
