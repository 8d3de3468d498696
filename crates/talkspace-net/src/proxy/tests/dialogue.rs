//! What is said to a proxy and what it says, byte by byte.

use talkspace_core::transport::TransportError;
use talkspace_core::{Delivery, FailureKind};

use super::chain;
use crate::proxy::{Destination, Proxy, ProxyError, Step, Tunnel};

/// Plays a dialogue: what the proxy says to each message, one byte at a time.
fn play(proxy: &str, host: &str, says: &[&[u8]]) -> (Vec<Vec<u8>>, Result<(), TransportError>) {
    let proxy = Proxy::new(proxy).unwrap();
    let destination = Destination::new(host, 443);
    let mut tunnel = Tunnel::new(&proxy, &destination).unwrap();
    let (mut sent, mut says) = (Vec::new(), says.iter());
    loop {
        match tunnel.next() {
            Step::Send(bytes) => sent.push(bytes),
            Step::Done => return (sent, Ok(())),
            Step::Receive => {
                let said: Vec<&[u8]> = match says.next() {
                    Some(said) => said.chunks(1).collect(),
                    None => vec![&[]],
                };
                for piece in said {
                    if let Err(error) = tunnel.received(piece) {
                        return (sent, Err(error));
                    }
                }
            }
        }
    }
}

