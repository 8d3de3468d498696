//! The registry of cases, one module for each group of ids.

use crate::client::FailureKind;

use crate::case::{Case, ExpectedOutcome, Unmet, failing, fails, ok};
use crate::wire::Script;

mod cancel;
mod coding;
mod conc;
mod conn;
mod error;
mod framing;
mod head;
mod interim;
mod odd;
mod policy;
#[cfg(feature = "proptest")]
mod property;
#[cfg(feature = "tls")]
mod proxy;
mod request;
mod retry;
mod rfc;
mod sources;
#[cfg(test)]
mod tests;
mod time;
#[cfg(feature = "tls")]
mod tls;
mod upload;

/// Every case, in the order in which they are reported.
///
/// ```
/// for case in http1_conformance::cases() {
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
        odd::cases(),
        conn::cases(),
        policy::cases(),
        time::cases(),
        cancel::cases(),
        conc::cases(),
        error::cases(),
        retry::cases(),
        #[cfg(feature = "tls")]
        tls::cases(),
        #[cfg(feature = "tls")]
        proxy::cases(),
        #[cfg(feature = "proptest")]
        property::cases(),
    ]
    .concat()
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

/// An error, whatever it is called.
fn any_error() -> ExpectedOutcome {
    fails(&[]).any_delivery()
}
