//! Through proxies that are down, that break off, and that say nothing.

use std::thread;
use std::time::{Duration, Instant};

use talkspace_conformance::wire::{BlackHole, Peer, Plan, Script, Transcript};
use talkspace_core::transport::{BlockingTransport as _, Transport as _};
use talkspace_core::{CancelToken, Delivery, FailureKind, Limits, Phase};

use super::client::{Client, chain, exchange};
use super::software::free_port;

/// Longer than any test.
const AGES: Duration = Duration::from_secs(600);
/// What a timer may be early by.
const EARLY: Duration = Duration::from_millis(5);
/// The limit that is met.
const SOON: Duration = Duration::from_millis(300);

const TARGETS: [&str; 2] = ["http://target.invalid/", "https://target.invalid/"];

fn limits(connect: Duration) -> Limits {
    let mut limits = Limits::default();
    limits.connect_timeout = connect;
    limits.response_timeout = AGES;
    limits.read_timeout = AGES;
    limits
}

#[test]
fn a_proxy_that_is_down_is_named_and_nothing_was_sent() {
    for scheme in ["http", "socks5h", "socks5"] {
        let proxy = format!("{scheme}://127.0.0.1:{}", free_port());
        for client in Client::both(&proxy.replace("//", "//caller:passw0rd@")) {
            for target in TARGETS {
                let error = client.post(target).unwrap_err();
                let text = format!("{} {error:?}", chain(&error));
                assert_eq!(error.kind(), FailureKind::Connect, "{text}");
                assert_eq!(error.delivery(), Delivery::NotSent);
                let named = format!("the proxy {proxy} could not be reached: ");
                assert!(text.contains(&named), "{text}");
                assert!(text.contains("Connection refused"), "{text}");
                assert!(!text.contains("passw0rd"), "{text}");
            }
        }
    }
    for client in Client::both("http://proxy.invalid:3128") {
        let error = client.post(TARGETS[0]).unwrap_err();
        assert_eq!(error.kind(), FailureKind::Resolve);
        assert!(chain(&error).contains("the proxy http://proxy.invalid:3128 could not"));
    }
}

/// What a proxy says before it closes, and the kind of the error.
const BREAKS: [(&str, &[u8], FailureKind); 8] = [
    ("http", b"", FailureKind::Connect),
    ("http", b"HTTP/1.1 200 Connection est", FailureKind::Connect),
    (
        "http",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        FailureKind::Connect,
    ),
    (
        "http",
        b"HTTP/1.1 502 Bad Gateway\r\n\r\n",
        FailureKind::Connect,
    ),
    (
        "http",
        b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        FailureKind::Proxy,
    ),
    ("http", b"220 smtp.example\r\n", FailureKind::Proxy),
    ("socks5h", b"\x05", FailureKind::Connect),
    ("socks5h", b"\x05\xff", FailureKind::Proxy),
];

#[test]
fn a_proxy_that_breaks_off_before_the_tunnel_is_open_was_sent_nothing() {
    for (scheme, says, kind) in BREAKS {
        let asked = match scheme {
            "http" => Script::accept().read_head(),
            _ => Script::accept().read_exact(3),
        };
        let first = asked.write(says).half_close();
        let peer = Peer::start(Plan::new([first.clone(), first])).unwrap();
        let proxy = format!("{scheme}://{}", peer.authority());
        for client in Client::both(&proxy) {
            let error = client.post(TARGETS[1]).unwrap_err();
            let text = chain(&error);
            assert_eq!(
                (error.kind(), error.delivery()),
                (kind, Delivery::NotSent),
                "{text}"
            );
            assert!(text.contains(&format!("the proxy {proxy} ")), "{text}");
        }
        for connection in 0..2 {
            let received = peer.log().transcript().received(connection);
            assert!(!received.windows(4).any(|bytes| bytes == b"SENT"));
        }
    }
}

/// The tunnel is open, so what happens then may have been sent.
#[test]
fn after_the_tunnel_is_open_all_is_as_without_a_proxy() {
    let opens = Script::accept()
        .read_exact(3)
        .write(&b"\x05\0"[..])
        .read_exact(4 + 1 + 14 + 2)
        .write(&b"\x05\0\0\x01\0\0\0\0\0\0"[..])
        .read_request();
    let cut = opens
        .clone()
        .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut");
    for (script, kind) in [
        (opens.half_close(), FailureKind::Closed),
        (cut.half_close(), FailureKind::Truncated),
    ] {
        let peer = Peer::start(Plan::new([script.clone(), script])).unwrap();
        for client in Client::both(&format!("socks5h://{}", peer.authority())) {
            let error = client.post(TARGETS[0]).unwrap_err();
            let got = (error.kind(), error.delivery());
            assert_eq!(got, (kind, Delivery::MaybeSent), "{}", chain(&error));
        }
    }
}

