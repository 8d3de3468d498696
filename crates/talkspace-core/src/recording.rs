//! Exchanges, recorded to a file and replayed from it: a test of what a program does
//! needs no service then. With the feature `record`.
//!
//! ```
//! use talkspace_core::recording::{Recorder, Replay};
//! use talkspace_core::{BlockingClient, CreateTalkspace};
//!
//! # let file = std::env::temp_dir().join(format!("talkspace-recording-{}", std::process::id()));
//! # let created = r#"{"ConferenceResponse":{"message":"","status":201,"conferenceId":"63c9","uri":""}}"#;
//! # let transport = talkspace_core::transport::blocking_transport_fn(move |_request| {
//! #     Ok(http::Response::builder().status(201).body(created.into()).unwrap())
//! # });
//! // Once, with a transport that reaches a service.
//! let recorder = Recorder::new(std::fs::File::create(&file)?)?;
//! let client = BlockingClient::builder("http://127.0.0.1:8080", "key")
//!     .build_blocking(recorder.wrap(transport))?;
//! client.send(CreateTalkspace::new("eta"))?;
//! recorder.finish()?;
//!
//! // From then on, the test:
//! let replay = Replay::read(std::fs::File::open(&file)?)?;
//! let client = BlockingClient::builder(replay.base_url(), "any key").build_blocking(replay.clone())?;
//! let made = client.send(CreateTalkspace::new("eta"))?;
//! assert_eq!(made.conference_id, "63c9");
//! replay.finish()?;
//! # std::fs::remove_file(&file)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The file has a line of JSON for each exchange, after a first one that names the
//! format. The application key, grants and the phone numbers of requests are taken out
//! before anything is written, however they are spelt, and of header fields only a few of
//! the response are kept. A phone number that only a response has stays, since an id may
//! be of the same form. Network ids, texts and sounds are in it too: look before you
//! publish it.

mod line;
mod recorder;
mod redaction;
mod replay;

pub use line::{InvalidRecording, RecordedRequest};
pub use recorder::{Recorded, Recorder};
pub use replay::{Replay, ReplayError};

#[cfg(test)]
mod tests;
