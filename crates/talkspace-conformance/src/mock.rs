//! A mock server for cases above the wire: what the request means, and what
//! the response becomes.
//!
//! It parses requests and frames responses itself, so what goes over the wire
//! byte by byte is for the scripted [peer](crate::wire).

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use bytes::Bytes;
use http::Response;
use http::header::CONTENT_TYPE;
use tokio::runtime::{Builder, Runtime};
use wiremock::{Match, Mock, MockServer, Request, ResponseTemplate};

use crate::parameters::{Arrived, Values};

/// A mock server. It has a thread and a runtime of its own, so the adapter may
/// have another runtime, or none.
pub(crate) struct MockApi {
    runtime: Runtime,
    server: MockServer,
}

impl MockApi {
    /// Responds to the request that carries `values` with `response`, and any other
    /// with 404.
    pub(crate) fn start(values: Values, response: &Response<Bytes>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let template = template(response);
        let server = runtime.block_on(async {
            let server = MockServer::builder().listener(listener).start().await;
            Mock::given(Carries(values))
                .respond_with(template)
                .mount(&server)
                .await;
            server
        });
        Ok(Self { runtime, server })
    }

    pub(crate) fn address(&self) -> &SocketAddr {
        self.server.address()
    }

    /// What arrived, in order.
    pub(crate) fn received(&self) -> Vec<Request> {
        let received = self.runtime.block_on(self.server.received_requests());
        received.unwrap_or_default()
    }
}

fn template(response: &Response<Bytes>) -> ResponseTemplate {
    let content_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("application/octet-stream");
    ResponseTemplate::new(response.status().as_u16())
        .set_body_raw(response.body().to_vec(), content_type)
}

/// Matches the request that carries these values.
struct Carries(Values);

impl Match for Carries {
    fn matches(&self, request: &Request) -> bool {
        compare(&self.0, request).is_empty()
    }
}

/// What is wrong with a request that should carry `values`.
pub(crate) fn compare(values: &Values, request: &Request) -> Vec<String> {
    let path = request.url.path();
    let target = match request.url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    values.compare(&Arrived {
        method: request.method.as_str(),
        target: &target,
        content_type: request
            .headers
            .get(CONTENT_TYPE)
            .map(|value| value.as_bytes()),
        body: &request.body,
    })
}
