//! The way through an HTTP proxy.

use std::sync::{Arc, OnceLock};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::BytesMut;
use http::Uri;
use http1_conformance::client::{FailureKind, TransportError};
use percent_encoding::percent_decode_str;

use super::fault::Fault;
use super::origin::Origin;

/// The most that a proxy may say before the tunnel is open.
const MOST: usize = 16 * 1024;

/// A proxy, and what it wants to be told.
#[derive(Clone, Debug)]
pub(super) struct Proxy {
    pub(super) place: Origin,
    credentials: Option<String>,
    /// The first host that it was told of.
    first: Arc<OnceLock<String>>,
}

impl Proxy {
    pub(super) fn of(url: &str, fault: Option<Fault>) -> Option<Self> {
        let url: Uri = url.parse().ok()?;
        let (user_info, _) = url.authority()?.as_str().rsplit_once('@').unzip();
        let credentials = user_info.map(|user_info| match fault {
            Some(Fault::ProxyCredentialsUndecoded) => basic(user_info.as_bytes()),
            _ => basic(&percent_decode_str(user_info).collect::<Vec<u8>>()),
        });
        Some(Self {
            place: Origin::of(&url).ok()?,
            credentials: credentials.filter(|_| fault != Some(Fault::ProxyCredentialsForgotten)),
            first: Arc::default(),
        })
    }

    /// What `Proxy-Authorization` says.
    pub(super) fn credentials(&self) -> Option<&str> {
        self.credentials.as_deref()
    }

    /// The target of a request that the proxy forwards, RFC 9112 §3.2.2.
    pub(super) fn target(&self, host: String, target: &str, fault: Option<Fault>) -> String {
        let host = match fault {
            Some(Fault::FirstHostToProxy) => self.first.get_or_init(|| host).clone(),
            _ => host,
        };
        format!("http://{host}{target}")
    }

    /// What asks it for a tunnel, RFC 9110 §9.3.6.
    pub(super) fn connect(&self, origin: &Origin, fault: Option<Fault>) -> Vec<u8> {
        let authority = match (fault, origin.authority()) {
            (Some(Fault::ConnectWithoutPort), authority) => {
                authority.trim_end_matches(":443").to_owned()
            }
            (_, authority) => authority,
        };
        let path = match fault {
            Some(Fault::ConnectWithPath) => "/",
            _ => "",
        };
        let mut head = format!("CONNECT {authority}{path} HTTP/1.1\r\nHost: {authority}\r\n");
        if let Some(credentials) = self.credentials() {
            head.push_str(&format!("Proxy-Authorization: {credentials}\r\n"));
        }
        (head + "\r\n").into_bytes()
    }

    /// Whether what it has said opens the tunnel. An error when it says that it does not.
    pub(super) fn has_opened(
        &self,
        input: &mut BytesMut,
        fault: Option<Fault>,
    ) -> Result<bool, TransportError> {
        if fault == Some(Fault::ConnectNotAwaited) {
            return Ok(true);
        }
        let has = |name: &[u8]| input.windows(name.len()).any(|window| window == name);
        let framed = has(b"\r\nContent-Length") || has(b"\r\nTransfer-Encoding");
        if framed && fault == Some(Fault::ConnectFramingRejected) {
            return Err(failed(FailureKind::Proxy, "a body in place of a tunnel"));
        }
        while let Some(status) = take_head(input)? {
            match (status, fault) {
                (201..=299, Some(Fault::ConnectOnly200)) => {
                    return Err(failed(FailureKind::Proxy, status.to_string()));
                }
                (_, Some(Fault::ConnectStatusIgnored)) | (200..=299, _) => return Ok(true),
                (100..=199, fault) if fault != Some(Fault::ConnectStopsAt1xx) => {}
                (500..=599, _) => return Err(failed(FailureKind::Connect, status.to_string())),
                _ => return Err(failed(FailureKind::Proxy, status.to_string())),
            }
        }
        match input.len() > MOST && fault != Some(Fault::ConnectUnbounded) {
            true => Err(failed(FailureKind::Proxy, "the proxy says too much")),
            false => Ok(false),
        }
    }
}

/// The status of the next head, once it is whole.
fn take_head(input: &mut BytesMut) -> Result<Option<u16>, TransportError> {
    let end = input.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let Some(end) = end else {
        return Ok(None);
    };
    let head = input.split_to(end + 4);
    let status = head
        .get(9..12)
        .and_then(|status| std::str::from_utf8(status).ok());
    let status = status.and_then(|status| status.parse().ok());
    let status = status.filter(|_| head.starts_with(b"HTTP/1."));
    status
        .map(Some)
        .ok_or_else(|| failed(FailureKind::Proxy, "the proxy does not speak HTTP"))
}

fn failed(kind: FailureKind, why: impl Into<String>) -> TransportError {
    TransportError::not_sent(kind).with_source(why.into())
}

/// RFC 7617.
fn basic(pair: &[u8]) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}
