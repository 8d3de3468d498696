//! Requests over a transport that is a closure: all of the core and nothing else.

use std::future::{self, Future};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bench::{Outcome, work};
use bytes::Bytes;
use http::Response;
use talkspace_core::transport::{blocking_transport_fn, transport_fn};
use talkspace_core::{BlockingClient, Client, CreateTalkspace};

const BASE_URL: &str = "http://127.0.0.1:8080";

/// The response has no header fields, so that none but the core's work is counted.
fn response() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(work::RESPONSE.as_bytes()));
    *response.status_mut() = http::StatusCode::CREATED;
    response
}

fn request() -> CreateTalkspace {
    CreateTalkspace::new(work::NETWORK_ID).greeting_id(work::GREETING_ID)
}

/// Sends requests with the async client.
pub(crate) fn send(times: u32) -> Outcome<()> {
    let transport = transport_fn(|request| {
        drop(black_box(request));
        future::ready(Ok(response()))
    });
    let client = Client::builder(BASE_URL, work::APP_KEY).build(transport)?;
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..times {
        let mut sending = pin!(client.send(request()));
        let Poll::Ready(made) = sending.as_mut().poll(&mut context) else {
            return Err("a transport in memory does not wait".into());
        };
        work::check(201, black_box(made?).conference_id.as_str())?;
    }
    Ok(())
}

/// Sends requests with the blocking client.
pub(crate) fn send_blocking(times: u32) -> Outcome<()> {
    let transport = blocking_transport_fn(|request| {
        drop(black_box(request));
        Ok(response())
    });
    let client = BlockingClient::builder(BASE_URL, work::APP_KEY).build_blocking(transport)?;
    for _ in 0..times {
        let made = client.send(request())?;
        work::check(201, black_box(made).conference_id.as_str())?;
    }
    Ok(())
}
