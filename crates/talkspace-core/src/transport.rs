//! For authors of transports: what one is handed, and what it gives back.
//!
//! A transport sends one request and reads one response: it implements
//! [`Transport`] or [`BlockingTransport`], whose pages say what it promises.
//! Retries, deadlines over several attempts and the reading of bodies are the
//! clients' work. How to write one, and how to test it with the suite, is in
//! [the manual](crate::manual::transports).

mod body;
mod cancel;
mod error;
mod exchange;
mod function;
mod limits;
mod response_body;
pub(crate) mod sync;
mod threaded;
mod traits;

#[cfg(any(unix, windows))]
pub use body::FileSource;
pub use body::{
    Body, BodyCursor, BodyPart, BodyPiece, BodySource, BodyStream, IntoBodySource, SourceRead,
    SpentBody, StreamRead,
};
pub use cancel::{CancelGuard, CancelToken};
pub use error::{Delivery, FailureKind, Phase, TransportError};
pub use exchange::Exchange;
#[cfg(feature = "record")]
pub(crate) use function::Slept;
pub use function::{BlockingTransportFn, TransportFn, blocking_transport_fn, transport_fn};
pub use limits::{Limits, Rate};
pub(crate) use response_body::io_kind;
pub use response_body::{BlockingResponseBody, Chunks, ResponseBody};
pub use threaded::{BodyReader, Progress, threaded};
pub use traits::{BlockingTransport, Transport};
