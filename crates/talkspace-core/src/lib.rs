//! Requests, responses and errors of the TalkSpace REST API, the clients that
//! send them, and the traits of the transports that carry them. This crate does
//! no I/O.
//!
//! ```
//! use talkspace_core::transport::transport_fn;
//! use talkspace_core::{Client, CreateTalkspace};
//!
//! # let created = r#"{"ConferenceResponse":{"message":"Created, leader is eta","status":201,
//! #   "conferenceId":"63c9b03b84e9476080f7afe9ac2aa58e","uri":""}}"#;
//! # let transport = transport_fn(move |_request| async move {
//! #     Ok(http::Response::builder().status(201).body(created.into()).unwrap())
//! # });
//! # let program = async {
//! let client = Client::builder("https://sandbox.example", "app key").build(transport)?;
//! let created = client.send(CreateTalkspace::new("eta")).await?;
//! println!("TalkSpace {}", created.conference_id);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # };
//! # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
//! # assert!(std::pin::pin!(program).poll(&mut context).is_ready());
//! ```
//!
//! Applications depend on a transport instead, which re-exports all of this:
//! `talkspace-hyper` (async) or `talkspace-blocking`.
//!
//! # Where to go
//!
//! | you want to | door |
//! |---|---|
//! | send requests | this page: the [requests](#operations), [`Client`], [`BlockingClient`], [`RequestOptions`], [`Error`]; responses are in [`response`] |
//! | know how something is done | [`manual::howto`]: tests, own roots, logs, a request in doubt, cancellation |
//! | know what became of a request that rings | [`sure`], [`manual::howto`](manual::howto#when-a-request-is-in-doubt) |
//! | know what is sent again, and what an error means | [`manual::retries`] |
//! | see what it does in production: metrics, tracing | [`observe`], [`manual::observing`] |
//! | write or wrap a transport | [`transport`] |
//! | stand in for the service | `server`, with the feature of that name |
//! | describe, encode or decode operations | [`operation`], [`codec`] |
//! | know how it works, and what is promised | [`manual`] |
//!
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `serde` | off | `Serialize` and `Deserialize` for requests, responses and their values |
//! | `server` | off | the module `server`: requests decoded, responses encoded, a trait to implement |
//! | `record` | off | `recording`: transports that record exchanges and replay them; `serde` too |
//! | `tracing` | off | [a span](manual::observing#spans) for each request and each attempt |
//!
//! The transports have features `serde` and `tracing` that turn these on, and the
//! sandbox `serde`. For `serde`:
//! Fields go by their names, and enums by their [stable names](ErrorKind::as_str).
//! A request with a field that it does not have is an error. What holds an
//! [`AppKey`], a [`GrantId`] or a [`PhoneNumber`] is deserialized only, so that none
//! is written in passing. [`UploadMedia`] and the response to [`DownloadMedia`]
//! have neither trait, since they hold media.
#![doc = include_str!("request/operations.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
pub mod codec;
mod error;
pub mod manual;
pub mod observe;
pub mod operation;
#[cfg(feature = "record")]
pub mod recording;
mod request;
mod send;
#[cfg(feature = "server")]
pub mod server;
pub mod sure;
pub mod transport;
mod value;

/// The README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub use client::{
    BlockingClient, BlockingMediaBody, Client, ClientBuilder, Download, InvalidClient, MediaBody,
    PollOptions, Sure, SureOptions,
};
pub use codec::{InvalidMediaFile, MediaFile, Operation};
pub use error::{Error, ErrorKind, Limit};
pub use operation::Effect;
pub use request::*;
pub use send::{RequestOptions, Response, RetryBudget};
#[cfg(any(unix, windows))]
pub use transport::FileSource;
pub use transport::{BodySource, CancelToken, Delivery, FailureKind, Limits, Phase};
pub use value::ids::*;
pub use value::{
    AppKey, BaseUrl, IntoBaseUrl, InvalidBaseUrl, InvalidPhoneNumber, InvalidRequest,
    InvalidRequestKind, PhoneNumber, Status,
};

/// What the workspace's own tests and tools reach for. No part of the public
/// promise: it changes whenever that serves them.
#[doc(hidden)]
pub mod unversioned {
    pub use crate::send::{Attempts, Step, drive, drive_blocking};
    pub use crate::value::is_unseen;
}
