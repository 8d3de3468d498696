//! One write for many buffers.

use std::borrow::Cow;
use std::io::IoSlice;

#[cfg(test)]
mod tests;

/// The buffers as one, which is what to do with those of TLS: each record is one,
/// and to send each alone takes longer than to copy them all. A vectored write
/// would do without the copy, but the system's cannot be told to leave `SIGPIPE`
/// alone.
pub fn gather<'b>(buffers: &'b [IoSlice<'_>]) -> Cow<'b, [u8]> {
    match buffers {
        [] => Cow::Borrowed(&[]),
        [one] => Cow::Borrowed(one),
        many => {
            let mut whole = Vec::with_capacity(many.iter().map(|one| one.len()).sum());
            many.iter().for_each(|one| whole.extend_from_slice(one));
            Cow::Owned(whole)
        }
    }
}
