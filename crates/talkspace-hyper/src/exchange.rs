//! One exchange on one connection: what happens in which order.

use std::future::Future;
use std::pin::pin;

use http::{Extensions, Response, Version};
use http_body::Body as _;
use talkspace_core::transport::{Exchange, ResponseBody, TransportError};
use talkspace_net::{Proxy, keep_alive};

use crate::connection::Connection;
use crate::download::Download;
use crate::error::{not_http, too_large, without_response};
use crate::head::{has_no_content, misframed, prepare};
use crate::pool::Lease;
use crate::upload::Upload;

/// Sends the request once, to the origin or to the proxy that forwards it, and
/// waits for the head of the response.
#[expect(
    clippy::manual_async_fn,
    reason = "the future of an `async fn` has room for each argument twice"
)]
pub(crate) fn run(
    mut lease: Lease,
    reused: bool,
    exchange: &Exchange,
    forward: Option<&Proxy>,
) -> impl Future<Output = Result<Response<ResponseBody>, TransportError>> {
    async move {
        let (request, limits) = (exchange.request(), exchange.limits());
        let meter = lease.connection.meter.clone();
        meter.begin(limits.max_header_bytes, reused);
        let Connection {
            sender,
            watch,
            host_field,
            ..
        } = &mut *lease.connection;
        watch.begin(limits, request.body().len());
        let failed = |error| without_response(error, &meter);
        if !sender.is_ready() {
            watch.within(pin!(sender.ready())).await?.map_err(failed)?;
        }
        let upload = Box::new(Upload::new(request.body(), meter.clone()));
        let request = prepare(request, host_field, forward).map(|()| upload);
        let response = watch.within(pin!(sender.send_request(request))).await?;
        let response = response.map_err(failed)?;
        meter.head_is_whole();

        let (mut parts, body) = response.into_parts();
        if let Some(rejection) = forward.and_then(|proxy| proxy.rejection(parts.status)) {
            return Err(rejection);
        }
        if let Some(reason) = misframed(exchange.request().method(), &parts) {
            return Err(not_http(reason));
        }
        if body.size_hint().lower() > limits.max_body_bytes {
            return Err(too_large(
                "the body of the response is longer than the limit",
            ));
        }
        // To a peer of HTTP/1.0 the engine would speak HTTP/1.0 from here on.
        lease.reusable = parts.version == Version::HTTP_11
            && (forward.is_none() || keep_alive::is_announced(&parts.headers));
        lease.accepted = parts.status.is_success();
        lease.idle_limit = keep_alive::idle_limit(&parts.headers);
        // The engine leaves a handle to the connection here.
        parts.extensions = Extensions::new();
        let is_whole = has_no_content(&parts);
        lease.reusable &= !is_whole;
        let download = Download::new(body, lease, limits.max_body_bytes, is_whole);
        let body = ResponseBody::new(download).with_reused(reused);
        Ok(Response::from_parts(parts, body))
    }
}
