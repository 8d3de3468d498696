//! The clients: where a request gets its target, its options and its transport.

mod asynchronous;
mod blocking;
mod builder;
mod download;
mod invalid_client;
mod media_body;
mod poll;
mod poll_options;
mod polling;
mod settings;
mod sure;

pub use asynchronous::Client;
pub use blocking::BlockingClient;
pub use builder::ClientBuilder;
pub use download::Download;
pub use invalid_client::InvalidClient;
pub use media_body::{BlockingMediaBody, MediaBody};
pub use poll_options::PollOptions;
pub use sure::{Before, Candidate, Sure, SureOptions, UploadTo};

#[cfg(test)]
mod tests;
