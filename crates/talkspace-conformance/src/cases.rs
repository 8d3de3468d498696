//! The registry of cases, one module for each group of ids.

use talkspace_core::FailureKind;

use crate::case::{Case, Expect, fails, ok};
use crate::wire::Script;

mod api;
mod coding;
mod framing;
mod head;
mod interim;
mod request;
mod sources;
#[cfg(test)]
mod tests;
mod upload;

/// Every case, in the order in which they are reported.
///
/// ```
/// for case in talkspace_conformance::cases() {
///     println!("{:7} {}", case.level(), case.id());
/// }
/// ```
#[must_use]
pub fn cases() -> Vec<Case> {
    [
        request::cases(),
        upload::cases(),
        head::cases(),
        interim::cases(),
        framing::cases(),
        coding::cases(),
        api::cases(),
    ]
    .concat()
}

/// A connection whose one request gets these bytes; then it stays open.
fn answer(raw: &'static (impl AsRef<[u8]> + ?Sized)) -> Script {
    Script::accept().read_request().write(raw.as_ref())
}

/// The same, and the peer ends its direction.
fn answer_and_end(raw: &'static (impl AsRef<[u8]> + ?Sized)) -> Script {
    answer(raw).half_close()
}

fn protocol() -> Expect {
    fails(&[FailureKind::Protocol])
}

/// The answer of a connection without a past.
fn serve_fresh() -> Script {
    Script::serve("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfresh")
}

fn fresh() -> Expect {
    ok(200).body("fresh")
}

/// All values of a byte, some of which look like broken text: a byte order
/// mark and a surrogate in UTF-8, so that decoders give themselves away.
fn every_byte() -> Vec<u8> {
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(0..=255);
    bytes.extend(b"\xed\xa0\x80\r\n\r\n");
    bytes
}