#[test]
fn a_tunnel_opens_with_2xx_after_whatever_interim_responses() {
    let heads: [&[u8]; 4] = [
        b"HTTP/1.1 200 Connection established\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nProxy-agent: tinyproxy/1.11.1\r\n\r\n",
        b"HTTP/1.1 299 \r\nContent-Length: 5\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ];
    for head in heads {
        let (sent, outcome) = play("http://u:p@proxy:1", "api.example", &[head]);
        outcome.unwrap();
        assert_eq!(
            String::from_utf8(sent.concat()).unwrap(),
            "CONNECT api.example:443 HTTP/1.1\r\nhost: api.example:443\r\n\
             proxy-authorization: Basic dTpw\r\n\r\n"
        );
    }
    let ok: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";
    for (host, authority) in [("::1", "[::1]:443"), ("10.0.0.1", "10.0.0.1:443")] {
        let (sent, outcome) = play("http://proxy:1", host, &[ok]);
        outcome.unwrap();
        let expected = format!("CONNECT {authority} HTTP/1.1\r\nhost: {authority}\r\n\r\n");
        assert_eq!(String::from_utf8(sent.concat()).unwrap(), expected);
    }
}

#[test]
fn whatever_else_an_http_proxy_says_was_not_sent() {
    use FailureKind::{Connect, Proxy as Decided};
    let endless = [b"HTTP/1.1 200 OK\r\nA: ", &*vec![b'a'; 20_000]].concat();
    let interim = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(1000);
    let fields = [b"HTTP/1.1 200 OK\r\n", &*b"A: b\r\n".repeat(101), b"\r\n"].concat();
    for (proxy, says, kind, told) in [
        (
            "http://proxy:1",
            &b"HTTP/1.1 407 No\r\n\r\n"[..],
            Decided,
            "wants credentials (status 407)",
        ),
        (
            "http://u:p@proxy:1",
            b"HTTP/1.1 407 No\r\n\r\n",
            Decided,
            "did not accept the credentials (status 407)",
        ),
        (
            "http://proxy:1",
            b"HTTP/1.1 403 Forbidden\r\n\r\n",
            Decided,
            "responded with 403 Forbidden",
        ),
        (
            "http://proxy:1",
            b"HTTP/1.1 302 Found\r\n\r\n",
            Decided,
            "302 Found",
        ),
        (
            "http://proxy:1",
            b"HTTP/1.1 101 Switching\r\n\r\n",
            Decided,
            "101 Switching Protocols",
        ),
        (
            "http://proxy:1",
            b"HTTP/1.1 502 Bad Gateway\r\n\r\n",
            Connect,
            "502 Bad Gateway",
        ),
        (
            "http://proxy:1",
            b"HTTP/1.1 503 Service Unavailable\r\n\r\n",
            Connect,
            "503 Service Unavailable",
        ),
        (
            "http://proxy:1",
            b"HTTP/1.1 429 Later\r\n\r\n",
            Connect,
            "429 Too Many Requests",
        ),
        (
            "http://proxy:1",
            b"",
            Connect,
            "closed before it had opened the connection",
        ),
        (
            "http://proxy:1",
            b"HTTP/1.1 200 OK\r\n",
            Connect,
            "closed before it had opened the connection",
        ),
        (
            "http://proxy:1",
            b"SSH-2.0-OpenSSH\r\n",
            Decided,
            "does not speak HTTP/1.1",
        ),
        (
            "http://proxy:1",
            &endless,
            Decided,
            "says too much before it connects",
        ),
        (
            "http://proxy:1",
            &interim,
            Decided,
            "says too much before it connects",
        ),
        (
            "http://proxy:1",
            &fields,
            Decided,
            "says too much before it connects",
        ),
    ] {
        let (_, outcome) = play(proxy, "api.example", &[says]);
        let error = outcome.unwrap_err();
        let text = chain(&error);
        assert_eq!(
            (error.kind(), error.delivery()),
            (kind, Delivery::NotSent),
            "{text}"
        );
        assert!(
            text.contains("the proxy http://proxy:1 ") && text.ends_with(told),
            "{text}"
        );
        assert!(ProxyError::of(&error).is_some());
    }
    // At once with the head, as from a peer that speaks first.
    let proxy = Proxy::new("http://proxy:1").unwrap();
    let destination = Destination::new("api.example", 443);
    let mut tunnel = Tunnel::new(&proxy, &destination).unwrap();
    tunnel.next();
    let error = tunnel
        .received(b"HTTP/1.1 200 OK\r\n\r\n220 smtp")
        .unwrap_err();
    assert_eq!(error.kind(), Decided);
}

const NAME: &[u8] = b"\x05\x01\0\x03\x0bapi.example\x01\xbb";
const OPEN: &[u8] = b"\x05\0\0\x01\x7f\0\0\x01\x04\x38";

#[test]
fn socks_tells_a_name_or_an_address_and_logs_in_where_it_must() {
    let (sent, outcome) = play("socks5h://proxy", "api.example", &[b"\x05\0", OPEN]);
    outcome.unwrap();
    assert_eq!(sent, [&b"\x05\x01\0"[..], NAME]);

    let login: [&[u8]; 3] = [b"\x05\x02", b"\x01\0", b"\x05\0\0\x03\x02ab\0\x50"];
    let (sent, outcome) = play("socks5h://user:p%40ss@proxy", "api.example", &login);
    outcome.unwrap();
    assert_eq!(
        sent,
        [&b"\x05\x02\0\x02"[..], b"\x01\x04user\x04p@ss", NAME]
    );

    // It need not want what it is offered.
    let reply = [&b"\x05\0\0\x04"[..], &[0; 18]].concat();
    let (sent, outcome) = play("socks5h://user@proxy", "10.1.2.3", &[b"\x05\0", &reply]);
    outcome.unwrap();
    assert_eq!(
        sent,
        [
            &b"\x05\x02\0\x02"[..],
            b"\x05\x01\0\x01\x0a\x01\x02\x03\x01\xbb"
        ]
    );

    let (sent, outcome) = play("socks5h://proxy", "::1", &[b"\x05\0", OPEN]);
    outcome.unwrap();
    let address = [&b"\x05\x01\0\x04"[..], &[0; 15], b"\x01\x01\xbb"].concat();
    assert_eq!(sent.last().unwrap(), &address);
}

#[test]
fn whatever_else_a_socks_proxy_says_was_not_sent() {
    use FailureKind::{Connect, Proxy as Decided};
    let cases: [(&str, &[&[u8]], FailureKind, &str); 13] = [
        (
            "socks5h://proxy",
            &[b"\x05\xff"],
            Decided,
            "wants credentials",
        ),
        (
            "socks5h://u:p@proxy",
            &[b"\x05\xff"],
            Decided,
            "did not accept the credentials",
        ),
        (
            "socks5h://u:p@proxy",
            &[b"\x05\x02", b"\x01\x01"],
            Decided,
            "did not accept the credentials",
        ),
        (
            "socks5h://proxy",
            &[b"\x05\x02"],
            Decided,
            "does not speak SOCKS5",
        ),
        (
            "socks5h://proxy",
            &[b"HTTP/1.1"],
            Decided,
            "does not speak SOCKS5",
        ),
        (
            "socks5h://proxy",
            &[b"\x05\0", b"\x05\x01"],
            Connect,
            "replied that it failed (reply 1)",
        ),
        (
            "socks5h://proxy",
            &[b"\x05\0", b"\x05\x02"],
            Decided,
            "its rules do not allow it (reply 2)",
        ),
        (
            "socks5h://proxy",
            &[b"\x05\0", b"\x05\x04"],
            Connect,
            "the host is unreachable (reply 4)",
        ),
        (
            "socks5h://proxy",
            &[b"\x05\0", b"\x05\x05"],
            Connect,
            "the connection was refused (reply 5)",
        ),
        (
            "socks5h://proxy",
            &[b"\x05\0", b"\x05\x08"],
            Decided,
            "type of address (reply 8)",
        ),
        (
            "socks5h://proxy",
            &[b"\x05\0", b"\x05\0\0\x07"],
            Decided,
            "does not speak SOCKS5",
        ),
        (
            "socks5h://proxy",
            &[b"\x05\0"],
            Connect,
            "closed before it had opened the connection",
        ),
        (
            "socks5h://proxy",
            &[b"\x05\0", &OPEN[..5]],
            Connect,
            "closed before it had opened the connection",
        ),
    ];
    for (proxy, says, kind, told) in cases {
        let (_, outcome) = play(proxy, "api.example", says);
        let error = outcome.unwrap_err();
        let text = chain(&error);
        assert_eq!(
            (error.kind(), error.delivery()),
            (kind, Delivery::NotSent),
            "{text}"
        );
        assert!(text.contains("the proxy socks5h://proxy:1080 "), "{text}");
        assert!(text.ends_with(told), "{text}");
    }
    let proxy = Proxy::new("socks5h://proxy").unwrap();
    let name = Destination::new(&"a".repeat(256), 443);
    assert_eq!(Tunnel::new(&proxy, &name).unwrap_err().kind(), Decided);
}
