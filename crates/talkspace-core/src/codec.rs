//! Encoding of requests and decoding of responses: for an operation written by
//! hand, a stand-in for the service, or a test of either.
//!
//! Everything here is pure. An [`Operation`] encodes its request for a
//! [`Target`], and decodes a [`RawResponse`].

mod form;
pub(crate) mod json;
mod media_file;
mod multipart;
mod operation;
mod raw_response;
pub(crate) mod redact;
mod request_writer;
pub(crate) mod responder;
pub(crate) mod sure_request;
mod target;
mod text;

#[cfg(feature = "server")]
pub(crate) use form::ESCAPED;
pub(crate) use json::{Code, Envelope, OneOrMany};
pub use media_file::{InvalidMediaFile, MediaFile};
pub(crate) use media_file::{MEDIA_SIGNATURE, begins_like_mp3};
pub use operation::Operation;
pub use raw_response::{RawResponse, ResponseError};
pub(crate) use raw_response::{is_coded, is_whole};
pub(crate) use redact::Redactor;
#[cfg(feature = "record")]
pub(crate) use redact::{KEY, SECRET};
pub(crate) use request_writer::RequestWriter;
pub(crate) use sure_request::{Listed, NoLook, Place, SureRequest};
pub use target::Target;
pub(crate) use text::Text;
