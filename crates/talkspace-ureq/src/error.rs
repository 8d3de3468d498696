//! What an error of the engine is to the core.

use std::error::Error as StdError;
use std::io;

use talkspace_core::transport::{Delivery, FailureKind, Phase, Progress, TransportError};
use ureq::{Error, Timeout};

/// `phase` says whether the engine worked on the head or on the body.
pub(crate) fn failure(error: Error, phase: Phase, is_https: bool) -> TransportError {
    let text = |kind, text: &'static str| TransportError::not_sent(kind).with_source(text);
    match error {
        Error::Timeout(timeout) => TransportError::timeout(in_phase(timeout, phase)),
        Error::Io(error) => match Progress::source_of(error) {
            Ok(of_source) => of_source,
            Err(error) => of_system(error, phase, is_https),
        },
        Error::HostNotFound => TransportError::not_sent(FailureKind::Resolve).with_source(error),
        Error::ConnectionFailed => {
            TransportError::not_sent(FailureKind::Connect).with_source(error)
        }
        // These show a URL, or what a proxy said.
        Error::BadUri(_) => text(FailureKind::Other, "the engine takes no such URL"),
        Error::RequireHttpsOnly(_) => text(FailureKind::Other, "the agent is for https only"),
        Error::ConnectProxyFailed(_) => text(FailureKind::Proxy, "the proxy opened no tunnel"),
        Error::LargeResponseHeader(..) => maybe_sent(FailureKind::TooLarge, error),
        // So it calls an end inside of a chunk.
        Error::BodyStalled => maybe_sent(FailureKind::Truncated, error),
        Error::Protocol(_) => maybe_sent(FailureKind::Protocol, error),
        Error::Tls(_) | Error::TlsRequired => maybe_sent(FailureKind::Tls, error),
        error if is_tls(&error) => maybe_sent(FailureKind::Tls, error),
        error => maybe_sent(FailureKind::Other, error),
    }
}

fn in_phase(timeout: Timeout, phase: Phase) -> Phase {
    match timeout {
        Timeout::Resolve | Timeout::Connect => Phase::Connect,
        Timeout::SendRequest | Timeout::SendBody | Timeout::PerWrite => Phase::Send,
        Timeout::RecvResponse => Phase::Head,
        Timeout::RecvBody => Phase::Body,
        _ => phase,
    }
}

fn of_system(error: io::Error, phase: Phase, is_https: bool) -> TransportError {
    use io::ErrorKind as Io;
    let (kind, delivery) = match error.kind() {
        Io::ConnectionRefused | Io::HostUnreachable | Io::NetworkUnreachable => {
            (FailureKind::Connect, Delivery::NotSent)
        }
        Io::AddrNotAvailable => (FailureKind::Connect, Delivery::NotSent),
        // The resolver's failures have no kind and no number. No other begins like this.
        _ if error.to_string().starts_with("failed to lookup address") => {
            (FailureKind::Resolve, Delivery::NotSent)
        }
        Io::UnexpectedEof if phase == Phase::Body => (FailureKind::Truncated, Delivery::MaybeSent),
        Io::InvalidData if is_https => (FailureKind::Tls, Delivery::MaybeSent),
        Io::InvalidData => (FailureKind::Protocol, Delivery::MaybeSent),
        _ => (FailureKind::Closed, Delivery::MaybeSent),
    };
    TransportError::new(kind, delivery).with_source(error)
}

/// Which variants there are depends on the features of an application.
fn is_tls(error: &Error) -> bool {
    let text = error.to_string();
    ["rustls: ", "native-tls: ", "PEM: ", "der: "]
        .iter()
        .any(|prefix| text.starts_with(prefix))
}

fn maybe_sent(kind: FailureKind, error: impl StdError + Send + Sync + 'static) -> TransportError {
    TransportError::maybe_sent(kind).with_source(error)
}
