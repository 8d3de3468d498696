//! The lines of the protocol: what the runner writes, and what a program responds with.

use std::time::{Duration, Instant};

use crate::client::{Delivery, FailureKind, Limits, Phase, TransportError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::response::Parts;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::case::Capability;

#[cfg(test)]
mod tests;

/// The version of the protocol that this runner speaks.
pub(super) const PROTOCOL: u64 = 1;

/// What a program says of itself.
#[derive(Clone, Debug)]
pub(super) struct Hello {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) language: String,
    pub(super) claims: Vec<Capability>,
}

impl Hello {
    pub(super) fn claims(&self, capability: Capability) -> bool {
        self.claims.contains(&capability)
    }
}

/// One line of a program.
#[derive(Debug)]
pub(super) enum Line {
    Hello(Hello),
    Reply(u64, Reply),
}

/// What a program says of one request of the runner.
#[derive(Debug)]
pub(super) enum Reply {
    Ok,
    Response(Box<Parts>, Bytes),
    Head(Box<Parts>),
    /// A response with what HTTP does not allow, for which there is no type. The client gave it, so
    /// that is no fault of the program.
    Invalid(String),
    Chunk(Bytes),
    End,
    Error(Reported),
}

/// An error as a program reports it.
#[derive(Clone, Debug)]
pub(super) struct Reported {
    pub(super) message: String,
    kind: Option<FailureKind>,
    phase: Option<Phase>,
    delivery: Option<Delivery>,
}

impl Reported {
    pub(super) fn into_error(self) -> TransportError {
        let kind = self.kind.unwrap_or(FailureKind::Other);
        let error = match (kind, self.phase) {
            (FailureKind::Timeout, Some(phase)) => TransportError::timeout(phase),
            _ => TransportError::maybe_sent(kind),
        };
        let delivery = self.delivery.unwrap_or_else(|| error.delivery());
        error.with_delivery(delivery).with_source(self.message)
    }
}

pub(super) fn hello() -> Value {
    json!({ "hello": { "protocol": PROTOCOL } })
}

pub(super) fn client(id: u64, roots_pem: &str, proxy: Option<&str>) -> Value {
    let roots_pem = Some(roots_pem).filter(|pem| !pem.is_empty());
    json!({ "id": id, "client": { "roots_pem": roots_pem, "proxy": proxy } })
}

pub(super) fn send(id: u64, request: &Request<Bytes>, limits: &Limits) -> Value {
    let headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| json!([name.as_str(), latin1(value.as_bytes())]))
        .collect();
    let body = Some(request.body()).filter(|body| !body.is_empty());
    json!({ "id": id, "send": {
        "method": request.method().as_str(),
        "url": request.uri().to_string(),
        "headers": headers,
        "body": body.map(|body| STANDARD.encode(body)),
        "limits": {
            "connect_ms": milliseconds(limits.connect_timeout),
            "head_ms": milliseconds(limits.response_timeout),
            "idle_ms": milliseconds(limits.read_timeout),
            "total_ms": limits.remaining(Instant::now()).map(milliseconds),
            "head_bytes": limits.max_header_bytes,
            "body_bytes": limits.max_body_bytes,
        },
    } })
}

pub(super) fn cancel(id: u64) -> Value {
    json!({ "id": id, "cancel": {} })
}

/// Whole milliseconds, and never fewer than were meant.
fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

/// Each byte as the character of the same number.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// What is wrong with a line, and what would be right.
type Wrong = String;

pub(super) fn parse(line: &[u8]) -> Result<Line, Wrong> {
    let value: Value = serde_json::from_slice(line)
        .map_err(|error| format!("it is no JSON object in UTF-8: {error}"))?;
    let object = value
        .as_object()
        .ok_or("it is no JSON object; each line is one")?;
    if let Some(hello) = object.get("hello") {
        return parse_hello(hello).map(Line::Hello);
    }
    let id = object.get("id").and_then(Value::as_u64);
    let id = id.ok_or("`id` is missing; it is that of the request, as a number")?;
    parse_reply(object).map(|reply| Line::Reply(id, reply))
}

fn parse_hello(hello: &Value) -> Result<Hello, Wrong> {
    let text = |name: &str| {
        let text = hello.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
            .map(str::to_owned)
            .ok_or_else(|| {
                format!(
                    "`hello.{name}` is missing; it is a text such as {}",
                    like(name)
                )
            })
    };
    let protocol = hello.get("protocol").and_then(Value::as_u64);
    if protocol != Some(PROTOCOL) {
        return Err(format!("`hello.protocol` is not the number {PROTOCOL}"));
    }
    let claims = hello.get("claims").and_then(Value::as_array);
    let claims = claims.ok_or("`hello.claims` is missing; it is a list, perhaps an empty one")?;
    Ok(Hello {
        name: text("name")?,
        version: text("version")?,
        language: text("language")?,
        claims: claims.iter().map(claim).collect::<Result<_, _>>()?,
    })
}

fn like(name: &str) -> &'static str {
    match name {
        "name" => "\"curl\"",
        "version" => "\"8.5.0\"",
        _ => "\"C\"",
    }
}

