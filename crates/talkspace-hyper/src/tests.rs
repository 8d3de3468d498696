//! The promises of the transport, kept against peers that follow a script.

mod child;
mod client_certificate;
#[cfg(unix)]
mod connector;
mod deadline;
mod dial;
mod early;
mod media;
mod pace;
mod peer;
mod pieces;
mod pool;
mod request;
mod resolve;
mod responses;
mod reused;
mod roots;
mod runtime;
mod signal;
mod slow;
mod tls;
mod tls_only;
mod upload;
mod wire;

use std::error::Error;
use std::io;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use talkspace_core::transport::{Body, Exchange, ResponseBody, Transport as _, TransportError};
use talkspace_core::{FailureKind, Limits};
use talkspace_net::origin::Origin;
use tokio::runtime::Handle;
use tokio::task::yield_now;

use crate::connect::connect;
use crate::connection::Route;
use crate::engine::Shared;
use crate::exchange::run;
use crate::pool::Lease;
use crate::{HyperTransport, TransportBuilder};

/// A root that signs nothing: tests without TLS need no roots of the platform.
static SOME_ROOT: LazyLock<String> =
    LazyLock::new(|| rcgen::generate_simple_self_signed([]).unwrap().cert.pem());

fn builder() -> TransportBuilder {
    HyperTransport::builder().only_root_certificates_pem(&*SOME_ROOT)
}

fn transport() -> HyperTransport {
    // What is closed is not closed because it has waited.
    let waits = builder().pool_idle_timeout(Duration::MAX);
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

async fn collect(response: Response<ResponseBody>) -> Result<Bytes, TransportError> {
    let mut body = response.into_body();
    let mut all = Vec::new();
    while let Some(chunk) = body.chunk().await? {
        all.extend_from_slice(&chunk);
    }
    Ok(all.into())
}

/// The whole of a successful exchange: status and body.
async fn fetch(transport: &HyperTransport, exchange: Exchange) -> (u16, Bytes) {
    let response = transport.exchange(exchange).await.unwrap();
    (response.status().as_u16(), collect(response).await.unwrap())
}

/// How the exchange, or reading its body, failed.
async fn fail(transport: &HyperTransport, exchange: Exchange) -> TransportError {
    match transport.exchange(exchange).await {
        Ok(response) => collect(response).await.unwrap_err(),
        Err(error) => error,
    }
}

/// How the exchange fails on a connection that is over before the request.
async fn fail_once_it_ended(transport: &HyperTransport, exchange: Exchange) -> TransportError {
    let Shared { settings, pool } = &*transport.shared;
    let runtime = Handle::current();
    let route = Route {
        origin: Origin::of(exchange.request().uri()).unwrap(),
        runtime: runtime.id(),
    };
    let connection = connect(route, runtime, settings, exchange.limits());
    let connection = connection.await.unwrap();
    while !connection.is_closed() {
        yield_now().await;
    }
    let lease = Lease {
        connection,
        pool: pool.clone(),
        reusable: false,
        accepted: false,
        idle_limit: Duration::MAX,
    };
    run(lease, false, &exchange, None).await.unwrap_err()
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
    assert::<HyperTransport>();
    assert::<TransportBuilder>();
}

#[tokio::test]
async fn no_failure_shows_what_was_sent() {
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
        let error = fail(&transport, exchange).await;
        for error in chain(&error) {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("secret"), "{shown}");
            assert!(!error.to_string().contains('\n'));
        }
        assert!(reaches_io_error(&error), "{error:?}");
    }
    cut.done().await;
    garbage.done().await;
}

#[tokio::test]
async fn a_host_without_address_is_a_resolve_failure() {
    let error = fail(&transport(), get("http://nowhere.invalid/")).await;
    assert_eq!(error.kind(), FailureKind::Resolve);
}

#[test]
fn outside_a_runtime_nothing_is_sent_and_nothing_panics() {
    let transport = transport();
    let mut exchange = Box::pin(transport.exchange(get("http://127.0.0.1:1/")));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = exchange.as_mut().poll(&mut cx) else {
        panic!("it must fail at once");
    };
    assert_eq!(error.kind(), FailureKind::Other);
    assert_eq!(error.delivery(), talkspace_core::Delivery::NotSent);
}
