//! The registry of cases, one module for each group of ids.

use talkspace_core::FailureKind;

use crate::case::{Case, ExpectedOutcome, fails, ok};
use crate::wire::Script;

mod api;
mod cancel;
mod coding;
mod conc;
mod conn;
mod error;
mod framing;
mod head;
mod interim;
mod policy;
mod property;
mod request;
mod retry;
mod sources;
#[cfg(test)]
mod tests;
mod time;
mod tls;
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
        conn::cases(),
        policy::cases(),
        time::cases(),
        cancel::cases(),
        conc::cases(),
        error::cases(),
        retry::cases(),
        tls::cases(),
        property::cases(),
        api::cases(),
    ]
    .concat()
}

/// The id, or the pattern of those that there are for each operation.
#[cfg(test)]
pub(crate) fn family(id: &str) -> &str {
    ["api/encoding/*", "api/operation/*"]
        .into_iter()
        .find(|family| id.starts_with(family.trim_end_matches('*')))
        .unwrap_or(id)
}

/// A connection whose one request gets these bytes; then it stays open.
fn respond(raw: &'static (impl AsRef<[u8]> + ?Sized)) -> Script {
    Script::accept().read_request().write(raw.as_ref())
}

/// The same, and the peer ends its direction.
fn respond_and_end(raw: &'static (impl AsRef<[u8]> + ?Sized)) -> Script {
    respond(raw).half_close()
}

fn protocol() -> ExpectedOutcome {
    fails(&[FailureKind::Protocol])
}

/// The response of a connection without a past.
fn serve_fresh() -> Script {
    Script::serve("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfresh")
}

fn fresh() -> ExpectedOutcome {
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

/// Scripts that make an exchange fail, each in another place, and how. None
/// needs time.
fn failing() -> Vec<(Script, FailureKind)> {
    let whole = Script::accept().read_request();
    vec![
        (whole.clone().half_close(), FailureKind::Closed),
        (whole.clone().reset(), FailureKind::Closed),
        (
            whole.clone().write("nonsense\r\n\r\n").half_close(),
            FailureKind::Protocol,
        ),
        (
            whole
                .clone()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut")
                .half_close(),
            FailureKind::Truncated,
        ),
        (
            whole.write("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"),
            FailureKind::TooLarge,
        ),
    ]
}