fn claim(claim: &Value) -> Result<Capability, Wrong> {
    // Version 1 has no place for what these need.
    let unheard = [Capability::ClientCertificate, Capability::Addresses];
    let known = || {
        Capability::ALL
            .into_iter()
            .filter(|one| !unheard.contains(one))
    };
    let found = known().find(|capability| claim.as_str() == Some(capability.id()));
    found.ok_or_else(|| {
        let known: Vec<_> = known().map(Capability::id).collect();
        format!(
            "the claim {claim} is unknown; there are {}",
            known.join(", ")
        )
    })
}

fn parse_reply(object: &Map<String, Value>) -> Result<Reply, Wrong> {
    if let Some(response) = object.get("response") {
        let body = response.get("body").ok_or("`response.body` is missing")?;
        let body = bytes(body)?;
        return Ok(head(response)?.map_or_else(Reply::Invalid, |head| Reply::Response(head, body)));
    }
    if let Some(value) = object.get("head") {
        return Ok(head(value)?.map_or_else(Reply::Invalid, Reply::Head));
    }
    if let Some(chunk) = object.get("chunk") {
        return Ok(Reply::Chunk(bytes(chunk)?));
    }
    if let Some(error) = object.get("error") {
        return reported(error).map(Reply::Error);
    }
    if object.contains_key("end") {
        return Ok(Reply::End);
    }
    if object.contains_key("ok") {
        return Ok(Reply::Ok);
    }
    Err("it has none of `ok`, `response`, `error`, `head`, `chunk` and `end`".to_owned())
}

fn bytes(value: &Value) -> Result<Bytes, Wrong> {
    let text = value.as_str();
    let text = text.ok_or("bytes are a text in base64, an empty one for no bytes")?;
    let bytes = STANDARD.decode(text);
    let bytes = bytes.map_err(|error| format!("bytes are in base64 with padding: {error}"))?;
    Ok(bytes.into())
}

/// What the client gave, which may be what HTTP does not allow.
type Given<T> = Result<T, String>;

fn head(value: &Value) -> Result<Given<Box<Parts>>, Wrong> {
    let status = value.get("status").and_then(Value::as_u64);
    let number = status.ok_or("`status` is missing; it is a number")?;
    let Some(status) = u16::try_from(number)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
    else {
        return Ok(Err(format!("the client gave the status code {number}")));
    };
    let headers = value.get("headers").and_then(Value::as_array);
    let headers = headers.ok_or("`headers` is missing; it is a list of pairs of texts")?;
    let (mut parts, ()) = Response::new(()).into_parts();
    parts.status = status;
    for pair in headers {
        match field(pair)? {
            Ok((name, value)) => parts.headers.append(name, value),
            Err(invalid) => return Ok(Err(invalid)),
        };
    }
    Ok(Ok(Box::new(parts)))
}

fn field(pair: &Value) -> Result<Given<(HeaderName, HeaderValue)>, Wrong> {
    let texts = pair.as_array().map(Vec::as_slice);
    let Some([Value::String(name), Value::String(value)]) = texts else {
        return Err(format!("the header field {pair} is no pair of texts"));
    };
    let value: Option<Vec<u8>> = value.chars().map(|char| u8::try_from(char).ok()).collect();
    let value = value.ok_or_else(|| {
        format!("the value of {name} has characters above 255; each stands for one byte")
    })?;
    let bad = |what| format!("the client gave the header field {pair}, {what} HTTP does not allow");
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad("whose name"));
    let value = HeaderValue::from_bytes(&value).map_err(|_| bad("whose value"));
    Ok(name.and_then(|name| Ok((name, value?))))
}

fn reported(error: &Value) -> Result<Reported, Wrong> {
    let message = error.get("message").and_then(Value::as_str);
    let message = message.filter(|message| !message.is_empty());
    Ok(Reported {
        message: message
            .ok_or("`error.message` is missing; it says in words what happened")?
            .to_owned(),
        kind: named(error, "kind", &KINDS, FailureKind::as_str)?,
        phase: named(error, "phase", &PHASES, Phase::as_str)?,
        delivery: named(error, "delivery", &DELIVERIES, Delivery::as_str)?,
    })
}

const KINDS: [FailureKind; 11] = [
    FailureKind::Resolve,
    FailureKind::Connect,
    FailureKind::Proxy,
    FailureKind::Tls,
    FailureKind::Closed,
    FailureKind::Truncated,
    FailureKind::Protocol,
    FailureKind::Timeout,
    FailureKind::TooLarge,
    FailureKind::Cancelled,
    FailureKind::Other,
];
const PHASES: [Phase; 4] = [Phase::Connect, Phase::Send, Phase::Head, Phase::Body];
const DELIVERIES: [Delivery; 2] = [Delivery::NotSent, Delivery::MaybeSent];

/// One of a few values by its name, which is that of the type with hyphens.
fn named<T: Copy>(
    error: &Value,
    what: &str,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<Option<T>, Wrong> {
    let value = error.get(what).unwrap_or(&Value::Null);
    if value.is_null() {
        return Ok(None);
    }
    let name = |one: T| name(one).replace('_', "-");
    let found = all.iter().find(|one| value.as_str() == Some(&name(**one)));
    found.copied().map(Some).ok_or_else(|| {
        let all: Vec<_> = all.iter().map(|one| name(*one)).collect();
        format!(
            "`error.{what}` is {value}, and not null or one of {}",
            all.join(", ")
        )
    })
}
