//! The two transport traits: one template, two flavours.

use super::source::{Item, Source};
use super::text::{Comment, Span, series};
use crate::codegen::model::{Api, Method, Payload, Place};

/// The words by which the two differ.
struct Flavour {
    adjective: &'static str,
    name: &'static str,
    other: &'static str,
    attribute: &'static str,
    asynchronous: &'static str,
    wait: &'static str,
    body: &'static str,
    /// A further parameter, and the argument for it.
    cancel: (&'static str, &'static str),
    ends: &'static str,
    sleep: &'static str,
    sleeping: &'static str,
    imports: &'static [&'static str],
    example: &'static str,
    usage: &'static str,
}

const ASYNC: Flavour = Flavour {
    adjective: "An async",
    name: "Transport",
    other: "BlockingTransport",
    attribute: "#[async_trait]\n",
    asynchronous: "async ",
    wait: ".await",
    body: "ResponseBody",
    cancel: ("", ""),
    ends: "Dropping the future ends the exchange.",
    sleep: ";",
    sleeping: "Waits for `duration`.",
    imports: &[
        "async_trait::async_trait",
        "crate::transport::response_body::ResponseBody",
    ],
    example: "\
use async_trait::async_trait;
use talkspace_core::transport::{Exchange, ResponseBody, Transport, TransportError};",
    usage: "\
# use std::sync::atomic::{AtomicU16, Ordering};
# use talkspace_core::transport::transport_fn;
# use talkspace_core::{Client, GetVersion};
# let status = AtomicU16::new(503);
# let inner = transport_fn(move |_request| {
#     let status = status.swap(200, Ordering::Relaxed);
#     async move { Ok(http::Response::builder().status(status).body(\"01.02.06\".into()).unwrap()) }
# });
# let program = async {
let (log, lines) = mpsc::channel();
let client = Client::builder(\"https://sandbox.example\", \"key\").build(Logging { inner, log })?;
client.send(GetVersion::new()).await?;
assert!(lines.recv()?.starts_with(\"getVersion 1: 503 Service Unavailable in \"));
assert!(lines.recv()?.starts_with(\"getVersion 2: 200 OK in \"));
# Ok::<(), Box<dyn std::error::Error>>(())
# };
# let mut context = std::task::Context::from_waker(std::task::Waker::noop());
# let std::task::Poll::Ready(outcome) = std::pin::pin!(program).poll(&mut context) else {
#     panic!(\"a closure does not wait\");
# };
# outcome?;
# Ok::<(), Box<dyn std::error::Error>>(())",
};

const BLOCKING: Flavour = Flavour {
    adjective: "A blocking",
    name: "BlockingTransport",
    other: "Transport",
    attribute: "",
    asynchronous: "",
    wait: "",
    body: "BlockingResponseBody",
    cancel: (", cancel: &CancelToken", ", cancel"),
    ends: "Cancelling the [`CancelToken`] ends the exchange.",
    sleep: " {\n        cancel.wait(duration);\n    }",
    sleeping: "Waits for `duration`, or until cancelled.",
    imports: &[
        "crate::transport::cancel::CancelToken",
        "crate::transport::response_body::BlockingResponseBody",
    ],
    example: "\
use talkspace_core::CancelToken;
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, TransportError,
};",
    usage: "\
# use std::sync::atomic::{AtomicU16, Ordering};
# use talkspace_core::transport::blocking_transport_fn;
# use talkspace_core::{BlockingClient, GetVersion};
# let status = AtomicU16::new(503);
# let inner = blocking_transport_fn(move |_request| {
#     let status = status.swap(200, Ordering::Relaxed);
#     Ok(http::Response::builder().status(status).body(\"01.02.06\".into()).unwrap())
# });
let (log, lines) = mpsc::channel();
let client = BlockingClient::builder(\"https://sandbox.example\", \"key\")
    .build_blocking(Logging { inner, log })?;
client.send(GetVersion::new())?;
assert!(lines.recv()?.starts_with(\"getVersion 1: 503 Service Unavailable in \"));
assert!(lines.recv()?.starts_with(\"getVersion 2: 200 OK in \"));
# Ok::<(), Box<dyn std::error::Error>>(())",
};

pub(crate) fn file(api: &Api) -> String {
    let docs =
        Comment::module().paragraph("The two transport traits, one template in two flavours.");
    let mut source = Source::new(docs);
    for flavour in [ASYNC, BLOCKING] {
        source.push(declaration(api, &flavour));
        source.push(delegation(&flavour));
    }
    source.finish()
}

fn declaration(api: &Api, flavour: &Flavour) -> Item {
    let Flavour {
        name,
        attribute,
        asynchronous,
        body,
        cancel: (cancel, _),
        sleep,
        sleeping,
        ..
    } = flavour;
    let docs = docs(api, flavour);
    Item::new(format!(
        "\
{docs}{attribute}pub trait {name}: Send + Sync + 'static {{
    /// Sends the request once and returns the head of the response, of whichever
    /// status; its body follows.
    ///
    /// # Errors
    ///
    /// [`TransportError`], when no response came.
    {asynchronous}fn exchange(&self, exchange: Exchange{cancel}) -> Result<Response<{body}>, TransportError>;

    /// {sleeping}
    {asynchronous}fn sleep(&self, duration: Duration{cancel}){sleep}

    /// The time by which [`sleep`](Self::sleep) waits, and deadlines are kept. A
    /// transport for tests whose sleep takes no time says here how late it would
    /// be; one that wraps another hands on what that says.
    fn now(&self) -> Instant {{
        Instant::now()
    }}
}}
"
    ))
    .uses(flavour.imports)
    .uses([
        "std::time::{Duration, Instant}",
        "http::Response",
        "crate::transport::exchange::Exchange",
        "crate::transport::error::TransportError",
    ])
}

/// A shared transport is a transport.
fn delegation(flavour: &Flavour) -> Item {
    let Flavour {
        name,
        attribute,
        asynchronous,
        wait,
        body,
        cancel: (cancel, cancel_argument),
        ..
    } = flavour;
    Item::new(format!(
        "\
{attribute}impl<T: {name} + ?Sized> {name} for Arc<T> {{
    {asynchronous}fn exchange(&self, exchange: Exchange{cancel}) -> Result<Response<{body}>, TransportError> {{
        T::exchange(self, exchange{cancel_argument}){wait}
    }}

    {asynchronous}fn sleep(&self, duration: Duration{cancel}) {{
        T::sleep(self, duration{cancel_argument}){wait};
    }}

    fn now(&self) -> Instant {{
        T::now(self)
    }}
}}
"
    ))
    .uses(["std::sync::Arc"])
}

fn docs(api: &Api, flavour: &Flavour) -> Comment {
    let Flavour {
        adjective,
        name,
        other,
        ends,
        body,
        ..
    } = flavour;
    Comment::item(0)
        .paragraph(&format!(
            "{adjective} transport: it makes an exchange, and sleeps between two attempts. Its twin \
             is [`{other}`]."
        ))
        .paragraph("# What a transport promises")
        .paragraph(
            "1. **One exchange.** It sends the request once. It never retries, follows \
             redirects, stores cookies, decodes content codings, reads proxy settings that it was \
             not given, or adds header fields beyond `host`, `content-length`, `user-agent`, \
             `connection` and `accept`.",
        )
        .entry(
            "2. **The truth about what happened.** A response of any status is `Ok`. An error says \
             what went wrong and whether the request may have arrived: \
             [`NotSent`](crate::Delivery::NotSent) is a promise that no byte of it reached the \
             peer. This decides whether a request that is not idempotent is retried, so when in \
             doubt it is \
             [`MaybeSent`](crate::Delivery::MaybeSent).",
        )
        .entry(&format!(
            "3. **An end.** It keeps the [limits](crate::Limits) that it is handed, of which the \
             deadline is one for all attempts of a request, and closes or drains a connection that \
             it gives up on. {ends}"
        ))
        .entry(
            "4. **Bodies as they are.** A request's [`Body`](super::Body) is of known length, which \
             is its `content-length`, and sending does not use it up. The response's body is \
             handed on while it arrives.",
        )
        .paragraph(&format!(
            "It may say whether a connection had been used before, by \
             [`with_reused`]({body}::with_reused) of the body and of the error, so that an \
             [observer](crate::observe) is told."
        ))
        .paragraph("# What the API needs")
        .paragraph(&needs(api))
        .paragraph("# Sharing")
        .paragraph(&format!(
            "The trait is object-safe. A client holds an `Arc<dyn {name}>`, and an [`Arc`] of a \
             transport is itself one."
        ))
        .paragraph("# Example")
        .paragraph(
            "A transport that wraps another, and logs the operation, the attempt, the status and \
             the time of each exchange. The log shows no secret: neither a URL nor a body is in it.",
        )
        .block(example(flavour))
}

/// What of HTTP the operations use.
fn needs(api: &Api) -> String {
    let mut methods: Vec<Method> = api
        .operations
        .iter()
        .map(|operation| operation.method)
        .collect();
    methods.sort_unstable();
    methods.dedup();
    let methods: Vec<String> = methods
        .iter()
        .map(|method| Span(method.as_str()).to_string())
        .collect();
    let has = |place: Place| {
        let mut operations = api.operations.iter();
        operations.any(|operation| {
            let mut carries = operation.carries.iter();
            carries.any(|carried| carried.place() == place)
        })
    };
    let bodies = match (has(Place::Form), has(Place::Part)) {
        (false, false) => "Requests have no body.",
        (true, false) => "Requests have a body of `application/x-www-form-urlencoded`, or none.",
        (false, true) => "Requests have a body of `multipart/form-data`, or none.",
        (true, true) => {
            "Requests have a body of `application/x-www-form-urlencoded` or \
             `multipart/form-data`, or none."
        }
    };
    let mut types: Vec<String> = api
        .operations
        .iter()
        .map(|operation| match operation.payload {
            Payload::Envelope(_) => "`application/json`",
            Payload::Text(_) => "`text/plain`",
            Payload::Bytes(_) => "`audio/mpeg`",
        })
        .map(str::to_owned)
        .collect();
    types.sort_unstable();
    types.dedup();
    format!(
        "The methods are {}. {bodies} Responses are {}; a transport does not read them.",
        series(&methods, "and"),
        series(&types, "or")
    )
}

fn example(flavour: &Flavour) -> Vec<String> {
    let Flavour {
        name,
        attribute,
        asynchronous,
        wait,
        body,
        cancel: (cancel, argument),
        example,
        usage,
        ..
    } = flavour;
    let attribute = attribute.trim_end();
    let gap = if attribute.is_empty() { "" } else { "\n" };
    let line = match cancel.strip_prefix(", ") {
        Some(cancel) => format!("\n        {cancel},"),
        None => String::new(),
    };
    let text = format!(
        "\
```
use std::sync::mpsc;
use std::time::{{Duration, Instant}};
{example}

struct Logging<T> {{ inner: T, log: mpsc::Sender<String> }}

{attribute}{gap}impl<T: {name}> {name} for Logging<T> {{
    {asynchronous}fn exchange(
        &self,
        exchange: Exchange,{line}
    ) -> Result<http::Response<{body}>, TransportError> {{
        let operation = exchange.operation().map_or(\"-\", |info| info.id);
        let attempt = exchange.attempt();
        let start = self.now();
        let result = self.inner.exchange(exchange{argument}){wait};
        let outcome = match &result {{
            Ok(response) => response.status().to_string(),
            Err(error) => error.to_string(),
        }};
        let took = self.now() - start;
        let _ = self.log.send(format!(\"{{operation}} {{attempt}}: {{outcome}} in {{took:?}}\"));
        result
    }}

    {asynchronous}fn sleep(&self, duration: Duration{cancel}) {{
        self.inner.sleep(duration{argument}){wait};
    }}

    fn now(&self) -> Instant {{
        self.inner.now()
    }}
}}

{usage}
```"
    );
    text.lines().map(str::to_owned).collect()
}
