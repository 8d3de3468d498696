//! What an error of the engine is to the core.

use std::error::Error as StdError;
use std::io;

use talkspace_core::transport::{FailureKind, Phase, TransportError};

/// The URL of a request has the application key, so the error loses it.
pub(crate) fn failure(error: reqwest::Error, phase: Phase, is_https: bool) -> TransportError {
    let kind = kind(&error, phase, is_https);
    let failure = match kind {
        FailureKind::Timeout => TransportError::timeout(phase),
        kind => TransportError::maybe_sent(kind),
    };
    failure.with_source(error.without_url())
}

fn kind(error: &reqwest::Error, phase: Phase, is_https: bool) -> FailureKind {
    if error.is_dns() {
        return FailureKind::Resolve;
    }
    let io = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>());
    if error.is_connect() {
        // What the system says has a number, what a TLS library says has none.
        return match io {
            Some(io) if io.raw_os_error().is_some() => FailureKind::Connect,
            _ if is_tunnel(error) => FailureKind::Proxy,
            Some(_) if is_https => FailureKind::Tls,
            _ => FailureKind::Connect,
        };
    }
    let cut_short = match phase {
        Phase::Body => FailureKind::Truncated,
        _ => FailureKind::Closed,
    };
    // The engine hides behind an `io::Error` of the kind `Other`, or is the cause of one.
    let hyper = causes(error).find_map(|cause| cause.downcast_ref::<hyper::Error>());
    match (hyper, io.map(io::Error::kind)) {
        (Some(hyper), _) if hyper.is_parse_too_large() => FailureKind::TooLarge,
        (Some(hyper), _) if hyper.is_parse() => FailureKind::Protocol,
        (Some(hyper), _) if hyper.is_incomplete_message() => cut_short,
        (_, Some(io::ErrorKind::UnexpectedEof)) => cut_short,
        (_, Some(io::ErrorKind::TimedOut)) => FailureKind::Timeout,
        // Of the head, the engine's own errors are of parsing.
        (_, Some(io::ErrorKind::InvalidData)) if is_https => FailureKind::Tls,
        (_, Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)) => {
            FailureKind::Protocol
        }
        (_, Some(_)) => FailureKind::Closed,
        (Some(hyper), None) if hyper.is_canceled() || hyper.is_closed() => FailureKind::Closed,
        _ => FailureKind::Protocol,
    }
}

/// The tunnel's error has no public type; its text is all there is.
fn is_tunnel(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.to_string().starts_with("tunnel error"))
}

fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |cause| (*cause).source())
}
