//! The peer does what its script says and misses nothing.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use super::*;

const SOON: Duration = Duration::from_secs(5);
const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";

fn peer(plan: impl Into<Plan>) -> Peer {
    Peer::start(plan).unwrap()
}

fn connect(peer: &Peer) -> TcpStream {
    let stream = TcpStream::connect(peer.address()).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    stream
}

fn read_to_end(mut stream: &TcpStream) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    stream.read_to_end(&mut all).map(|_| all)
}

fn whats(peer: &Peer) -> Vec<What> {
    let events = peer.log().transcript().events().to_vec();
    events.into_iter().map(|event| event.what).collect()
}

#[test]
fn a_request_is_read_answered_and_recorded_byte_for_byte() {
    let peer = peer(
        Script::accept()
            .read_request()
            .write(NO_CONTENT)
            .half_close(),
    );
    let mut client = connect(&peer);
    client
        .write_all(
            b"POST /a%2Fb?c HTTP/1.1\r\nhOSt: x\r\nX: \t 1 \r\nx:2\r\nContent-Length: 5\r\n\r\nhel",
        )
        .unwrap();
    client.write_all(b"lo").unwrap();
    assert_eq!(read_to_end(&client).unwrap(), NO_CONTENT.as_bytes());
    drop(client);
    assert!(peer.log().wait(SOON, |seen| seen.client_closed(0)));
    let [request] = peer.log().transcript().requests().try_into().unwrap();
    assert_eq!(request.line, "POST /a%2Fb?c HTTP/1.1");
    assert_eq!(request.headers[0].0, "hOSt");
    assert_eq!(request.values("x"), ["1", "2"]);
    assert_eq!(request.body, "hello");
    assert!(request.whole);
}

#[test]
fn requests_are_told_apart_on_one_connection_and_on_several() {
    let peer = peer(Plan::default().otherwise(Script::serve(NO_CONTENT)));
    let mut answer = [0; NO_CONTENT.len()];
    let (first, second) = (connect(&peer), connect(&peer));
    for (mut client, target) in [(&first, "/1"), (&second, "/2"), (&first, "/3")] {
        write!(client, "GET {target} HTTP/1.1\r\n\r\n").unwrap();
        client.read_exact(&mut answer).unwrap();
    }
    let requests = peer.log().transcript().requests();
    let seen: Vec<_> = requests
        .iter()
        .map(|request| (request.connection, request.line.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (0, "GET /1 HTTP/1.1"),
            (1, "GET /2 HTTP/1.1"),
            (0, "GET /3 HTTP/1.1")
        ]
    );
}

#[test]
fn chunked_and_broken_off_requests_are_seen_as_such() {
    for (raw, body, whole) in [
        (
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            "hello",
            true,
        ),
        (
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
            "hel",
            false,
        ),
        (
            "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhel",
            "hel",
            false,
        ),
        ("POST / HTTP/1.1\r\nContent-Le", "", false),
    ] {
        let (request, taken) = Request::parse(&raw.into());
        assert_eq!(
            (request.body.as_ref(), request.whole),
            (body.as_bytes(), whole),
            "{raw}"
        );
        assert_eq!(
            (request.line.as_str(), taken),
            ("POST / HTTP/1.1", raw.len())
        );
    }
}

#[test]
fn segments_arrive_in_order() {
    let peer = peer(Script::accept().write_each("drip by drip", 1).half_close());
    assert_eq!(read_to_end(&connect(&peer)).unwrap(), b"drip by drip");
    let sent = whats(&peer)
        .into_iter()
        .filter(|what| matches!(what, What::Sent(_)));
    assert_eq!(sent.count(), 12);
}

#[test]
fn a_gate_holds_the_peer_until_it_is_opened() {
    let gate = Gate::new("second");
    let peer = peer(
        Script::accept()
            .write("1")
            .gate(&gate)
            .write("2")
            .half_close(),
    );
    let mut client = connect(&peer);
    let mut one = [0];
    client.read_exact(&mut one).unwrap();
    assert!(gate.reached(SOON));
    assert_eq!(peer.log().transcript().sent(), 1);
    gate.open();
    assert_eq!(read_to_end(&client).unwrap(), b"2");
}

#[test]
fn a_reset_takes_even_what_was_sent() {
    let peer = peer(Script::accept().write("lost").read_exact(1).reset());
    let mut client = connect(&peer);
    client.write_all(b"x").unwrap();
    assert!(
        peer.log()
            .wait(SOON, |seen| seen.settled() && seen.connections() == 1)
    );
    assert!(read_to_end(&client).is_err());
}

#[test]
fn an_unplanned_connection_is_recorded_with_its_request_and_closed() {
    let peer = peer(Plan::new([Script::serve(NO_CONTENT)]));
    let _first = connect(&peer);
    let mut second = connect(&peer);
    second.write_all(b"GET /again HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(read_to_end(&second).unwrap(), b"");
    assert!(whats(&peer).contains(&What::Unplanned));
    assert_eq!(
        peer.log().transcript().requests()[0].line,
        "GET /again HTTP/1.1"
    );
}

#[test]
fn a_peer_that_stops_reading_holds_the_writer() {
    let peer = peer(Script::accept().read_exact(1).stop_reading());
    let mut client = connect(&peer);
    client
        .set_write_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    let block = vec![0; 1 << 20];
    let mut written = 0;
    while let Ok(count) = client.write(&block) {
        written += count;
        assert!(written < 64 << 20, "the writer was never held");
    }
}

#[test]
fn unmet_expectations_are_noted_and_met_ones_are_not() {
    let short = Duration::from_millis(30);
    let silent = Script::accept().expect_silence(short);
    let closes = Script::accept().expect_client_close(SOON);
    let stays = Script::accept().expect_client_close(short);
    let speaks = Script::accept().expect_silence(SOON);
    let peer = peer(Plan::new([silent, closes, stays, speaks]));
    let clients: Vec<_> = (0..4)
        .map(|number| {
            let client = connect(&peer);
            let accepted = |seen: &Transcript| seen.connections() == number + 1;
            assert!(peer.log().wait(SOON, accepted));
            client
        })
        .collect();
    clients[1].shutdown(Shutdown::Write).unwrap();
    (&clients[3]).write_all(b"!").unwrap();
    assert!(peer.log().wait(SOON, |seen| seen.unmet().count() == 2));
    let unmet: Vec<_> = peer.log().transcript().unmet().map(str::to_owned).collect();
    assert!(
        unmet.iter().any(|text| text.contains("is silent")),
        "{unmet:?}"
    );
    assert!(
        unmet.iter().any(|text| text.contains("closes")),
        "{unmet:?}"
    );
}

#[test]
fn stopping_frees_whoever_waits() {
    let gate = Gate::new("never opened");
    let waits = Script::accept().gate(&gate);
    let reads = Script::accept().read_head();
    let writes = Script::accept().write(vec![0; 64 << 20]);
    let peer = peer(Plan::new([waits, reads, writes]));
    let _clients: Vec<_> = (0..3).map(|_| connect(&peer)).collect();
    assert!(peer.log().wait(SOON, |seen| seen.connections() == 3));
    let start = Instant::now();
    peer.stop();
    assert!(start.elapsed() < SOON);
    assert!(TcpStream::connect(peer.address()).is_err());
}
