//! Core.
mod body;
mod cancel;
mod exchange;
mod generated;
mod incoming;
mod transport_error;

pub use body::{Body, BodyCursor, BodySource, Part, Piece, SourceRead};
pub use cancel::{Cancel, OnCancel};
pub use exchange::{Exchange, Limits};
pub use generated::transport::{BlockingTransport, Transport};
pub use incoming::{BlockingIncoming, Chunks, Incoming};
pub use transport_error::{Delivery, FailureKind, Phase, TransportError};
