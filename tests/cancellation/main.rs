//! What a cancelled request leaves behind: no task, no thread, no socket, and a
//! client that works.
//!
//! ```text
//! cargo test -p talkspace-tests --test cancellation -- --nocapture --test-threads=1
//! ```

// The system is asked what is left, as it can be asked there.
#![cfg(target_os = "linux")]

// The lints allow tests to print and to fail by `unwrap`, and know them by this attribute.
#[cfg(test)]
mod blocking;
#[cfg(test)]
mod hyper;
#[cfg(test)]
mod proc;
