//! The errors of more than one chapter.

use http1_conformance::client::{Delivery, FailureKind, Phase, TransportError};

use super::fault::Fault;

/// A response that breaks the protocol.
pub(super) fn protocol(why: &'static str) -> TransportError {
    TransportError::new(FailureKind::Protocol, Delivery::MaybeSent).with_source(why)
}

/// More bytes than the limit of the head or the body allows.
pub(super) fn too_large() -> TransportError {
    TransportError::new(FailureKind::TooLarge, Delivery::MaybeSent)
}

/// The connection ended before the body did.
pub(super) fn truncated() -> TransportError {
    TransportError::new(FailureKind::Truncated, Delivery::MaybeSent)
}

pub(super) fn timed_out(phase: Phase, fault: Option<Fault>) -> TransportError {
    match fault {
        Some(Fault::TimeoutIsClosed) => {
            TransportError::new(FailureKind::Closed, Delivery::MaybeSent)
        }
        _ => TransportError::timeout(phase),
    }
}

pub(super) fn cancelled() -> TransportError {
    TransportError::new(FailureKind::Cancelled, Delivery::MaybeSent)
}
