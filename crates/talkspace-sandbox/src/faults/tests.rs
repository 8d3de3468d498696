//! Faults meet what they are for, over a socket and in memory.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use talkspace_core::{
    AddToTalkspace, BlockingClient, CreateMedia, CreateTalkspace, Delivery, Error, ErrorKind,
    FailureKind, GetVersion, Operation as _, Phase, RequestOptions,
};

use super::*;
use crate::{Clock, Sandbox, SandboxBuilder, Server};

const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;

fn client(sandbox: &Sandbox) -> BlockingClient {
    BlockingClient::builder(Sandbox::IN_MEMORY_URL, KEY)
        .build_blocking(sandbox.transport())
        .unwrap()
}

fn frozen() -> (Sandbox, BlockingClient) {
    let sandbox = Sandbox::builder().examples().clock(Clock::frozen()).seed(7);
    let sandbox = sandbox.build().unwrap();
    let client = client(&sandbox);
    let once = RequestOptions::default().max_retries(0);
    let client = client.with_options(once);
    (sandbox, client)
}

fn kind(error: &Error) -> (ErrorKind, Delivery) {
    (error.kind(), error.delivery())
}

const fn failed(kind: FailureKind) -> (ErrorKind, Delivery) {
    (ErrorKind::Transport(kind), Delivery::MaybeSent)
}

