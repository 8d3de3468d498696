//! The manual: a page for each question.
//!
//! | page | what it says |
//! |---|---|
//! | [`howto`] | how to do one thing: own roots, tests, logs, a request in doubt, cancellation |
//! | [`retries`] | what is sent again and when, and what to do about each error |
//! | [`observing`] | metrics, logs, request ids and tracing |
//! | [`media`] | how files go up and come down, and how to wait |
//! | [`secrets`] | what is kept out of sight, and how |
//! | [`transports`] | what a transport promises, and why the two engines are what they are |
//! | [`reliability`] | what is promised, the command that shows it, and the figures |
//! | [`versions`] | what semver covers, the oldest Rust, and how things go away |
//! | [`architecture`] | how it is built, and what may depend on what |

/// How to do one thing: a task, and the lines that do it.
///
// `talkspace-tests` runs its examples, which need the other crates.
#[cfg_attr(not(doctest), doc = include_str!("manual/howto.md"))]
pub mod howto {}

/// What is sent again and when, and what to do about each error.
#[doc = include_str!("manual/retries.md")]
pub mod retries {}

/// Metrics, logs, request ids and tracing.
///
// `talkspace-tests` runs its examples, which need the other crates, and draws the picture.
#[cfg_attr(not(doctest), doc = include_str!("manual/observing.md"))]
#[doc = include_str!("manual/observing/trace.svg")]
pub mod observing {}

/// How files go up and come down, and how to wait.
#[doc = include_str!("manual/media.md")]
pub mod media {}

/// What is kept out of sight, and how.
#[doc = include_str!("manual/secrets.md")]
pub mod secrets {}

/// What a transport promises, and why the two engines are what they are.
#[doc = include_str!("manual/transports.md")]
pub mod transports {}

/// What is promised, the command that shows it, and the figures.
#[doc = include_str!("manual/reliability.md")]
pub mod reliability {}

/// What semver covers, the oldest Rust, and how things go away.
#[doc = include_str!("manual/versions.md")]
pub mod versions {}

/// How it is built, and what may depend on what.
#[doc = include_str!("manual/architecture.md")]
pub mod architecture {}

#[cfg(test)]
mod tests;
