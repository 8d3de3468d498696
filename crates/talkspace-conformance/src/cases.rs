//! The registry of cases, one module for each group of ids.

use talkspace_core::FailureKind;

use crate::case::{Case, CaseEnd, ExpectedOutcome, Verdict, fails, ok};
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
mod proxy;
mod request;
mod retry;
mod rfc;
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
        proxy::cases(),
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

/// Peers that make an exchange fail, each in another place, with the case that is about just
/// that. None needs time.
fn failing() -> Vec<(Script, &'static str)> {
    let whole = Script::accept().read_request();
    vec![
        (whole.clone().half_close(), "head/empty-reply"),
        (whole.clone().reset(), "error/reset-after-request"),
        (
            whole.clone().write("nonsense\r\n\r\n").half_close(),
            "head/version/garbage",
        ),
        (
            whole
                .clone()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut")
                .half_close(),
            "framing/cl/short-close",
        ),
        (
            whole.write("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"),
            "framing/limit/known-length",
        ),
    ]
}

/// An error, whatever it is called.
fn any_error() -> ExpectedOutcome {
    fails(&[]).any_delivery()
}

/// The preconditions of a case that did not hold, each with the case that is about it. What
/// could be tried without them was tried.
#[derive(Default)]
struct Unmet(Vec<&'static str>);

impl Unmet {
    fn note(&mut self, case: &'static str, holds: bool) {
        if !holds && !self.0.contains(&case) {
            self.0.push(case);
        }
    }

    fn end(self) -> Verdict {
        match self.0.is_empty() {
            true => Ok(()),
            false => Err(CaseEnd::Unmet(self.0)),
        }
    }
}
