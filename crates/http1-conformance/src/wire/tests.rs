//! The peer does what its script says and misses nothing.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use super::*;

/// What comes by itself; so far away that only a hang meets it.
const SOON: Duration = Duration::from_secs(60);
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
    whats_of(&peer.log().transcript())
}

fn whats_of(seen: &Transcript) -> Vec<What> {
    let events = seen.events().iter();
    events.map(|event| event.what.clone()).collect()
}

#[test]
fn a_request_is_read_responded_to_and_recorded_byte_for_byte() {
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
    let mut response = [0; NO_CONTENT.len()];
    let (first, second) = (connect(&peer), connect(&peer));
    for (mut client, target) in [(&first, "/1"), (&second, "/2"), (&first, "/3")] {
        write!(client, "GET {target} HTTP/1.1\r\n\r\n").unwrap();
        client.read_exact(&mut response).unwrap();
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
fn a_peer_that_reads_on_sees_the_end_of_who_left() {
    let peer = peer(Script::accept().read_exact(1).stop_reading());
    let mut client = connect(&peer);
    client.write_all(b"hello").unwrap();
    let stopped = |seen: &Transcript| whats_of(seen).contains(&What::StoppedReading);
    assert!(peer.log().wait(SOON, stopped));
    drop(client);
    peer.read_on();
    assert!(peer.log().wait(SOON, |seen| seen.client_closed(0)));
    assert_eq!(peer.log().transcript().received(0), "hello");
}

#[test]
fn what_was_sent_is_at_the_client_when_it_has_arrived() {
    let gate = Gate::new("now");
    for step in [Step::Write("!".into()), Step::HalfClose, Step::Reset] {
        let peer = peer(Script::accept().gate(&gate).step(step.clone()));
        let client = connect(&peer);
        client.set_nonblocking(true).unwrap();
        assert!(peer.log().wait(SOON, |seen| seen.connections() == 1));
        gate.open();
        let done = |seen: &Transcript| match step {
            Step::Write(_) => seen.sent() == 1,
            Step::HalfClose => whats_of(seen).contains(&What::HalfClosed),
            _ => seen.settled(),
        };
        assert!(peer.log().wait(SOON, done) && peer.arrived(0, SOON));
        let read = (&client).read(&mut [0]).map_err(|error| error.kind());
        match step {
            Step::Write(_) => assert_eq!(read, Ok(1)),
            Step::HalfClose => assert_eq!(read, Ok(0)),
            _ => assert_eq!(read, Err(std::io::ErrorKind::ConnectionReset)),
        }
    }
}

#[test]
fn unmet_expectations_are_noted_and_met_ones_are_not() {
    let closes = Script::accept().expect_client_close(SOON);
    let stays = Script::accept().expect_client_close(Duration::from_millis(30));
    let peer = peer(Plan::new([closes, stays]));
    let clients = [connect(&peer), connect(&peer)];
    assert!(peer.log().wait(SOON, |seen| seen.connections() == 2));
    clients[0].shutdown(Shutdown::Write).unwrap();
    assert!(peer.log().wait(SOON, |seen| seen.client_closed(0)));
    assert!(peer.log().wait(SOON, |seen| seen.unmet().count() == 1));
}

#[test]
fn a_stretched_plan_has_longer_times_and_the_same_bytes() {
    let pause = Duration::from_millis(1);
    let script = Script::accept().pause(pause).write("x");
    let steps = |script: &Script| format!("{:?}", script.steps());
    let plan = Plan::new([script]).stretched(4);
    let expected = Script::accept().pause(pause * 4).write("x");
    assert_eq!(steps(&plan.queue[0]), steps(&expected));
}

#[test]
fn stopping_wakes_waiting_threads() {
    let gate = Gate::new("never opened");
    let waits = Script::accept().gate(&gate);
    let reads = Script::accept().read_head();
    let writes = Script::accept().write(vec![0; 64 << 20]);
    let peer = peer(Plan::new([waits, reads, writes]));
    let _clients: Vec<_> = (0..3).map(|_| connect(&peer)).collect();
    assert!(peer.log().wait(SOON, |seen| seen.connections() == 3));
    // It joins every thread of the peer, so returning is what is tested.
    peer.stop();
    assert!(TcpStream::connect(peer.address()).is_err());
}

#[test]
fn who_asks_for_a_close_gets_it_after_a_whole_response() {
    let closing = "GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Close\r\n\r\n";
    for response in [
        NO_CONTENT,
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ] {
        let peer = peer(Script::serve(response));
        let mut client = connect(&peer);
        client.write_all(closing.as_bytes()).unwrap();
        assert_eq!(read_to_end(&client).unwrap(), response.as_bytes());
    }
}

#[test]
fn only_what_is_framed_and_whole_ends_a_response() {
    for (sent, to_head, whole) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            false,
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no",
            false,
            false,
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", true, true),
        (
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n",
            false,
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
            false,
            false,
        ),
        // It ends where the connection does.
        ("HTTP/1.1 200 OK\r\n\r\nok", false, false),
        ("HTTP/1.1 103 Early Hints\r\n\r\n", false, false),
        ("HTTP/1.1 200 OK\r\n", false, false),
    ] {
        let is = message::is_whole_response(&sent.into(), to_head);
        assert_eq!(is, whole, "{sent:?}");
    }
}
