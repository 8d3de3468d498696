//! The promises of the transport, kept against peers that follow a script.

mod cancel;
mod child;
mod client_certificate;
#[cfg(unix)]
mod connector;
mod dial;
mod early;
mod media;
mod pace;
mod peer;
mod pool;
mod request;
mod responses;
mod reused;
mod roots;
mod slow;
mod tls;
mod tls_only;
mod upload;
mod wire;

use std::error::Error;
use std::io;
use std::sync::LazyLock;

use bytes::Bytes;
use http::Response;
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport as _, Body, Exchange, TransportError,
};
use talkspace_core::{CancelToken, FailureKind, Limits};

use crate::{HttpTransport, TransportBuilder};

/// A root that signs nothing: tests without TLS need no roots of the platform.
static SOME_ROOT: LazyLock<String> =
    LazyLock::new(|| rcgen::generate_simple_self_signed([]).unwrap().cert.pem());

fn builder() -> TransportBuilder {
    HttpTransport::builder().only_root_certificates_pem(&*SOME_ROOT)
}

fn transport() -> HttpTransport {
    // What is closed is not closed because it has waited.
    let waits = builder().pool_idle_timeout(std::time::Duration::MAX);
    waits.build().unwrap()
}

fn get(url: &str) -> Exchange {
    with_limits(url, |_| {})
}

fn with_limits(url: &str, change: impl FnOnce(&mut Limits)) -> Exchange {
    let mut limits = Limits::default();
    change(&mut limits);
    let request = http::Request::get(url).body(Body::empty()).unwrap();
    Exchange::new(request, limits)
}

fn post(url: &str, body: impl Into<Body>) -> Exchange {
    let request = http::Request::post(url).body(body.into()).unwrap();
    Exchange::new(request, Limits::default())
}

fn collect(response: Response<BlockingResponseBody>) -> Result<Bytes, TransportError> {
    let mut body = response.into_body();
    let mut all = Vec::new();
    while let Some(chunk) = body.chunk()? {
        all.extend_from_slice(&chunk);
    }
    Ok(all.into())
}

/// The exchange, never cancelled.
fn run(
    transport: &HttpTransport,
    exchange: Exchange,
) -> Result<Response<BlockingResponseBody>, TransportError> {
    transport.exchange(exchange, &CancelToken::new())
}

/// The whole of a successful exchange: status and body.
fn fetch(transport: &HttpTransport, exchange: Exchange) -> (u16, Bytes) {
    let response = run(transport, exchange).unwrap();
    (response.status().as_u16(), collect(response).unwrap())
}

/// How the exchange, or reading its body, failed.
fn fail(transport: &HttpTransport, exchange: Exchange) -> TransportError {
    let response = match run(transport, exchange) {
        Ok(response) => response,
        Err(error) => return error,
    };
    let mut body = response.into_body();
    loop {
        match body.chunk() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the body came to its end"),
            Err(error) => return error,
        }
    }
}

fn chain(error: &TransportError) -> Vec<&(dyn Error + 'static)> {
    let first: &(dyn Error + 'static) = error;
    std::iter::successors(Some(first), |&error| error.source()).collect()
}

fn reaches_io_error(error: &TransportError) -> bool {
    chain(error).iter().any(|error| error.is::<io::Error>())
}

#[test]
fn types_are_shareable() {
    fn assert<T: Send + Sync + Clone + std::fmt::Debug + 'static>() {}
    assert::<HttpTransport>();
    assert::<TransportBuilder>();
}

#[test]
fn no_failure_shows_what_was_sent() {
    let cut = peer::Peer::with([peer::script(|mut socket| {
        socket.read_request();
    })]);
    let garbage = peer::Peer::with([peer::script(|mut socket| {
        socket.read_request();
        socket.write(b"secret nonsense\r\n\r\n");
    })]);
    let refused = "http://127.0.0.1:1".to_owned();
    let unresolvable = "http://nowhere.invalid".to_owned();
    let transport = transport();
    for base in [cut.url(""), garbage.url(""), refused, unresolvable] {
        let mut exchange = post(&format!("{base}/p?appkey=secret"), "key=secret");
        let headers = exchange.request_mut().headers_mut();
        headers.insert("authorization", "secret".parse().unwrap());
        let error = fail(&transport, exchange);
        for error in chain(&error) {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("secret"), "{shown}");
            assert!(!error.to_string().contains('\n'));
        }
        assert!(reaches_io_error(&error), "{error:?}");
    }
    cut.done();
    garbage.done();
}

#[test]
fn a_host_without_address_is_a_resolve_failure() {
    let error = fail(&transport(), get("http://nowhere.invalid/"));
    assert_eq!(error.kind(), FailureKind::Resolve);
}

#[test]
fn within_an_async_task_it_blocks_and_nothing_panics() {
    let peer = peer::Peer::with([peer::responding(b"HTTP/1.1 204 No Content\r\n\r\n")]);
    let transport = transport();
    let mut task = std::pin::pin!(async { fetch(&transport, get(&peer.url("/"))).0 });
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert_eq!(task.as_mut().poll(&mut cx), std::task::Poll::Ready(204));
}
