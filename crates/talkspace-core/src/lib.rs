//! Requests, answers and calls of the TalkSpace REST API, and the traits of
//! its transports. This crate does no I/O.
//!
#![doc = include_str!("generated/operations.md")]

mod answer;
mod app_key;
mod base_url;
mod body;
mod call;
mod cancel;
mod client;
mod driver;
mod error;
mod exchange;
mod form;
mod generated;
mod id;
mod incoming;
mod invalid_request;
pub mod manual;
mod media_file;
mod media_hosts;
mod multipart;
mod number;
mod operation;
mod patience;
mod phone_number;
mod policy;
mod reconcile;
mod redact;
mod reply;
mod request_writer;
mod retry;
#[cfg(feature = "server")]
pub mod server;
mod sink;
mod status;
mod sync;
mod target;
mod transport_error;
mod transport_fn;
mod unseen;
mod wire;

pub use answer::{Answer, Rejection};
pub use app_key::AppKey;
pub use base_url::{BaseUrl, InvalidBaseUrl};
#[cfg(any(unix, windows))]
pub use body::FileSource;
pub use body::{Body, BodyCursor, BodySource, Part, Piece, SourceRead};
pub use call::{Call, Next};
pub use cancel::{Cancel, OnCancel};
pub use client::{BlockingClient, Client, ClientBuilder, Download};
pub use driver::{drive, drive_blocking};
pub use error::{Error, ErrorKind};
pub use exchange::{Exchange, Limits};
pub use generated::*;
pub use incoming::{BlockingIncoming, Chunks, Incoming};
pub use invalid_request::{InvalidRequest, Problem};
pub use media_file::{InvalidMediaFile, MediaFile};
pub use operation::{Effect, Operation, OperationInfo, ParameterInfo, ParameterKind, Place};
pub use patience::Patience;
pub use phone_number::{InvalidPhoneNumber, PhoneNumber};
pub use policy::Policy;
pub use reconcile::Reconciliation;
pub use reply::Reply;
pub use retry::Budget;
pub use status::Status;
pub use target::Target;
pub use transport_error::{Delivery, FailureKind, Phase, TransportError};
pub use transport_fn::{BlockingTransportFn, TransportFn, blocking_transport_fn, transport_fn};
pub use unseen::is_unseen;
