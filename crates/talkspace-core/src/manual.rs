//! How Talkspace is built, and why.
//!
//! | page | what it says |
//! |---|---|
//! | [`architecture`] | the three rings, and what may depend on what |
//! | [`retries`] | what is sent again, and when |
//! | [`transports`] | what a transport promises |
//! | [`reliability`] | what is promised, the command that shows it, and the figures |
//! | [`secrets`] | what is kept out of sight, and how |
//! | [`media`] | how files go up and come down, and how to wait |

/// The three rings, and what may depend on what.
#[doc = include_str!("manual/architecture.md")]
pub mod architecture {}

/// What is sent again, and when.
#[doc = include_str!("manual/retries.md")]
pub mod retries {}

/// What a transport promises.
#[doc = include_str!("manual/transports.md")]
pub mod transports {}

/// What is promised, the command that shows it, and the figures.
#[doc = include_str!("manual/reliability.md")]
pub mod reliability {}

/// What is kept out of sight, and how.
#[doc = include_str!("manual/secrets.md")]
pub mod secrets {}

/// How files go up and come down, and how to wait.
#[doc = include_str!("manual/media.md")]
pub mod media {}