#[test]
fn in_memory_each_is_the_error_that_it_is() {
    let (sandbox, client) = frozen();
    let create = || client.send(CreateTalkspace::new("eta")).unwrap_err();
    let is = |fault| sandbox.fault::<CreateTalkspace>(fault);

    is(Fault::lose_response().once());
    assert_eq!(kind(&create()), failed(FailureKind::Closed));
    assert_eq!(sandbox.applied::<CreateTalkspace>(), 1);
    is(Fault::reset().once());
    assert_eq!(kind(&create()), failed(FailureKind::Closed));
    assert_eq!(
        (sandbox.applied::<CreateTalkspace>(), sandbox.rings("eta")),
        (1, 1)
    );

    is(Fault::stall().once());
    let error = create();
    assert_eq!(kind(&error), failed(FailureKind::Timeout));
    assert_eq!(error.phase(), Some(Phase::Head));
    assert_eq!(sandbox.clock().now(), Duration::from_secs(15));
    is(Fault::delay(Duration::from_secs(20)).once());
    assert_eq!(kind(&create()), failed(FailureKind::Timeout));
    assert_eq!(sandbox.clock().now(), Duration::from_secs(30));
    is(Fault::cut(10).once());
    assert_eq!(kind(&create()), failed(FailureKind::Truncated));
    assert_eq!(sandbox.applied::<CreateTalkspace>(), 4);

    is(Fault::status(429).once());
    let error = create();
    assert_eq!(error.status().map(|status| status.code()), Some(429));
    assert_eq!(sandbox.applied::<CreateTalkspace>(), 4);

    is(Fault::delay(Duration::from_secs(14)).once());
    client.send(CreateTalkspace::new("eta")).unwrap();
    assert_eq!(sandbox.clock().now(), Duration::from_secs(44));
    let log = sandbox.request_log(0);
    let faults: Vec<_> = log.entries.iter().filter_map(|it| it.fault()).collect();
    assert_eq!(faults, [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn the_first_that_matches_acts() {
    let (sandbox, client) = frozen();
    let create = |id: &str| client.send(CreateTalkspace::new(id));
    let never = sandbox.fault::<CreateTalkspace>(Fault::reset().probability(0.0, 1));
    let other = sandbox.fault::<CreateTalkspace>(Fault::reset().person("@theta"));
    let twice = sandbox.fault::<CreateTalkspace>(Fault::status(503).times(2));
    let elsewhere = sandbox.fault::<AddToTalkspace>(Fault::reset());
    let statuses = [
        create("eta"),
        create("@theta"),
        create("eta"),
        create("eta"),
    ];
    let statuses = statuses.map(|outcome| {
        outcome
            .err()
            .map(|error| error.status().map(|it| it.code()))
    });
    assert_eq!(
        statuses,
        [Some(Some(503)), Some(None), Some(Some(503)), None]
    );
    let hits = [&never, &other, &twice, &elsewhere].map(ActiveFault::hits);
    assert_eq!(hits, [0, 1, 2, 0]);

    assert!(other.remove() && !other.remove());
    create("@theta").unwrap();
    assert_eq!(sandbox.faults().len(), 3);
    sandbox.clear_faults();
    assert!(!sandbox.backend.faults().are_there());

    sandbox.fault::<CreateTalkspace>(Fault::reset().lasting(Duration::from_secs(10)));
    create("eta").unwrap_err();
    sandbox.advance(Duration::from_secs(10));
    create("eta").unwrap();
}

#[test]
fn chance_is_the_same_with_the_same_seed() {
    let meets = |probability, seed| {
        let faults = Faults::new(Clock::frozen());
        let fault = Fault::reset().probability(probability, seed);
        let active = faults.add(GetVersion::INFO, fault, Duration::ZERO);
        let met = (0..1000).map(|_| {
            faults
                .meet(GetVersion::INFO, None, Duration::ZERO)
                .is_some()
        });
        (met.collect::<Vec<_>>(), active.hits())
    };
    assert_eq!(meets(0.3, 5), meets(0.3, 5));
    assert_ne!(meets(0.3, 5), meets(0.3, 6));
    assert!((200..400).contains(&meets(0.3, 5).1));
    assert_eq!((meets(0.0, 5).1, meets(1.0, 5).1), (0, 1000));
}

#[test]
fn one_that_meets_nothing_any_more_leaves_its_place() {
    let (faults, now) = (Faults::new(Clock::frozen()), Duration::ZERO);
    let add = |fault| faults.add(GetVersion::INFO, fault, now).number();
    add(Fault::reset().person("eta"));
    add(Fault::reset().once());
    add(Fault::reset().lasting(Duration::from_secs(1)));
    assert!(!faults.make_place(3, now));
    faults.meet(GetVersion::INFO, None, now).unwrap();
    assert!(faults.make_place(3, now) && faults.make_place(3, now));
    add(Fault::reset());
    assert!(!faults.make_place(3, now));
    assert!(faults.make_place(3, Duration::from_secs(1)));
    let left: Vec<_> = faults.all().iter().map(ActiveFault::number).collect();
    assert_eq!(left, [1, 4]);
}

#[test]
fn what_is_no_fault_says_what_would_be_one() {
    let invalid = [200, 399, 600, 0].map(|status| Fault::status(status).invalid());
    assert_eq!(invalid, [Some(("status", "is from 400 to 599")); 4]);
    let invalid = [f64::NAN, -0.1, 1.1].map(|it| Fault::reset().probability(it, 1).invalid());
    assert_eq!(invalid, [Some(("probability", "is from 0 to 1")); 3]);
    let (sandbox, _) = frozen();
    let panics = std::thread::spawn(move || {
        sandbox.fault::<CreateMedia>(Fault::status(200));
    });
    assert!(panics.join().is_err());
    assert!(Fault::status(599).probability(1.0, 1).invalid().is_none());
}

/// Sends a request by hand, and gives the connection.
fn send(server: &Server) -> TcpStream {
    let mut socket = TcpStream::connect(server.local_addr()).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let form = format!("appkey={KEY}");
    let length = form.len();
    write!(
        socket,
        "POST /api/rest/media HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n{form}"
    )
    .unwrap();
    socket
}

/// What comes until the connection ends, and how it does.
fn read(mut socket: TcpStream) -> (String, Result<usize, io::ErrorKind>) {
    let mut text = Vec::new();
    let end = socket.read_to_end(&mut text).map_err(|error| error.kind());
    (String::from_utf8(text).unwrap(), end)
}

#[test]
fn over_a_socket_the_connection_really_breaks() {
    let server = Sandbox::start().unwrap();
    let sandbox = server.sandbox();
    for (fault, applied) in [(Fault::lose_response(), 1), (Fault::reset(), 1)] {
        sandbox.fault::<CreateMedia>(fault.once());
        assert_eq!(
            read(send(&server)),
            (String::new(), Err(io::ErrorKind::ConnectionReset))
        );
        assert_eq!(sandbox.applied::<CreateMedia>(), applied);
    }

    sandbox.fault::<CreateMedia>(Fault::cut(10).once());
    let (text, end) = read(send(&server));
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("\r\nx-sandbox-fault: 3"), "{head}");
    assert_eq!((body, end.is_ok()), ("{\"MediaRes", true), "{text}");

    sandbox.fault::<CreateMedia>(Fault::cut(0).once());
    let (text, end) = read(send(&server));
    assert!(text.starts_with("HTTP/1.1 201 "), "{text}");
    assert!(text.ends_with("\r\n\r\n") && end.is_ok(), "{text}");

    let fault = Fault::status(429).retry_after(Duration::from_millis(1500));
    sandbox.fault::<CreateMedia>(fault.once());
    let mut socket = send(&server);
    let mut start = [0; 12];
    socket.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 429");
    let mut rest = [0; 256];
    let length = socket.read(&mut rest).unwrap();
    let rest = String::from_utf8_lossy(&rest[..length]).into_owned();
    assert!(rest.contains("\r\nretry-after: 2\r\n"), "{rest}");
}

#[test]
fn a_stalled_response_comes_neither_before_the_end_nor_after_it() {
    let server = Sandbox::start().unwrap();
    server.sandbox().fault::<CreateMedia>(Fault::stall());
    let socket = send(&server);
    let such = |_: &CreateMedia| true;
    server.sandbox().wait_for_request(such).unwrap();
    assert_eq!(server.sandbox().applied::<CreateMedia>(), 1);
    server.stop();
    assert_eq!(read(socket).0, "");
}

#[test]
fn what_stalls_ends_when_the_server_stops() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (response, line) = (http::Response::default(), Line::default());
    let stopped = std::future::ready(());
    let end = Fate::on(Some(Fate::Stalled), response, &line, stopped);
    assert!(runtime.block_on(end).is_err());
}

#[test]
fn a_delay_over_a_socket_is_real() {
    let server = Sandbox::start().unwrap();
    let delay = Duration::from_millis(300);
    server.sandbox().fault::<CreateMedia>(Fault::delay(delay));
    let since = std::time::Instant::now();
    let mut first = [0; 12];
    send(&server).read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 201");
    assert!(since.elapsed() >= delay - Duration::from_millis(5));
}
