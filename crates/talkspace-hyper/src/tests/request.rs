//! What a request looks like on the wire.

use http::{Method, Request};
use talkspace_core::Limits;
use talkspace_core::transport::{Body, Exchange, Transport as _};

use super::peer::{Peer, Seen, script};
use super::{get, transport};

/// Sends `request` to a peer and returns what arrived.
async fn seen(build: impl FnOnce(&str) -> Request<Body>) -> (Seen, String) {
    let (send, seen) = tokio::sync::oneshot::channel();
    let peer = Peer::with([script(|mut socket| {
        let _ = send.send(socket.read_request());
        socket.write(
            b"HTTP/1.1 204 No Content

",
        );
    })]);
    let host = peer.address().to_string();
    let exchange = Exchange::new(build(&peer.url("")), Limits::default());
    let response = transport().exchange(exchange).await.unwrap();
    assert_eq!(response.status(), 204);
    let seen = seen.await.unwrap();
    peer.done().await;
    (seen, host)
}

#[tokio::test]
async fn a_get_has_a_target_in_origin_form_a_host_and_nothing_else() {
    let target = "/a%2Fb/./c//d/%7Eu?q=%2F&b=+&c=%20&e=&f";
    let (seen, host) = seen(|base| get(&format!("{base}{target}#fragment")).into_parts().0).await;
    assert_eq!(
        seen.head,
        format!("GET {target} HTTP/1.1\r\nhost: {host}\r\n\r\n")
    );
}

#[tokio::test]
async fn methods_that_give_a_body_meaning_say_zero() {
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "BREW"] {
        let (seen, _) = seen(|base| {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let request = Request::builder().method(method).uri(base);
            request.body(Body::empty()).unwrap()
        })
        .await;
        assert!(seen.head.starts_with(method));
        let says_zero = seen.head.contains("content-length: 0\r\n");
        assert_eq!(says_zero, ["POST", "PUT", "PATCH"].contains(&method));
        assert!(!seen.head.contains("transfer-encoding"));
    }
}

#[tokio::test]
async fn a_host_of_the_callers_own_is_kept_and_is_the_only_one() {
    let (seen, _) = seen(|base| {
        let request = Request::get(base)
            .header("x-first", "1")
            .header("host", "elsewhere.example")
            .header("host", "twice.example");
        request.body(Body::empty()).unwrap()
    })
    .await;
    assert_eq!(seen.head.matches("host: ").count(), 1);
    assert!(seen.head.contains("\r\nhost: elsewhere.example\r\n"));
}
