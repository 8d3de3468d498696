//! What a request looks like on the wire.

use http::{HeaderValue, Method, Request};
use talkspace_core::Limits;
use talkspace_core::transport::{Body, Exchange, Transport as _};

use super::peer::{Peer, Seen, script};
use super::{get, transport};

/// Sends `request` to a peer and returns what arrived.
async fn seen_on(address: &str, build: impl FnOnce(&str) -> Request<Body>) -> (Seen, String) {
    let (send, seen) = tokio::sync::oneshot::channel();
    let peer = Peer::on(
        address,
        [script(|mut socket| {
            let _ = send.send(socket.read_request());
            socket.write(b"HTTP/1.1 204 No Content\r\n\r\n");
        })],
    );
    let host = peer.address().to_string();
    let exchange = Exchange::new(build(&peer.url("")), Limits::default());
    let response = transport().exchange(exchange).await.unwrap();
    assert_eq!(response.status(), 204);
    let seen = seen.await.unwrap();
    peer.done().await;
    (seen, host)
}

async fn seen(build: impl FnOnce(&str) -> Request<Body>) -> (Seen, String) {
    seen_on("127.0.0.1:0", build).await
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
async fn a_missing_path_is_the_root() {
    let (seen, _) = seen(|base| get(&format!("{base}?a=1")).into_parts().0).await;
    assert!(seen.head.starts_with("GET /?a=1 HTTP/1.1\r\n"));
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
async fn framing_is_the_transports_own() {
    let (seen, _) = seen(|base| {
        let request = Request::delete(base)
            .header("transfer-encoding", "chunked")
            .header("content-length", "99");
        request.body(Body::from("abc")).unwrap()
    })
    .await;
    assert_eq!(seen.body, b"abc");
    assert_eq!(seen.head.matches("content-length").count(), 1);
    assert!(!seen.head.contains("transfer-encoding"));
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

#[tokio::test]
async fn headers_keep_their_order_and_their_bytes() {
    let (seen, host) = seen(|base| {
        let request = Request::get(base)
            .header("x-b", "2")
            .header("x-a", "")
            .header("x-b", "1")
            .header("x-obs", HeaderValue::from_bytes("é".as_bytes()).unwrap());
        request.body(Body::empty()).unwrap()
    })
    .await;
    let lines = format!("host: {host}\r\nx-b: 2\r\nx-b: 1\r\nx-a: \r\nx-obs: é\r\n\r\n");
    assert!(seen.head.ends_with(&lines), "{}", seen.head);
}

#[tokio::test]
async fn an_ipv6_literal_is_bracketed() {
    let (seen, host) = seen_on("[::1]:0", |base| get(base).into_parts().0).await;
    assert!(host.starts_with("[::1]:"));
    assert!(seen.head.contains(&format!("host: {host}\r\n")));
}

#[tokio::test]
async fn a_relative_or_foreign_uri_is_rejected() {
    for uri in [
        "/relative",
        "ftp://a.example/",
        "a.example:80",
        "http://:80/",
        "http://a.example:99999/",
        "http://[::1]:x/",
    ] {
        let request = Request::get(uri).body(Body::empty()).unwrap();
        let exchange = Exchange::new(request, Limits::default());
        let error = transport().exchange(exchange).await.unwrap_err();
        assert_eq!(error.kind(), talkspace_core::FailureKind::Other);
        assert_eq!(error.delivery(), talkspace_core::Delivery::NotSent);
    }
}
