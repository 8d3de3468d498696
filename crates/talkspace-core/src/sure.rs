//! Sure requests: what became of a request that must not be sent twice.
//!
//! [`Client::send_surely`](crate::Client::send_surely) sends it, and looks for its
//! result if that is in doubt. [`Sure`] is what it says. The same in
//! two steps, for a future that may be dropped, is
//! [`look`](crate::Client::look) and [`reconcile`](crate::Client::reconcile).
//!
//! How each request's result is looked for stands in the spec and is generated;
//! for an operation that is written by hand, implement [`SureRequest`].

pub use crate::client::{Before, Candidate, Sure, SureOptions, UploadTo};
pub use crate::codec::sure_request::{Listed, NoLook, Place, SureRequest};