#[test]
fn a_silent_proxy_takes_no_longer_than_connect_timeout() {
    let hole = BlackHole::open().unwrap();
    let peer = Peer::start(Plan::new([]).otherwise(Script::accept())).unwrap();
    for (address, told) in [
        (hole.address().to_string(), "could not be reached"),
        (peer.authority(), "did not open the connection in time"),
    ] {
        for scheme in ["http", "socks5h"] {
            let proxy = format!("{scheme}://{address}");
            for client in Client::both(&proxy) {
                let begin = Instant::now();
                let error = client.send(exchange(TARGETS[1], limits(SOON))).unwrap_err();
                assert!(begin.elapsed() + EARLY >= SOON);
                let text = chain(&error);
                assert_eq!(error.kind(), FailureKind::Timeout, "{text}");
                assert_eq!(error.phase(), Some(Phase::Connect));
                assert_eq!(error.delivery(), Delivery::NotSent);
                assert!(
                    text.contains(&format!("the proxy {proxy} {told}")),
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn the_deadline_binds_the_way_through_a_proxy() {
    let peer = Peer::start(Plan::new([]).otherwise(Script::accept())).unwrap();
    for client in Client::both(&format!("http://{}", peer.authority())) {
        let mut limits = limits(AGES);
        limits.deadline = Some(Instant::now() + SOON);
        let begin = Instant::now();
        let error = client.send(exchange(TARGETS[1], limits)).unwrap_err();
        assert!(begin.elapsed() + EARLY >= SOON);
        assert_eq!(
            (error.kind(), error.delivery()),
            (FailureKind::Timeout, Delivery::NotSent)
        );
    }
}

#[test]
fn a_cancellation_ends_the_way_through_a_proxy() {
    let peer = Peer::start(Plan::new([]).otherwise(Script::accept())).unwrap();
    let proxy = format!("http://{}", peer.authority());
    let wait_for_connect = |connection| {
        let came = |seen: &Transcript| seen.received(connection).starts_with(b"CONNECT ");
        assert!(peer.log().wait(AGES, came));
    };

    let Client::Blocking(blocking) = Client::blocking(&proxy) else {
        unreachable!();
    };
    let cancel = CancelToken::new();
    let error = thread::scope(|scope| {
        let exchange = exchange(TARGETS[1], limits(AGES));
        let sent = scope.spawn(|| blocking.exchange(exchange, &cancel).map(drop));
        wait_for_connect(0);
        cancel.cancel();
        sent.join().unwrap().unwrap_err()
    });
    assert_eq!(
        (error.kind(), error.delivery()),
        (FailureKind::Cancelled, Delivery::NotSent)
    );

    let Client::Hyper(hyper, runtime) = Client::hyper(&proxy) else {
        unreachable!();
    };
    let task = runtime.spawn(async move {
        let exchange = exchange(TARGETS[1], limits(AGES));
        hyper.exchange(exchange).await.map(drop)
    });
    wait_for_connect(1);
    task.abort();
    assert!(runtime.block_on(task).unwrap_err().is_cancelled());

    for connection in 0..2 {
        assert!(peer.log().wait(AGES, |seen| seen.client_closed(connection)));
    }
}

/// What it forwards is one request, to the origin that its line names.
#[test]
fn a_connection_to_a_proxy_serves_one_origin() {
    let ok = b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok";
    let peer = Peer::start(Plan::new([]).otherwise(Script::serve(&ok[..]))).unwrap();
    for client in Client::both(&format!("http://u:p@{}", peer.authority())) {
        let before = peer.log().transcript().requests().len();
        let first = peer.log().transcript().connections();
        for host in [
            "a.invalid",
            "b.invalid:81",
            "A.invalid",
            "user:secret@a.invalid:80",
        ] {
            assert_eq!(client.post(&format!("http://{host}/x?y=z")).unwrap().0, 200);
        }
        let seen = peer.log().transcript();
        let requests = seen.requests().split_off(before);
        let lines = requests.iter();
        let lines: Vec<_> = lines
            .map(|request| request.line.replace("A.", "a."))
            .collect();
        assert_eq!(
            lines,
            [
                "POST http://a.invalid/x?y=z HTTP/1.1",
                "POST http://b.invalid:81/x?y=z HTTP/1.1",
                "POST http://a.invalid/x?y=z HTTP/1.1",
                "POST http://a.invalid/x?y=z HTTP/1.1",
            ]
        );
        for request in &requests {
            assert_eq!(request.values("proxy-authorization"), ["Basic dTpw"]);
        }
        let used = requests.iter().map(|request| request.connection - first);
        assert_eq!(
            used.collect::<Vec<_>>()[..3],
            [0, 1, 0],
            "{}",
            client.name()
        );
    }
}

/// Of these it cannot be told whose they are, so they are responses.
#[test]
fn what_a_proxy_responds_to_a_request_it_forwards() {
    for (status, is_rejection) in [(407, true), (403, false), (502, false), (504, false)] {
        let response = format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        let peer = Peer::start(Plan::new([]).otherwise(Script::serve(response))).unwrap();
        for client in Client::both(&format!("http://{}", peer.authority())) {
            match client.post(TARGETS[0]) {
                Ok((got, _)) => assert_eq!((got, is_rejection), (status, false)),
                Err(error) => {
                    assert!(is_rejection, "{}", chain(&error));
                    assert_eq!(error.kind(), FailureKind::Proxy);
                    assert_eq!(error.delivery(), Delivery::NotSent);
                }
            }
        }
    }
}
