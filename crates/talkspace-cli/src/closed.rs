//! Whether standard output was closed when the process began.
//!
//! Rust's runtime puts `/dev/null` in the place of a descriptor that is closed,
//! before `main` and for good reason, and what is written there is lost without
//! an error. It opens that for reading too, which nobody does who hands
//! `/dev/null` over for output; but who starts daemons gives them one such for
//! input and output alike, and means it.

use std::{fs, io};

/// Whether there is anywhere to write to. Linux tells.
///
/// # Errors
///
/// When there is not.
pub(crate) fn stdout() -> io::Result<()> {
    if is_nothing_both_ways(1) && !is_nothing_both_ways(0) {
        return Err(io::Error::other("it is closed"));
    }
    Ok(())
}

/// Whether a descriptor is `/dev/null`, open for reading and writing.
fn is_nothing_both_ways(descriptor: u8) -> bool {
    let path = fs::read_link(format!("/proc/self/fd/{descriptor}"));
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{descriptor}"));
    // The lowest two bits of the flags, in octal: O_RDWR is 2.
    path.is_ok_and(|path| path.as_os_str() == "/dev/null")
        && info.is_ok_and(|info| {
            let mut flags = info.lines().filter_map(|line| line.strip_prefix("flags:"));
            flags.any(|flags| flags.trim_end().ends_with(['2', '6']))
        })
}
