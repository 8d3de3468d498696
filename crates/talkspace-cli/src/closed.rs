//! Whether standard output was closed when the process began.
//!
//! Rust's runtime puts `/dev/null` in the place of a descriptor that is closed,
//! before `main` and for good reason, and what is written there is lost without
//! an error. Nothing tells that `/dev/null` from one that was handed over on
//! purpose, so this is looked at before the runtime begins.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

static CLOSED: AtomicBool = AtomicBool::new(false);

/// Runs before `main`, and so does no more than it must.
#[cfg(target_os = "linux")]
#[ctor::ctor]
fn look() {
    let descriptor = std::fs::symlink_metadata("/proc/self/fd/1");
    let closed = descriptor.is_err() && std::fs::exists("/proc/self/fd").unwrap_or(false);
    CLOSED.store(closed, Ordering::Relaxed);
}

/// Whether there is anywhere to write to.
///
/// # Errors
///
/// When there is not.
pub(crate) fn stdout() -> io::Result<()> {
    match CLOSED.load(Ordering::Relaxed) {
        true => Err(io::Error::other("it is closed")),
        false => Ok(()),
    }
}
